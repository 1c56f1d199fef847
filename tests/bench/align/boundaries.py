"""Word boundaries against labels made by hand (and by the Montreal Forced Aligner), beside Whisper's own and another aligner's."""

from __future__ import annotations

import csv
import difflib
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from models.entries import TINY_EN
from models.whisper import LATE_MS
from service.domain.printed import Printed
from service.domain.speech import Word
from service.domain.timing import Times
from tests.bench.align.runs import Runs

Label = tuple[str, float, float]
"""Word, start and end in seconds."""

GROUPS = {"read, by hand": ("emuR-ae", "praatio"), "spontaneous, by MFA": ("mfa",)}


@dataclass
class Errors:
    """Differences from the labels, in seconds; `missed` counts labelled words that have no time."""

    onset: list[float] = field(default_factory=list)
    offset: list[float] = field(default_factory=list)
    missed: int = 0

    def add(self, labels: list[Label], words: Iterable[Label]) -> None:
        ours = list(words)
        matcher = difflib.SequenceMatcher(None, [w for w, _, _ in labels], [bare(w) for w, _, _ in ours], autojunk=False)
        pairs = [(labels[b.a + k], ours[b.b + k]) for b in matcher.get_matching_blocks() for k in range(b.size)]
        self.onset += [mine[1] - label[1] for label, mine in pairs]
        self.offset += [mine[2] - label[2] for label, mine in pairs]
        self.missed += len(labels) - len(pairs)


def bare(word: str) -> str:
    return word.casefold().strip('.,!?"“”;:-').replace("’", "'")


def labels(path: Path) -> list[Label]:
    """Of the words; a mark for a noise ("<vocnoise>", a cough) is none."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        said = [row for row in rows if row["kind"] in {"word", "trunc"} and not row["word"].startswith("<")]
        return [(bare(row["word"]), float(row["start"]), float(row["end"])) for row in said]


def cells(errors: list[float]) -> list[str]:
    """Mean, median, share within 50 ms, and the largest."""
    sizes = sorted(map(abs, errors))
    near = sum(e <= 0.05 for e in sizes) / len(sizes)
    return [
        f"{1000 * statistics.fmean(sizes):.1f}",
        f"{1000 * statistics.median(sizes):.1f}",
        f"{100 * near:.1f} %",
        f"{1000 * sizes[-1]:.0f}",
    ]


def table(audio: Path, runs: Runs) -> Iterator[str]:
    """One row per group of recordings and aligner."""
    for group, folders in GROUPS.items():
        found: dict[str, Errors] = {}
        timings: Counter[str] = Counter()
        for truth, sound, text in labelled(audio, folders):
            run = runs.of(sound, text)
            timings.update(timed.timing for timed in run.times.printed)
            found.setdefault("Earmark", Errors()).add(truth, ours(run.words, run.times))
            found.setdefault("what it recognised, lateness taken out", Errors()).add(truth, _seconds(run.hypothesis.words))
            found.setdefault("faster-whisper, same weights", Errors()).add(truth, _seconds(stock(run.hypothesis.words)))
            for name, words in runs.others(run):
                found.setdefault(name, Errors()).add(truth, _seconds(words))
        yield from rows(group, found)
        yield f"<!-- {group}: {dict(timings)} -->"


def labelled(audio: Path, folders: Iterable[str]) -> Iterator[tuple[list[Label], Path, Path]]:
    """Labels, sound and text of the recordings of these folders."""
    for path in sorted(path for folder in folders for path in (audio / folder).glob("*.words.tsv")):
        sound = next(p for end in (".wav", ".flac") if (p := path.with_name(path.name.replace(".words.tsv", end))).is_file())
        yield labels(path), sound, path.with_name(path.name.replace(".words.tsv", ".ref.txt"))


def rows(group: str, found: dict[str, Errors]) -> Iterator[str]:
    for name, errors in found.items():
        sizes = [str(len(errors.onset)), str(errors.missed)]
        yield "| " + " | ".join([group, name, *sizes, *cells(errors.onset), *cells(errors.offset)]) + " |"


def ours(words: Iterable[Printed], times: Times) -> Iterator[Label]:
    for word, timed in zip(words, times.printed, strict=True):
        if timed.span:
            yield word.text, timed.span.start / 1000, timed.span.end / 1000


def stock(words: Iterable[Word]) -> Iterator[Word]:
    """As the model gave them."""
    return (replace(word, span=word.span.shifted(LATE_MS[TINY_EN.name])) for word in words)


def _seconds(words: Iterable[Word]) -> Iterator[Label]:
    return ((w.text, w.span.start / 1000, w.span.end / 1000) for w in words)
