"""Alignment and times, measured: `python -m tests.bench.align [boundaries] [lines] [covered] [mismatch] ...`, or all of `TABLES`.

Reads the recordings and episodes of the shared folder (EARMARK_SHARED), and for `leftout` generated ones (`make episodes`); decoded sound
and recognitions are kept in out/bench/align.
Prints Markdown tables for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from models.entries import BASE
from service.settings import Settings
from tests.bench import episodes
from tests.bench.align import abroad, boundaries, cost, covered, leftout, lines, mismatch, reliability, reordered, sounding, speed, verdicts
from tests.bench.align.episodes import Piece, lines_of, pieces
from tests.bench.align.judged import cases
from tests.bench.align.runs import Run, Runs
from tests.support.shared import SHARED

EPISODES = ("seed1", "seed2")
GENERATED = Path("out/episodes")
LOOKS = "mistaken at first | after the second look"
FOUND = "unheard words, F1 | unwritten seconds, F1 | genuine words dropped | marked in passages of 20"
RELIABILITY = "score | words | mean score | right | 95 % of the time between"
ERRORS = "mean | median | within 50 ms | largest"


@cache
def runs() -> Runs:
    return Runs()


def truth(name: str) -> Path:
    return SHARED / "episodes" / f"{name}.truth.json"


@cache
def run(name: str) -> Run:
    return runs().of(SHARED / "episodes" / f"{name}.mp3", written(name))


def written(name: str) -> Path:
    return next(iter(sorted((SHARED / "episodes").glob(f"{name}.transcript.*"))))


def base() -> dict[str, mismatch.Episode]:
    return {name: (lines_of(truth(name)), run(name).hypothesis) for name in EPISODES}


def sounds() -> list[list[Piece]]:
    """The episodes' pieces with their sound."""
    return [pieces(*episode, runs().sound(SHARED / "episodes" / f"{name}.mp3")) for name, episode in base().items()]


def _lines() -> Iterator[str]:
    for name in EPISODES:
        yield from lines.table(name, run(name), runs().others(run(name)), truth(name))


def _cost() -> Iterator[str]:
    """One thread, so that words are timed in this process."""
    named = {name: (SHARED / "episodes" / f"{name}.mp3", written(name)) for name in EPISODES}
    return cost.table(Runs(Settings(threads=1)), named, SHARED / "episodes")


def _reliability() -> Iterator[str]:
    """The words of whole documents, corrected as a user gets them, but for voices."""
    desks = {name: runs().corrected(SHARED / "episodes" / f"{name}.mp3", written(name)) for name in EPISODES}
    judged = [(case.score(), case.right) for name, desk in desks.items() for case in cases(desk, truth(name))]
    yield from reliability.table(judged)
    yield from reliability.equal(judged)


def _left_out(folder: Path) -> Iterator[str]:
    named = {name: folder / f"{name}.truth.json" for name in episodes.names(folder)}
    yield from leftout.left_out({name: leftout.spoilt(path, runs().heard(folder / f"{name}.mp3")) for name, path in named.items()})


TABLES: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "boundaries": (
        f"labels | aligner | words | missed | onset: {ERRORS} | offset: {ERRORS}",
        lambda: boundaries.table(SHARED / "audio", runs()),
    ),
    "foreign": (
        f"labels | times | words | missed | onset: {ERRORS} | offset: {ERRORS}",
        lambda: abroad.table(SHARED / "audio", Runs(Settings(whisper_model=BASE.name))),
    ),
    "lines": (
        f"episode | aligner | lines | within 100 ms | onset: {ERRORS} | offset: {ERRORS} | by tenth",
        _lines,
    ),
    "cost": ("episode | length | align: x real time | time | both | resident after align | after time", _cost),
    "covered": (
        f"over the voice | words said | {LOOKS} | words not said | {LOOKS} | onset, words: median / mean: forced | heard | interpolated",
        lambda: covered.table(runs(), {truth(name): runs().sound(SHARED / "episodes" / f"{name}.mp3") for name in EPISODES}),
    ),
    "mismatch": (
        f"change | errors added | Earmark: {FOUND} | edit distance: {FOUND}",
        lambda: iter(mismatch.table(base())),
    ),
    "reordered": (
        "parts, in reverse order | errors added | accepted | passages reported | words timed | of them at another utterance",
        lambda: reordered.table(base()),
    ),
    "sounding": (
        f"change | errors added | without the sound: {FOUND} | after the second look: {FOUND}",
        lambda: sounding.table(runs(), sounds()),
    ),
    "verdicts": ("transcript | wanted | decided so | coverage nearest to a mistake", lambda: verdicts.table(base())),
    "speed": (
        "length | words written | words heard | processor time | a word | edit distance",
        lambda: speed.table(pieces(*base()["seed1"])),
    ),
    "reliability": (RELIABILITY, _reliability),
    "leftout": (f"words wrong | {RELIABILITY}", lambda: _left_out(GENERATED)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], default=[])
    if not SHARED.is_dir():
        raise SystemExit("No recordings to measure with: set EARMARK_SHARED.")
    for name in parser.parse_args().tables or TABLES:
        head, rows = TABLES[name]
        print(f"\n### {name}\n\n| {head} |", "|" + " --- |" * (head.count("|") + 1), sep="\n")
        for row in rows():
            print(row, flush=True)


if __name__ == "__main__":
    main()
