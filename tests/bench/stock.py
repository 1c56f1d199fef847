"""What people run without Earmark: faster-whisper, then pyannote's own pipeline, on a whole file, in a process each.

    python -m tests.bench.stock transcribe|diarize RECORDING

faster-whisper as its readme shows it, with word times, on the weights of Earmark's default. pyannote's pipeline on the weights of
segmentation-3.0 and CAM++ (`pyannote-stock`), its windows a quarter of their length apart: with pyannote's own tenth it costs more
than twice as much.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from models.kit import Kit
from models.protocols import Voices
from models.pyannote import STOCK, Pyannote
from models.waveform import Waveform
from service.settings import Settings
from tests.bench.costs import Costs, Stage
from workers import audio


def transcribe(recording: Path) -> None:
    from faster_whisper import WhisperModel  # noqa: PLC0415  the other half has no use for it

    kit = Kit(Settings())
    model = WhisperModel(str(kit.catalog.find(kit.recogniser("en").uses.name)), device="cpu", compute_type="int8")
    segments, _ = model.transcribe(str(recording), language="en", word_timestamps=True)
    print(sum(len(segment.words or ()) for segment in segments), "words")


def diarize(recording: Path) -> None:
    with TemporaryDirectory() as folder:
        decoded = Path(folder) / "decoded.wav"
        audio.decode(recording, decoded, audio.Limits(), lambda *_: None)
        found = Pyannote(Kit(Settings()).catalog, STOCK, threads=Settings().threads).diarize(Voices(Waveform(decoded)))
    print(len(found.turns), "turns")


HALVES: dict[str, Callable[[Path], None]] = {"transcribe": transcribe, "diarize": diarize}


def both(recording: Path) -> Iterator[Stage]:
    """What each costs, one after the other."""
    for half in HALVES:
        with Costs() as costs:
            subprocess.run([sys.executable, "-m", "tests.bench.stock", half, str(recording)], check=True, stdout=subprocess.DEVNULL)
        yield costs.whole(f"stock: {half}")


if __name__ == "__main__":
    HALVES[sys.argv[1]](Path(sys.argv[2]))
