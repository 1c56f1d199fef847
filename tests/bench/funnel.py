"""How far each planted error came on its way to a correction, by the cases of `python -m tests.bench.cases` and the weights of the day.

    python -m tests.bench.funnel [--episodes FOLDER] [--cases FOLDER] [NAME ...]

Prints, as Markdown, how many errors of each kind were lost where, then every error that was not applied.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from service.domain.evidence import probability, promising
from service.domain.options import Options
from service.domain.weights import WEIGHTS
from tests.bench.cases import EPISODES, OUT, Labelled
from tests.bench.correct import header, table_row
from tests.bench.fit import chosen
from tests.bench.truth import UNKNOWN, Change, Label, Truth


class Fate(StrEnum):
    """Where an error was lost, in the order of the way, or that it was not."""

    UNSEEN = "not suspected"
    NO_CANDIDATE = "right form no candidate"
    NOT_JUDGED = "not put to the judge"
    DROPPED = "improbable"
    BEATEN = "another candidate preferred"
    SUGGESTED = "suggested"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True)
class Traced:
    """A planted error, its fate, and the best of its right cases."""

    change: Change
    fate: Fate
    best: Labelled | None


def traced(truth: Truth, cases: Sequence[Labelled]) -> Iterator[Traced]:
    """Every error of an episode that has one."""
    asked = set(promising((case.case for case in cases), Options()))
    chosen_cases = list(chosen([case for case in cases if case.case in asked], WEIGHTS, Options()))
    for change in truth.changes:
        around = [case for case in cases if case.place and change.touches(*case.place)]
        right = sorted((case for case in around if case.label is Label.RIGHT), key=lambda case: -probability(case.case))
        fates = {how: case for how, case in reversed(chosen_cases) if case.place and change.touches(*case.place)}
        yield Traced(change, _fate(around, right, [case for case in right if case.case in asked], fates), right[0] if right else None)


def _fate(around: Sequence[Labelled], right: Sequence[Labelled], asked: Sequence[Labelled], fates: dict[str, Labelled]) -> Fate:
    for how, case in fates.items():
        if case.label is Label.RIGHT:
            return Fate(how)
    if not around:
        return Fate.UNSEEN
    if not right:
        return Fate.NO_CANDIDATE
    if not asked:
        return Fate.NOT_JUDGED
    return Fate.BEATEN if fates else Fate.DROPPED


def row(name: str, truth: Truth, found: Traced) -> str:
    written, right = " ".join(truth.parts[found.change.first : found.change.end]), " ".join(found.change.after)
    cells = [name, found.change.source, f"{written} → {right}", found.fate.value]
    if found.best is None:
        return table_row([*cells, "-", "-", "-"])
    case = found.best.case
    margin = "-" if case.margin is None else f"{case.margin:.1f}"
    return table_row([*cells, f"{probability(case):.2f}", margin, f"{case.fit:.1f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--episodes", type=Path, default=EPISODES)
    parser.add_argument("--cases", type=Path, default=OUT)
    arguments = parser.parse_args()
    lost: list[str] = []
    counts: Counter[tuple[str, Fate]] = Counter()
    for name in arguments.names or sorted(path.stem for path in arguments.cases.glob("*.json")):
        truth = Truth.of(arguments.episodes, name)
        cases = msgspec.json.decode((arguments.cases / f"{name}.json").read_bytes(), type=list[Labelled])
        for found in (found for found in traced(truth, cases) if found.change.source != UNKNOWN):
            counts.update([(found.change.source or "-", found.fate), ("all", found.fate)])
            lost += [row(name, truth, found)] if found.fate is not Fate.APPLIED else []
    print(header(["right form", *(fate.value for fate in Fate)]))
    for source in sorted({source for source, _ in counts}):
        print(table_row([source, *(str(counts[source, fate]) for fate in Fate)]))
    print("\n" + header(["episode", "right form", "written → said", "lost", "probability", "margin", "fit"]), *lost, sep="\n")


if __name__ == "__main__":
    main()
