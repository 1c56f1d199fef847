"""Speaker diarization at a fraction of the cost: pyannote's segmentation, each stretch of speech embedded once, all cores at work.

pyannote's own pipeline embeds every second of speech once for each window that sees it (decision 69).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch

from models.campplus import MIN_FRAMES, CamPlusPlus, fbank
from models.hushed import Annotation, DiarizeOutput, Inference, Model, Segment
from models.stretches import Frames, Mask, Stretch, active, carried, exclusive, matched, runs, stretches, voiced
from models.voices import Bounds, Embeddings, voices
from models.waveform import SAMPLE_RATE, Waveform

WINDOW_SECONDS = 10.0
STEP_SECONDS = 2.5
BATCH = 2
"""Windows segmented at once by one thread."""

QUANTUM = 50
"""Frames of 10 ms. A stretch is repeated up to a multiple of it: every new length would cost oneDNN a plan of its own, and its memory."""

SHORTEST_EMBEDDED = 2 * QUANTUM

Pcm = npt.NDArray[np.int16]
FULL_SCALE = np.float32(32768)

T = TypeVar("T")
U = TypeVar("U")

Hook = Callable[..., None]


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
    ) -> DiarizeOutput:
        """`file` holds the `recording`, a `Waveform`: it is read from the disk piece by piece."""
        recording: Waveform = file["recording"]
        with ThreadPoolExecutor(self._threads) as threads:
            speaking = active(self._activity(recording, threads, hook))
            found = stretches(speaking, self._grid.step)
            embeddings = self._embeddings(recording, found, threads, hook)
        seconds = np.array([stretch.num_frames * self._grid.step for stretch in found])
        bounds = Bounds(num_speakers or min_speakers or 1, num_speakers or max_speakers)
        told = carried(found, voices(embeddings, seconds, bounds), self._grid.step)
        said = voiced(speaking, found, told)
        return DiarizeOutput(self._annotation(said), self._annotation(exclusive(said)), np.zeros((0, 0)))

    @property
    def _grid(self) -> Grid:
        field = self._segmentation.model.receptive_field
        return Grid(field.start + (field.duration - field.step) / 2, field.step)

    def _activity(self, recording: Waveform, threads: Executor, hook: Hook) -> Frames:
        """Speaker activity of the whole recording, shape (num_frames, num_columns); only a few windows are in memory at once."""
        length, step = round(WINDOW_SECONDS * SAMPLE_RATE), round(STEP_SECONDS * SAMPLE_RATE)
        count = 1 + max(0, math.ceil((recording.num_samples - length) / step))
        batches = [range(n, min(n + BATCH, count)) for n in range(0, count, BATCH)]

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
        out = np.full((len(found), self._embedding.dimension), np.nan, np.float32)

        def embed(stretch: Stretch) -> torch.Tensor | None:
            return self._voice_of(recording.read(self._grid.sample(stretch.start), self._grid.sample(stretch.end)))

        for n, embedding in enumerate(_in_turn(threads, embed, found)):
            hook("embeddings", None, completed=n + 1, total=len(found))
            if embedding is not None:
                out[n] = embedding.cpu().numpy()
        return out

    def _voice_of(self, pcm: Pcm) -> torch.Tensor | None:
        """Shape (dimension,); None where there is too little sound."""
        with torch.inference_mode():
            if len(pcm) < (MIN_FRAMES + 2) * SAMPLE_RATE // 100:
                return None
            features = fbank(torch.from_numpy(pcm / FULL_SCALE)[None])
            length = max(SHORTEST_EMBEDDED, math.ceil(len(features) / QUANTUM) * QUANTUM)
            repeated = (features - features.mean(dim=0)).repeat(math.ceil(length / len(features)), 1)[:length]
            embedding: torch.Tensor = self._embedding.network(repeated[None].to(self._embedding.device))[0]
            return embedding

    def _annotation(self, said: Mask) -> Annotation:
        found = Annotation()
        for voice in range(said.shape[1]):
            for start, end in runs(said[:, voice]):
                found[self._grid.segment(start, end), voice] = f"SPEAKER_{voice:02d}"
        return found


def _in_turn(threads: Executor, work: Callable[[T], U], given: Sequence[T], ahead: int = 8) -> Iterator[U]:
    """The results in order, never more than `ahead` of them waiting to be taken."""
    waiting = [threads.submit(work, item) for item in given[:ahead]]
    for item in given[ahead:]:
        yield waiting.pop(0).result()
        waiting.append(threads.submit(work, item))
    for future in waiting:
        yield future.result()


def _padded(pcm: Pcm, length: int) -> npt.NDArray[np.float32]:
    return np.pad(pcm / FULL_SCALE, (0, length - len(pcm)))
