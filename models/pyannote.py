"""pyannote.audio's speaker diarization as Earmark's diarizer: who speaks when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import Any

from models import devices
from models.batch import Batch, memory_or
from models.catalog import Catalog
from models.entries import CAMPPLUS, COMMUNITY_1, SEGMENTATION
from models.protocols import Report, Voices
from models.waveform import Waveform
from service.domain.document import ModelUse
from service.domain.known import recognise
from service.domain.span import Ms, Span
from service.domain.speech import Diarization, Turn, Voiceprint
from service.errors import ClipUnusable, ModelMissing

SHORTEST_MS = 1000
"""Less sound than this holds no turn worth telling."""

LEAST_ENROLLED_MS = 5000
"""Less of a voice than this does not make a print to be trusted: a clip holds its pauses too."""

MAIN_SHARE = 0.9
"""Of all that is said in a clip that is one voice's; the rest may be slips of diarization."""

STOCK = "pyannote-stock"
"""pyannote's own pipeline on the weights of segmentation-3.0 and CAM++: the reference of `make bench-speakers`."""

KNOWN = (SEGMENTATION.name, COMMUNITY_1.name, STOCK)

SHARES = {"segmentation": (0.0, 0.35), "embeddings": (0.35, 1.0)}
"""Where in the work each slow step of the pipeline begins and ends, as shares of its time on a CPU."""

WAY_OUT = "set EARMARK_DIARIZER to segmentation-3.0, or the recogniser's EARMARK_BATCH to less: it has the same GPU"
"""Where its memory does not suffice."""


class Pyannote:
    """Implements `Diarizer`; the pipeline is loaded by the first `diarize`.

    `name` is "segmentation-3.0" (with CAM++ voices: needs no account), "speaker-diarization-community-1" or `STOCK`.
    `device` is "auto", "cpu", "cuda" or "cuda:N"; `threads` 0 means all cores, but one for pyannote's own pipelines.
    """

    def __init__(self, catalog: Catalog, name: str = SEGMENTATION.name, device: str = "auto", threads: int = 0) -> None:
        if name not in KNOWN:
            raise ModelMissing(f"There is no diarizer called {name!r}. Known: {', '.join(KNOWN)}.")
        self._catalog, self._name = catalog, name
        self._device, self._threads = device, threads

    @property
    def uses(self) -> ModelUse:
        if self._name == COMMUNITY_1.name:
            return self._catalog.uses(self._name, "diarize")
        how = f" ({STOCK})" if self._name == STOCK else ""
        return ModelUse("diarize", f"{SEGMENTATION.name} + {CAMPPLUS.name}{how}", f"{SEGMENTATION.revision} + {CAMPPLUS.revision}")

    def diarize(self, voices: Voices) -> Diarization:
        """Speakers are called S1, S2, ... in order of first appearance.

        Raises `ModelMissing` or `ModelCorrupt`, and whatever `voices.report` raises.
        """
        told, prints = self._told(voices)
        return replace(told, recognised=recognise(prints, voices.known))

    def enrol(self, waveform: Waveform) -> Voiceprint:
        """What the one voice of a clip sounds like.

        Raises `ClipUnusable` where hardly anybody speaks, or more than one; `ModelMissing` or `ModelCorrupt`.
        """
        told, prints = self._told(Voices(waveform))
        spoken = Counter[str]()
        for turn in told.exclusive:
            spoken[turn.speaker] += turn.span.duration
        main, longest = spoken.most_common(1)[0] if spoken else ("", 0)
        if longest < LEAST_ENROLLED_MS or main not in prints:
            raise ClipUnusable(
                f"only {longest / 1000:.1f} s of a voice were heard; {LEAST_ENROLLED_MS // 1000} s are needed, 20 are better."
            )
        if longest < MAIN_SHARE * spoken.total():
            raise ClipUnusable(f"{len(spoken)} voices were heard. Supply a clip in which nobody else speaks.")
        return prints[main]

    def _told(self, voices: Voices) -> tuple[Diarization, dict[str, Voiceprint]]:
        """Who speaks when, and what each sounds like."""
        bounds = voices.waveform.span
        if bounds.duration < SHORTEST_MS:
            return Diarization((), ()), {}
        given, hook = self._given(voices), Hook(voices.report, bounds.duration)
        with memory_or(f"on {self._device}; {WAY_OUT}"):
            output = self._batch.run(lambda size: self._run(size, given, voices, hook))
        told, names = named(turns(output.speaker_diarization, bounds), turns(output.exclusive_speaker_diarization, bounds))
        heard = zip(output.speaker_diarization.labels(), output.speaker_embeddings, strict=False)
        return told, {names[label]: Voiceprint(self._print_model, tuple(vector.tolist())) for label, vector in heard if label in names}

    def _run(self, size: int, given: dict[str, Any], voices: Voices, hook: Hook) -> Any:
        pipeline = self._pipeline
        if self._name != SEGMENTATION.name:
            pipeline.segmentation_batch_size = min(size, pipeline.segmentation_batch_size)
            pipeline.embedding_batch_size = min(size, pipeline.embedding_batch_size)
        counts = {"num_speakers": voices.num_speakers, "min_speakers": voices.min_speakers, "max_speakers": voices.max_speakers}
        return pipeline(given, **counts, hook=hook)

    @cached_property
    def _batch(self) -> Batch:
        """As pyannote's own pipelines are configured. Ours takes a few seconds of sound at once: nothing to be halved."""
        return Batch(1 if self._name == SEGMENTATION.name else self._pipeline.embedding_batch_size, WAY_OUT)

    @property
    def _print_model(self) -> str:
        """What made the prints: those of another model, or of other weights, cannot be compared."""
        model = COMMUNITY_1 if self._name == COMMUNITY_1.name else CAMPPLUS
        return f"{model.name}@{model.revision}"

    def _given(self, voices: Voices) -> dict[str, Any]:
        """The recording as the pipeline takes it. Pyannote's own cannot be told how many voices to expect, only how many there are."""
        if self._name == SEGMENTATION.name:
            return {"recording": voices.waveform, "expected": voices.expected}
        return dict(self._stock.waveform(voices.waveform))

    @cached_property
    def _stock(self) -> Any:
        from models import pipelines  # noqa: PLC0415  see there

        return pipelines

    @cached_property
    def _pipeline(self) -> Any:
        from torch import device  # noqa: PLC0415  torch and pyannote.audio take seconds

        from models import frugal  # noqa: PLC0415  the same

        if self._name == SEGMENTATION.name:
            pipeline: Any = frugal.load(self._catalog, self._threads)
        else:
            load = self._stock.stock if self._name == STOCK else self._stock.community_1
            pipeline = load(self._catalog, self._threads)
        return pipeline.to(device(devices.for_torch(self._device)))


class Hook:
    """pyannote's hook, telling `report` how much of the recording is done, never less than before. What `report` raises goes through the
    pipeline.
    """

    def __init__(self, report: Report, duration_ms: Ms) -> None:
        self._report, self._duration_ms = report, duration_ms
        self._share = 0.0

    def __call__(self, step: str, _: object, *, completed: int | None = None, total: int | None = None, **__: object) -> None:
        if step in SHARES and completed is not None and total:
            begin, end = SHARES[step]
            self._share = max(self._share, begin + (end - begin) * min(completed / total, 1.0))
            self._report(round(self._share * self._duration_ms), self._duration_ms)


def turns(annotation: Any, bounds: Span) -> tuple[Turn, ...]:
    """The turns of a `pyannote.core.Annotation` in order of time, cut to the recording: the last window reaches beyond it."""
    tracks = annotation.itertracks(yield_label=True)
    found = (Turn(Span.of_seconds(max(0.0, segment.start), segment.end).within(bounds), str(label)) for segment, _, label in tracks)
    return tuple(sorted((turn for turn in found if turn.span.duration), key=lambda turn: (turn.span, turn.speaker)))


def named(overlapping: tuple[Turn, ...], exclusive: tuple[Turn, ...]) -> tuple[Diarization, dict[str, str]]:
    """The same turns, their speakers called S1, S2, ... in order of first appearance, and what each was called before.

    >>> turn = Turn(Span(0, 10), "SPEAKER_07")
    >>> named((turn,), (turn,))[1]
    {'SPEAKER_07': 'S1'}
    """
    names: dict[str, str] = {}
    for turn in (*overlapping, *exclusive):
        names.setdefault(turn.speaker, f"S{len(names) + 1}")
    both, alone = (tuple(Turn(turn.span, names[turn.speaker]) for turn in these) for these in (overlapping, exclusive))
    return Diarization(both, alone), names
