"""How well, how fast and in how much memory speakers are told apart, beside pyannote's own pipeline on the same weights.

    python -m tests.bench.speakers [NAME ...] [--episodes FOLDER ...] [--diarizers NAME ...] [--hours H]

For every recording with speaker turns (NAME.rttm beside it) in the shared recordings, of the shared episodes and of what `make episodes`
and `make gatherings` leave, and of a conversation on two channels, each diarizer works in a process of its own. Prints a row of a
Markdown table for each, then the means, and leaves the exclusive turns in out/bench/speakers/DIARIZER/NAME.rttm. NAMEs choose
recordings. The clock runs while voices are told apart; memory is the peak of the whole process, decoding included.

Word diarization error is the share of words given to the wrong voice, where NAME.truth.json says which line was said when: the pipeline
gives the words to the exclusive turns, no label being there to help it.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
import wave
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from models.entries import SEGMENTATION
from models.kit import Kit
from models.memory import one_arena
from models.protocols import Voices
from models.pyannote import STOCK, Pyannote
from models.waveform import SAMPLE_RATE, SAMPLES_PER_MS, Waveform
from service.domain.sides import by_channel
from service.domain.span import Span
from service.domain.speech import Turn
from service.settings import Settings
from tests.bench.spoken import Episode
from tests.support.duet import duet, sisters
from tests.support.rttm import read_rttm
from tests.support.shared import SHARED
from tests.support.sound import by_suffix, tone, write
from workers import audio

OUT = Path("out/bench/speakers")
KINDS = ("confusion", "false alarm", "missed detection")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one recording.

    Rates are shares of its speech, `words_wrong` of its words (None where they are not known), `wall` and `processor` seconds per second
    of sound.
    """

    name: str
    diarizer: str
    seconds: float
    voices: str
    error_rate: float
    parts: tuple[float, ...]
    jaccard: float
    words_wrong: float | None
    wall: float
    processor: float
    peak_mb: int

    @property
    def row(self) -> str:
        parts = " / ".join(f"{100 * part:.1f}" for part in self.parts)
        costs = f"{self.wall:.3f} | {self.processor:.3f} | {self.peak_mb}"
        rates = f"{percent(self.error_rate)} | {parts} | {percent(self.jaccard)} | {percent(self.words_wrong)}"
        return f"| {self.name} | {self.seconds:.0f} s | {self.diarizer} | {self.voices} | {rates} | {costs} |"


HEADER = (
    "| recording | length | diarizer | voices found / true | DER | confusion / false alarm / missed | JER | word diarization error "
    "| time, x real time | processor, x real time | peak memory, MB |\n" + "| --- " * 11 + "|"
)


def percent(rate: float | None) -> str:
    """A share in a table.

    >>> percent(0.0123), percent(None)
    ('1.2 %', '–')
    """
    return "–" if rate is None else f"{100 * rate:.1f} %"


def recordings(episodes: Sequence[Path]) -> Iterator[Path]:
    """Every recording with turns beside it, and a conversation on two channels, as it is and mixed to one."""
    for rttm in sorted((SHARED / "audio").rglob("*.rttm")):
        yield rttm.with_suffix(".wav")
    yield from (SHARED / "episodes" / f"{name}.mp3" for name in ("seed2", "seed1"))
    yield from (rttm.with_suffix(".mp3") for folder in episodes for rttm in sorted(folder.glob("*.rttm")))
    yield from (OUT / f"{name}.wav" for name in ("duet", "duet_mixed", "sisters", "sisters_mixed"))


def make_duets() -> None:
    """Two people, each on a channel that hears the other at -20 dB, and the mean of both channels; and the same of two alike voices."""
    for name, talk in (("duet", duet()), ("sisters", sisters())):
        sound = talk.recorded(0.1)
        for kind, channels in ((name, sound), (f"{name}_mixed", (sound.sum(axis=0, keepdims=True) // 2).astype(np.int16))):
            leave(talk.turns, OUT / f"{kind}.rttm")
            write(OUT / f"{kind}.wav", channels, by_suffix(".wav"))


def repeated(recording: Path, hours: float) -> Path:
    """The recording over and over until it is so long, decoded, its turns beside it."""
    long = OUT / f"{recording.stem}_{hours:g}h.wav"
    truth = read_rttm(recording.with_suffix(".rttm"))
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "once.wav"
        length = audio.decode(recording, whole, audio.Limits(), lambda *_: None).duration_ms
        times = math.ceil(hours * 3_600_000 / length)
        with wave.open(str(long), "wb") as wav:
            wav.setparams((1, 2, SAMPLE_RATE, 0, "NONE", "not compressed"))
            for _ in range(times):
                wav.writeframesraw(Waveform(whole).read(0, length * SAMPLES_PER_MS).tobytes())
    leave([Turn(turn.span.shifted(n * length), turn.speaker) for n in range(times) for turn in truth], long.with_suffix(".rttm"))
    return long


def measure(name: str, recording: Path) -> dict[str, Any]:
    """One diarizer on one recording, in this process: its turns and its costs. Weights are loaded beforehand, on a tone."""
    settings = Settings()
    diarizer = Pyannote(Kit(settings).catalog, name, threads=settings.threads)
    with tempfile.TemporaryDirectory() as folder:
        diarizer.diarize(Voices(Waveform(write(Path(folder) / "tone.wav", tone(2), by_suffix(".wav")))))
        decoded = Path(folder) / "decoded.wav"
        found = audio.decode(recording, decoded, audio.Limits(), lambda *_: None)
        wall, processor = time.perf_counter(), time.process_time()
        heard = by_channel(diarizer.diarize(Voices(Waveform(decoded))), found.sides)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    leave(heard.exclusive, turns_of(name, recording))
    turns = [(turn.span.start, turn.span.end, turn.speaker) for turn in heard.turns]
    return {"turns": turns, "seconds": found.duration_ms / 1000, "wall": wall, "processor": processor, "peak_mb": peak_mb}


def scored(name: str, recording: Path, told: dict[str, Any]) -> Figures:
    """What was measured, held against the truth."""
    from tests.support.der import errors, jaccard_error_rate  # noqa: PLC0415  it takes memory that is not the diarizer's

    truth = read_rttm(recording.with_suffix(".rttm"))
    heard = tuple(Turn(Span(start, end), speaker) for start, end, speaker in told.pop("turns"))
    parts = errors(truth, heard)
    seconds, said = told.pop("seconds"), recording.with_suffix(".truth.json")
    return Figures(
        name=recording.stem,
        diarizer=name,
        seconds=seconds,
        voices=f"{len({turn.speaker for turn in heard})} / {len({turn.speaker for turn in truth})}",
        error_rate=sum(parts.values()),
        parts=tuple(parts[kind] for kind in KINDS),
        jaccard=jaccard_error_rate(truth, heard),
        words_wrong=1 - Episode.of(said).voices(read_rttm(turns_of(name, recording))) if said.exists() else None,
        wall=told["wall"] / seconds,
        processor=told["processor"] / seconds,
        peak_mb=told["peak_mb"],
    )


def turns_of(name: str, recording: Path) -> Path:
    """Where a diarizer's exclusive turns of a recording are left."""
    return OUT / name / f"{recording.stem}.rttm"


def leave(turns: Sequence[Turn], path: Path) -> None:
    """The exclusive turns as RTTM, for `tests.bench.names`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (f"SPEAKER {path.stem} 1 {t.span.start / 1000:.3f} {t.span.duration / 1000:.3f} <NA> <NA> {t.speaker} <NA> <NA>" for t in turns)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def apart(name: str, recording: Path) -> Figures:
    """The same in a process of its own, as the pipeline has it."""
    command = [sys.executable, "-m", "tests.bench.speakers", "--one", name, str(recording)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return scored(name, recording, json.loads(said.splitlines()[-1]))


def mean(name: str, found: Sequence[Figures]) -> str:
    """The last row of a diarizer: means over its recordings, each of the same weight."""
    worded = [f.words_wrong for f in found if f.words_wrong is not None]
    words = f"{percent(fmean(worded))} of {len(worded)}" if worded else percent(None)
    rates = f"{percent(fmean(f.error_rate for f in found))} | | {percent(fmean(f.jaccard for f in found))} | {words}"
    costs = f"{fmean(f.wall for f in found):.3f} | {fmean(f.processor for f in found):.3f} | {max(f.peak_mb for f in found)}"
    return f"| mean of {len(found)} (memory: highest) | | {name} | | {rates} | {costs} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--episodes", nargs="+", type=Path, default=[Path("out/episodes"), Path("out/gatherings")])
    parser.add_argument("--diarizers", nargs="+", default=[SEGMENTATION.name, STOCK])
    parser.add_argument("--hours", type=float, help="each recording over and over until it is so long")
    parser.add_argument("--one", nargs=2, metavar=("DIARIZER", "RECORDING"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one_arena()
        print(json.dumps(measure(arguments.one[0], Path(arguments.one[1]))))
        return
    found: dict[str, list[Figures]] = defaultdict(list)
    print(HEADER, flush=True)
    make_duets()
    for one in (recording for recording in recordings(arguments.episodes) if recording.stem in (arguments.names or [recording.stem])):
        recording = repeated(one, arguments.hours) if arguments.hours else one
        for diarizer in arguments.diarizers:
            found[diarizer].append(apart(diarizer, recording))
            print(found[diarizer][-1].row, flush=True)
    for diarizer, figures in found.items():
        print(mean(diarizer, figures), flush=True)


if __name__ == "__main__":
    main()
