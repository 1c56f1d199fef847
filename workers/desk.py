"""The desk: one episode, the models at hand, and the artefacts of the stages so far, each loaded when first looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar, cast

from models.frequency import frequency
from models.kit import Kit
from models.lexicon import load as load_lexicon
from models.lexicon import version as lexicon_version
from models.waveform import Waveform
from service.domain import formats
from service.domain.align import Alignment
from service.domain.attribute import Attribution, expected_voices
from service.domain.correct import Corrections
from service.domain.document import Document, ModelUse, Recording
from service.domain.hotwords import hotwords
from service.domain.options import Options
from service.domain.printed import Printed, printed
from service.domain.script import Reference
from service.domain.speech import Diarization, Hypothesis, KnownVoice
from service.domain.timing import Placed, Times
from service.errors import ArtifactMissing
from service.stages import WHOLE, part_of, stage_of
from workers.recall import Recall

CODE_VERSION = "52"
"""Part of every artefact's key: raise it when a stage's result changes for the same input."""

T = TypeVar("T")


class Hook(Protocol):
    """Told of progress (`artifact` None, milliseconds of audio `completed` of `total`) and of each finished stage (its artefact).

    Raises `service.errors.Stopped` to stop the work.
    """

    def __call__(self, stage: str, artifact: object | None, /, *, completed: int | None = None, total: int | None = None) -> None: ...


def nobody_watches(stage: str, artifact: object | None, *, completed: int | None = None, total: int | None = None) -> None:
    """The hook that does nothing."""


class Shelf(Protocol):
    """Where artefacts stand between stages, by content-addressed key."""

    def scratch(self, suffix: str) -> Path:
        """A new empty file to write a large artefact into before it is kept."""
        ...

    def has(self, key: str) -> bool: ...
    def keep(self, key: str, artifact: object) -> None: ...
    def discard(self, key: str) -> None: ...
    def load(self, key: str, kind: type[T]) -> T:
        """Raises `ArtifactMissing`."""
        ...

    def recall(self, key: str, subject: str, kind: type[T]) -> dict[str, T]:
        """The answers that were kept beside an artefact; none when there are none."""
        ...

    def remember(self, key: str, subject: str, answers: dict[str, T]) -> None:
        """Keep answers beside an artefact, as long as that is kept. Of two that do so at once the later one wins."""
        ...


@dataclass(frozen=True)
class Decoded:
    """The artefact of `decode`: facts on the file, and its sound."""

    recording: Recording
    waveform: Waveform


@dataclass(frozen=True)
class Episode:
    """What the caller supplied."""

    audio: Path
    transcript: bytes
    options: Options = field(default_factory=Options)
    known: tuple[KnownVoice, ...] = ()
    """Voices that may be heard in it."""

    @cached_property
    def audio_sha256(self) -> str:
        with self.audio.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def transcript_sha256(self) -> str:
        return hashlib.sha256(self.transcript).hexdigest()

    @cached_property
    def reference(self) -> Reference:
        """The transcript, parsed. Raises what `formats.parse` raises."""
        return formats.parse(self.transcript)


KINDS: dict[str, type] = {
    "decode": Decoded,
    "parse": Reference,
    "transcribe": Hypothesis,
    "diarize": Diarization,
    "align": Alignment,
    "correct": Corrections,
    "time": Times,
    "attribute": Attribution,
    "assemble": Document,
}

KINDS_OF_PARTS: dict[str, type] = {"transcribe": Hypothesis, "time": Placed}


@dataclass(frozen=True, slots=True)
class SoFar:
    """What others did for the job: the `keys` of stages already done, perhaps on another machine and with another model, the optional
    stages that went wrong, and the names of the `parts` into which stages were cut.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    without: Sequence[str] = ()
    parts: Sequence[str] = ()


class Desk:
    def __init__(self, episode: Episode, kit: Kit, shelf: Shelf, so_far: SoFar | None = None) -> None:
        self.episode = episode
        self.kit = kit
        self.shelf = shelf
        self._artifacts: dict[str, object] = {}
        so_far = so_far or SoFar()
        self._keys: dict[str, str] = dict(so_far.keys)
        self._without = list(so_far.without)
        self._parts = so_far.parts

    def key(self, stage: str) -> str:
        """sha256 of the stage's name, the code version, what else its result depends on, and the keys of what it needs; that of a part
        follows from its stage's.
        """
        if stage not in self._keys:
            whole = stage_of(stage)
            made_of = (
                [stage, CODE_VERSION, self._facts(stage), [self.key(n) for n in whole.needs]]
                if stage == whole.name
                else [stage, self.key(whole.name)]
            )
            self._keys[stage] = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()
        return self._keys[stage]

    def parts(self, stage: str) -> list[str]:
        """The runs of the parts of a divided stage, in order of time; of one that is not divided, itself."""
        return sorted((run for run in self._parts if stage_of(run).name == stage), key=lambda run: part_of(run).number) or [stage]

    def left_by(self, run: str) -> object | None:
        """The artefact of a part; None where it is not there, and where the stage is not divided."""
        return self.load(run) if part_of(run) != WHOLE and self.has(run) else None

    def _facts(self, stage: str) -> object:
        o = self.options
        match stage:
            case "decode" | "parse":
                return self.episode.audio_sha256 if stage == "decode" else self.episode.transcript_sha256
            case "transcribe":
                how = self.kit.profile
                uses = asdict(self.kit.recogniser(o.language).uses)
                return [o.language, uses, how.compute_type, how.batch, *self.hotwords, *([self.guide] if self.guide else [])]
            case "diarize":
                used = asdict(self.kit.diarizer.uses) if self.diarizes else None
                return [used, o.num_speakers, o.min_speakers, o.max_speakers, self.expected_voices, *map(asdict, self.known)]
            case "correct":
                language = o.language or "en"
                others = (self.kit.second_judge(language), self.kit.reader(language), self.kit.other_ear(language))
                return [asdict(o), lexicon_version(), *(asdict(other.uses) if other else None for other in others)]
            case "attribute" | "assemble":
                return asdict(o)
            case _:
                return None

    def has(self, stage: str) -> bool:
        return stage in self._artifacts or self.shelf.has(self.key(stage))

    def keep(self, stage: str, artifact: object) -> None:
        self.shelf.keep(self.key(stage), artifact)

    def discard(self, stage: str) -> None:
        self.shelf.discard(self.key(stage))

    def load(self, stage: str) -> object:
        """The artefact of a finished stage. Raises `ArtifactMissing`."""
        if stage not in self._artifacts:
            kinds = KINDS if part_of(stage) == WHOLE else KINDS_OF_PARTS
            try:
                self._artifacts[stage] = self.shelf.load(self.key(stage), kinds[stage_of(stage).name])
            except ArtifactMissing as error:
                error.args = (f"the artefact of stage {stage!r} is gone; the stage must run again",)
                raise
        return self._artifacts[stage]

    def recall(self, subject: str, kind: type[T], by: ModelUse | str) -> Recall[T]:
        """What a model, or a search by what is said here, answered about this recording before."""
        who = by if isinstance(by, str) else [asdict(by), self.kit.profile.compute_type]
        return Recall([CODE_VERSION, who], self.shelf.recall(self.key("decode"), subject, kind))

    @contextmanager
    def recalling(self, subject: str, kind: type[T], by: ModelUse | str) -> Iterator[Recall[T]]:
        """The same; new answers are kept at the end, also of work that was broken off."""
        recall, key = self.recall(subject, kind, by), self.key("decode")
        try:
            yield recall
        finally:
            learned = recall.learned(self.shelf.recall(key, subject, kind))
            if learned:
                self.shelf.remember(key, subject, learned)

    def do_without(self, stage: str) -> None:
        """Treat an optional stage that went wrong as one that was not wanted."""
        self._without.append(stage)
        self._keys.pop(stage, None)

    @cached_property
    def hotwords(self) -> tuple[str, ...]:
        """What the recogniser is told to expect. Its stage does not need `parse`: a recogniser that is told nothing hears the same whatever
        the page says, and its artefact serves an edited transcript, too.
        """
        if not self.kit.takes_hotwords(self.options.language):
            return ()
        usual = frequency(self.options.language or "en")
        return hotwords(self._page, self.options, usual, load_lexicon())

    @cached_property
    def guide(self) -> tuple[str, ...]:
        """The words of the talk, where the recogniser is guided by them. Then what it hears depends on them."""
        return tuple(token.text for token in self._page.tokens) if self.kit.is_guided(self.options.language) else ()

    @property
    def degraded(self) -> tuple[str, ...]:
        """The optional stages that went wrong."""
        return tuple(self._without)

    @property
    def diarizes(self) -> bool:
        """Whether voices are told apart: the caller wants it, and it did not go wrong."""
        return self.options.diarize and "diarize" not in self._without

    @property
    def known(self) -> tuple[KnownVoice, ...]:
        """The voices that may be recognised."""
        return self.episode.known if self.diarizes else ()

    @property
    def expected_voices(self) -> int:
        """How many voices the labels let expect; 0 where the caller says it, or does not want to know."""
        said = self.options.num_speakers or self.options.min_speakers
        return 0 if said or not self.diarizes else expected_voices(self._page)

    @property
    def _page(self) -> Reference:
        """The caller's file, read once: as the stage `parse` left it where that is done."""
        return self.reference if self.has("parse") else self.episode.reference

    @property
    def options(self) -> Options:
        return self.episode.options

    @property
    def recording(self) -> Recording:
        return cast("Decoded", self.load("decode")).recording

    @property
    def waveform(self) -> Waveform:
        return cast("Decoded", self.load("decode")).waveform

    @property
    def reference(self) -> Reference:
        return cast("Reference", self.load("parse"))

    @property
    def hypothesis(self) -> Hypothesis:
        return cast("Hypothesis", self.load("transcribe"))

    @property
    def diarization(self) -> Diarization:
        return cast("Diarization", self.load("diarize"))

    @property
    def alignment(self) -> Alignment:
        return cast("Alignment", self.load("align"))

    @property
    def corrections(self) -> Corrections:
        return cast("Corrections", self.load("correct"))

    @property
    def words(self) -> tuple[Printed, ...]:
        """The talk as it will be printed, corrections applied."""
        return printed(self.reference, self.corrections)

    @property
    def times(self) -> Times:
        return cast("Times", self.load("time"))

    @property
    def attribution(self) -> Attribution:
        return cast("Attribution", self.load("attribute"))

    @property
    def document(self) -> Document:
        return cast("Document", self.load("assemble"))

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The models that took part, those that the language heard asked for."""
        language = self.hypothesis.language
        lexicon = ModelUse("correct", "lexicon", lexicon_version())
        recogniser = self.kit.recogniser(language).uses
        judges = [replace(judge, stage="correct") for judge in self.corrections.judges if judge.name != recogniser.name]
        used = [recogniser, *judges, lexicon, self.kit.timer(language).uses]
        return tuple([*used, self.kit.diarizer.uses] if self.diarizes else used)
