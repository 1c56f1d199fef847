"""How well and how fast speakers are told apart: `python -m tests.bench.diarization [RECORDING RTTM]`.

Without arguments: seed2 and the excerpts of meetings of the shared recordings. Prints one JSON object per recording: speakers found
and true, the diarization error rate (no collar, overlap included) in its parts, processor and wall time per second of sound, and the
peak of this process's resident memory so far.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from models.kit import Kit
from models.protocols import Diarizer, Voices
from models.waveform import Waveform
from service.settings import Settings
from tests.support.der import errors, read_rttm
from tests.support.shared import SHARED
from workers import audio


def recordings() -> list[tuple[Path, Path]]:
    if len(sys.argv) == 3:
        return [(Path(sys.argv[1]), Path(sys.argv[2]))]
    meetings = sorted((SHARED / "audio" / "ami").glob("*.rttm"))
    return [(SHARED / "episodes/seed2.mp3", SHARED / "episodes/seed2.rttm"), *((path.with_suffix(".wav"), path) for path in meetings)]


def measure(diarizer: Diarizer, recording: Path, rttm: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        decoded = Path(folder) / "decoded.wav"
        seconds = audio.decode(recording, decoded, audio.Limits(), lambda *_: None).duration_ms / 1000
        wall, processor = time.perf_counter(), time.process_time()
        heard = diarizer.diarize(Voices(Waveform(decoded)))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    truth = read_rttm(rttm)
    parts = errors(truth, heard.turns)
    return {
        "recording": recording.name,
        "speakers": f"{len({turn.speaker for turn in heard.turns})}/{len({turn.speaker for turn in truth})}",
        "error_rate": round(sum(parts.values()), 4),
        **{kind: round(share, 4) for kind, share in parts.items()},
        "exclusive_error_rate": round(sum(errors(truth, heard.exclusive).values()), 4),
        "wall_per_second": round(wall / seconds, 4),
        "processor_per_second": round(processor / seconds, 4),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    diarizer = Kit(Settings()).diarizer
    for recording, rttm in recordings():
        sys.stdout.write(json.dumps(measure(diarizer, recording, rttm)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
