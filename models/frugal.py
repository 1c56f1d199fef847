"""Speaker diarization at a fraction of the cost: pyannote's segmentation, each stretch of speech embedded once, all cores at work.

pyannote's own pipeline embeds every second of speech once for each window that sees it (decision 69).
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch

from models import campplus, devices
from models.campplus import FRAME_SAMPLES, MIN_FRAMES, CamPlusPlus, fbank
from models.catalog import Catalog
from models.entries import SEGMENTATION
from models.hushed import Annotation, Inference, Model, Segment
from models.stretches import Frames, Mask, Stretch, active, carried, doubted, exclusive, matched, runs, stretches, voiced
from models.voices import Bounds, Embeddings, centroids, lengths, voices
from models.waveform import SAMPLE_RATE, Waveform

WINDOW_SECONDS = 10.0
STEP_SECONDS = 2.5
SEGMENTED, EMBEDDED = 4, 2
"""Windows segmented, and stretches embedded, at once by one thread: a third and a tenth cheaper than one by one. More takes memory."""

QUANTUM = 50
"""Frames of 10 ms. A stretch is repeated up to a multiple of it: every new shape would cost oneDNN a plan of its own, and its memory."""

SHORTEST_EMBEDDED = 2 * QUANTUM

Pcm = npt.NDArray[np.int16]
FULL_SCALE = np.float32(32768)

T = TypeVar("T")
U = TypeVar("U")

Hook = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Told:
    """What pyannote's pipelines call `DiarizeOutput`: its own costs 60 MB to import.

    `speaker_embeddings` has shape (num_speakers, dimension), in the order of `speaker_diarization.labels()`.
    """

    speaker_diarization: Annotation
    exclusive_speaker_diarization: Annotation
    speaker_embeddings: Embeddings


@dataclass(frozen=True, slots=True)
class Grid:
    """Frames of the segmentation in time: frame n covers [offset + n * step, offset + (n + 1) * step), seconds."""

    offset: float
    step: float

    def sample(self, frame: int) -> int:
        return round((self.offset + frame * self.step) * SAMPLE_RATE)

    def segment(self, start: int, end: int) -> Segment:
        return Segment(self.offset + start * self.step, self.offset + end * self.step)


class FrugalDiarization:
    """Called like pyannote's `SpeakerDiarization`, and answers with its types."""

    def __init__(self, segmentation: Model, embedding: CamPlusPlus, threads: int) -> None:
        self._segmentation = Inference(segmentation, duration=WINDOW_SECONDS, step=STEP_SECONDS, skip_aggregation=True)
        self._embedding = embedding
        self._threads = threads

    def to(self, device: torch.device) -> FrugalDiarization:
        """Move both models. On a CPU each of our threads is one of torch's: waiting for others inside small convolutions costs more."""
        torch.set_num_threads(1)
        self._segmentation.to(device)
        self._embedding.to(device)
        return self

    def __call__(
        self,
        file: dict[str, Any],
        *,
        num_speakers: int | None = None,
        min_speakers: int | None = None,
        max_speakers: int | None = None,
        hook: Hook,
    ) -> Told:
        """`file` holds the `recording`, a `Waveform`: it is read from the disk piece by piece; and how many voices are `expected`."""
        recording: Waveform = file["recording"]
        with ThreadPoolExecutor(self._threads) as threads:
            speaking, doubt = self._speaking(recording, threads, hook)
            found = stretches(speaking, doubt, self._grid.step)
            embeddings = self._embeddings(recording, found, threads, hook)
        times = np.array([(stretch.start, stretch.end) for stretch in found]).reshape(-1, 2) * self._grid.step
        bounds = Bounds(num_speakers or min_speakers or 1, num_speakers or max_speakers, file.get("expected", 0))
        clustered = voices(embeddings, times, bounds)
        said = voiced(speaking, found, carried(found, clustered, self._grid.step))
        prints = centroids(embeddings, lengths(times), clustered)
        return Told(self._annotation(said), self._annotation(exclusive(said)), prints[said[:, : len(prints)].any(axis=0)])

    @property
    def _grid(self) -> Grid:
        field = self._segmentation.model.receptive_field
        return Grid(field.start + (field.duration - field.step) / 2, field.step)

    def _speaking(self, recording: Waveform, threads: Executor, hook: Hook) -> tuple[Mask, Mask]:
        """Which column speaks in each frame, and where that is doubted."""
        activity = self._activity(recording, threads, hook)
        return active(activity), doubted(activity)

    def _activity(self, recording: Waveform, threads: Executor, hook: Hook) -> Frames:
        """Speaker activity of the whole recording, shape (num_frames, num_columns); only a few windows are in memory at once."""
        length, step = round(WINDOW_SECONDS * SAMPLE_RATE), round(STEP_SECONDS * SAMPLE_RATE)
        count = 1 + max(0, math.ceil((recording.num_samples - length) / step))
        batches = [range(n, min(n + SEGMENTED, count)) for n in range(0, count, SEGMENTED)]

        def segment(windows: range) -> Frames:
            sound = np.stack([_padded(recording.read(n * step, n * step + length), length) for n in windows])
            return np.asarray(self._segmentation.infer(torch.from_numpy(sound)[:, None]), np.float32)

        def placed() -> Iterator[tuple[int, Frames]]:
            output: Frames
            for windows, output in zip(batches, _in_turn(threads, segment, batches), strict=True):
                hook("segmentation", None, completed=windows.stop, total=count)
                for n, window in zip(windows, output, strict=True):
                    yield round(n * STEP_SECONDS / self._grid.step), np.nan_to_num(window)

        num_frames = math.ceil(recording.num_samples / SAMPLE_RATE / self._grid.step)
        return matched(placed(), num_frames, len(self._segmentation.model.specifications.classes))

    def _embeddings(self, recording: Waveform, found: Sequence[Stretch], threads: Executor, hook: Hook) -> Embeddings:
        """Shape (num_stretches, dimension); NaN where there is too little sound. Stretches of like length are embedded together."""
        out = np.full((len(found), self._embedding.dimension), np.nan, np.float32)
        samples = [(self._grid.sample(s.start), min(self._grid.sample(s.end), recording.num_samples)) for s in found]
        batches = _batches([_num_frames(end - start) for start, end in samples])

        def embed(batch: Sequence[int]) -> npt.NDArray[np.float32]:
            return self._voices_of([recording.read(*samples[n]) for n in batch])

        for done, (batch, embeddings) in enumerate(zip(batches, _in_turn(threads, embed, batches), strict=True), 1):
            out[batch] = embeddings
            hook("embeddings", None, completed=done, total=len(batches))
        return out

    def _voices_of(self, sounds: Sequence[Pcm]) -> npt.NDArray[np.float32]:
        """Of sounds of like length: shape (num_sounds, dimension)."""
        with torch.inference_mode():
            features = torch.stack([_features(pcm) for pcm in sounds])
            embeddings: torch.Tensor = self._embedding.network(features.to(self._embedding.device))
            return np.asarray(embeddings.cpu().numpy(), np.float32)

    def _annotation(self, said: Mask) -> Annotation:
        found = Annotation()
        for voice in range(said.shape[1]):
            for start, end in runs(said[:, voice]):
                found[self._grid.segment(start, end), voice] = f"SPEAKER_{voice:02d}"
        return found


def load(catalog: Catalog, threads: int) -> FrugalDiarization:
    """segmentation-3.0 and CAM++. Raises `ModelMissing` or `ModelCorrupt`."""
    segmentation = Model.from_pretrained(io.BytesIO(catalog.read(SEGMENTATION.name, "pytorch_model.bin")))
    return FrugalDiarization(segmentation, campplus.load(catalog), devices.threads(threads))


def _in_turn(threads: Executor, work: Callable[[T], U], given: Sequence[T], ahead: int = 8) -> Iterator[U]:
    """The results in order, never more than `ahead` of them waiting to be taken."""
    waiting = [threads.submit(work, item) for item in given[:ahead]]
    for item in given[ahead:]:
        yield waiting.pop(0).result()
        waiting.append(threads.submit(work, item))
    for future in waiting:
        yield future.result()


def _num_frames(samples: int) -> int:
    """As many frames as CAM++ is given for so much sound; 0 where that is too little."""
    frames = 1 + (samples - FRAME_SAMPLES) * 100 // SAMPLE_RATE
    return 0 if frames < MIN_FRAMES else max(SHORTEST_EMBEDDED, math.ceil(frames / QUANTUM) * QUANTUM)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """The positions of equal lengths, `EMBEDDED` together, and what is left over one by one (see `QUANTUM`); what has no length
    is left out.

    >>> _batches([100, 0, 200, 100, 100])
    [[0, 3], [2], [4]]
    """
    alike: dict[int, list[int]] = {}
    for n, length in enumerate(lengths):
        if length:
            alike.setdefault(length, []).append(n)
    whole = [same[k : k + EMBEDDED] for same in alike.values() for k in range(0, len(same) - EMBEDDED + 1, EMBEDDED)]
    return sorted(whole + [[n] for same in alike.values() for n in same[len(same) // EMBEDDED * EMBEDDED :]])


def _features(pcm: Pcm) -> torch.Tensor:
    """Shape (num_frames, num_mel_bins), repeated up to the length that is embedded, without their mean."""
    features = fbank(torch.from_numpy(pcm / FULL_SCALE)[None])
    length = _num_frames(len(pcm))
    return (features - features.mean(dim=0)).repeat(math.ceil(length / len(features)), 1)[:length]


def _padded(pcm: Pcm, length: int) -> npt.NDArray[np.float32]:
    return np.pad(pcm / FULL_SCALE, (0, length - len(pcm)))
