"""How well, how fast and in how much memory speakers are told apart, beside pyannote's own pipeline on the same weights.

    python -m tests.bench.speakers [--episodes FOLDER] [--diarizers NAME ...] [--seed1] [NAME ...]

For every recording with speaker turns (NAME.rttm beside it) in the shared recordings, of the shared episode seed2 and of the episodes that
`make episodes` leaves, each diarizer works in a process of its own. Prints a row of a Markdown table for each, then the means, and
leaves the exclusive turns in out/bench/speakers/DIARIZER/NAME.rttm. NAMEs choose recordings.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from models.entries import SEGMENTATION
from models.kit import Kit
from models.protocols import Voices
from models.pyannote import STOCK, Pyannote
from models.waveform import Waveform
from service.domain.speech import Turn
from service.settings import Settings
from tests.support.der import errors, jaccard_error_rate, read_rttm
from tests.support.shared import SHARED
from tests.support.sound import by_suffix, tone, write
from workers import audio

OUT = Path("out/bench/speakers")
KINDS = ("confusion", "false alarm", "missed detection")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one recording. Rates are shares of its speech, `wall` and `processor` seconds per second of sound."""

    name: str
    diarizer: str
    seconds: float
    voices: str
    error_rate: float
    parts: tuple[float, ...]
    jaccard: float
    wall: float
    processor: float
    peak_mb: int

    @property
    def row(self) -> str:
        parts = " / ".join(f"{100 * part:.1f}" for part in self.parts)
        costs = f"{self.wall:.3f} | {self.processor:.3f} | {self.peak_mb}"
        rates = f"{100 * self.error_rate:.1f} % | {parts} | {100 * self.jaccard:.1f} %"
        return f"| {self.name} | {self.seconds:.0f} s | {self.diarizer} | {self.voices} | {rates} | {costs} |"


HEADER = (
    "| recording | length | diarizer | voices found / true | DER | confusion / false alarm / missed | JER | time, x real time "
    "| processor, x real time | peak memory, MB |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def recordings(episodes: Path, *, seed1: bool) -> Iterator[Path]:
    """Every recording with turns beside it."""
    for rttm in sorted((SHARED / "audio").rglob("*.rttm")):
        yield rttm.with_suffix(".wav")
    yield from (SHARED / "episodes" / f"{name}.mp3" for name in (["seed2", "seed1"] if seed1 else ["seed2"]))
    yield from (rttm.with_suffix(".mp3") for rttm in sorted(episodes.glob("*.rttm")))


def measure(name: str, recording: Path) -> Figures:
    """One diarizer on one recording, in this process. Its weights are loaded beforehand, on two seconds of a tone."""
    diarizer = Pyannote(Kit(Settings()).catalog, name)
    with tempfile.TemporaryDirectory() as folder:
        diarizer.diarize(Voices(Waveform(write(Path(folder) / "tone.wav", tone(2), by_suffix(".wav")))))
        decoded = Path(folder) / "decoded.wav"
        seconds = audio.decode(recording, decoded, audio.Limits(), lambda *_: None).duration_ms / 1000
        wall, processor = time.perf_counter(), time.process_time()
        heard = diarizer.diarize(Voices(Waveform(decoded)))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    leave(heard.exclusive, OUT / name / f"{recording.stem}.rttm")
    truth = read_rttm(recording.with_suffix(".rttm"))
    parts = errors(truth, heard.turns)
    return Figures(
        name=recording.stem,
        diarizer=name,
        seconds=seconds,
        voices=f"{len({turn.speaker for turn in heard.turns})} / {len({turn.speaker for turn in truth})}",
        error_rate=sum(parts.values()),
        parts=tuple(parts[kind] for kind in KINDS),
        jaccard=jaccard_error_rate(truth, heard.turns),
        wall=wall / seconds,
        processor=processor / seconds,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def leave(turns: Sequence[Turn], path: Path) -> None:
    """The exclusive turns as RTTM, for `tests.bench.names`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (f"SPEAKER {path.stem} 1 {t.span.start / 1000:.3f} {t.span.duration / 1000:.3f} <NA> <NA> {t.speaker} <NA> <NA>" for t in turns)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def apart(name: str, recording: Path) -> Figures:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.speakers", "--one", name, str(recording)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Figures(**json.loads(said.splitlines()[-1]))


def mean(name: str, found: Sequence[Figures]) -> str:
    """The last row of a diarizer: means over its recordings, each of the same weight."""
    rates = f"{100 * fmean(f.error_rate for f in found):.1f} % | | {100 * fmean(f.jaccard for f in found):.1f} %"
    costs = f"{fmean(f.wall for f in found):.3f} | {fmean(f.processor for f in found):.3f} | {max(f.peak_mb for f in found)}"
    return f"| mean of {len(found)} (memory: highest) | | {name} | | {rates} | {costs} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--episodes", type=Path, default=Path("out/episodes"))
    parser.add_argument("--diarizers", nargs="+", default=[SEGMENTATION.name, STOCK])
    parser.add_argument("--seed1", action="store_true", help="the shared episode of 46 minutes too")
    parser.add_argument("--one", nargs=2, metavar=("DIARIZER", "RECORDING"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(asdict(measure(arguments.one[0], Path(arguments.one[1])))))
        return
    found: dict[str, list[Figures]] = defaultdict(list)
    print(HEADER, flush=True)
    for recording in recordings(arguments.episodes, seed1=arguments.seed1 or "seed1" in arguments.names):
        for diarizer in arguments.diarizers if recording.stem in (arguments.names or [recording.stem]) else ():
            found[diarizer].append(apart(diarizer, recording))
            print(found[diarizer][-1].row, flush=True)
    for diarizer, figures in found.items():
        print(mean(diarizer, figures), flush=True)


if __name__ == "__main__":
    main()
