"""Every case that the `correct` stage considers on episodes whose truth is known, labelled: what its weights are trained on.

    python -m tests.bench.cases [--episodes FOLDER] [--out FOLDER] [--hope P] [NAME ...]

Writes OUT/NAME.json: a list of `Labelled`, best read with `msgspec.json.decode(..., type=list[Labelled])`. Prints, as Markdown, the planted
errors whose right form is not among the judged cases, and how far each came. Recognitions and rulings are kept in OUT/kept.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from models.lexicon import load as load_lexicon
from service.domain.blocks import Range
from service.domain.evidence import Case, features, probability, promising
from service.domain.phonetics import similarity
from tests.bench import episodes
from tests.bench.truth import Change, Label, Truth, parts, places
from workers import correcting, pipeline, searching
from workers.desk import Desk

EPISODES = Path("out/episodes")
OUT = Path("out/cases")
STAGES = ("decode", "parse", "transcribe", "align")

HOPE = 0.05
"""Cases that could at best become so probable are put to the judge, too: weights are learned from the improbable as well."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A case with the truth about it: weights are fitted to `right` and `wrong` alone.

    `tokens` is its stretch of the talk and `place` that of the truth; `source` that of the planted error it touches, if any; `trap` if it
    touches what must stay; `features` and `confidence` are by the weights of the day.
    """

    tokens: Range
    place: Range | None
    before: str
    after: str
    label: Label
    source: str
    trap: bool
    judged: bool
    confidence: float
    features: dict[str, float]
    case: Case


@dataclass(frozen=True, slots=True)
class Judged:
    """All cases of an episode; `places` are those of its tokens in the truth."""

    truth: Truth
    places: list[Range | None]
    proposed: tuple[Case, ...]
    judged: tuple[Case, ...]

    def place(self, case: Case) -> Range | None:
        """Where in the truth the case lies, or None where the truth does not reach."""
        first, end = case.suspect.tokens
        around = [place for place in self.places[first:end] if place]
        return (around[0][0], around[-1][1]) if len(around) == end - first else None

    def label(self, case: Case) -> Label:
        place = self.place(case)
        if place is None or any(a < place[1] and place[0] < b for a, b in self.truth.doubtful):
            return Label.SAME
        return self.truth.judge([Change(*place, parts(case.candidate.text))])

    def labelled(self, case: Case, *, judged: bool) -> Labelled:
        first, end = self.place(case) or (0, 0)
        return Labelled(
            tokens=case.suspect.tokens,
            place=self.place(case),
            before=case.suspect.text,
            after=case.candidate.text,
            label=self.label(case),
            source=next((change.source or "unlabelled" for change in self.truth.touched(first, end)), ""),
            trap=any(a < end and first < b for a, b in self.truth.traps),
            judged=judged,
            confidence=round(probability(case), 4),
            features={name: round(value, 4) for name, value in features(case).items()},
            case=case,
        )


def judged(desk: Desk, truth: Truth, hope: float) -> Judged:
    """Run the stages before `correct`, then everything of `correct` but its decision. Right cases are judged without hope, too."""
    for stage in STAGES:
        pipeline.run_stage(stage, desk)
    proposed = tuple(searching.cases(desk))
    found = Judged(truth, places(truth, desk.reference), proposed, ())
    chosen = set(promising(proposed, replace(desk.options, suggest_threshold=hope)))
    asked = tuple(case for case in proposed if case in chosen or found.label(case) is Label.RIGHT)
    return replace(found, judged=tuple(correcting.judged(desk, asked)))


def labelled(found: Judged) -> list[Labelled]:
    asked = {(case.suspect.tokens, case.candidate.text) for case in found.judged}
    unasked = (case for case in found.proposed if (case.suspect.tokens, case.candidate.text) not in asked)
    return [*(found.labelled(case, judged=True) for case in found.judged), *(found.labelled(case, judged=False) for case in unasked)]


def missing(name: str, desk: Desk, found: Judged) -> Iterable[str]:
    """A row of the table for each planted error without a right case."""
    right = [found.place(case) for case in found.proposed if found.label(case) is Label.RIGHT]
    reached = {change for place in right if place for change in found.truth.touched(*place)}
    for change in found.truth.changes:
        if change not in reached:
            yield "| " + " | ".join([name, *_cells(desk, found, change)]) + " |"


def _cells(desk: Desk, found: Judged, change: Change) -> Iterable[str]:
    written, right = " ".join(found.truth.parts[change.first : change.end]), " ".join(change.after)
    tokens = [k for k, place in enumerate(found.places) if place and change.touches(*place)]
    blocks = [block for block in desk.alignment.blocks if any(block.tokens[0] <= k < block.tokens[1] for k in tokens)]
    suspected = any(set(tokens) <= set(range(*case.suspect.tokens)) for case in found.proposed)
    entry = load_lexicon().get(right)
    yield change.source or "-"
    yield f"{written} → {right}"
    yield ("suspected, " if suspected else "not suspected, ") + "/".join(sorted({block.status.value for block in blocks}))
    yield " ".join(word.text.strip() for block in blocks for word in desk.hypothesis.words[slice(*block.words)]) or "-"
    yield f"{similarity(written, right):.2f}" if written and right else "-"
    yield entry.text if entry else "-"


HEADER = "| episode | right form | written → said | place | heard there | likeness in sound | in the lexicon |"


def summary(name: str, cases: Sequence[Labelled], truth: Truth) -> str:
    counts = Counter((case.label.value, case.judged) for case in cases)
    told = ", ".join(f"{label}{'' if asked else ' (not judged)'}: {n}" for (label, asked), n in sorted(counts.items()))
    return f"<!-- {name}: {len(truth.changes)} changes wanted; cases {told} -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--episodes", type=Path, default=EPISODES)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--hope", type=float, default=HOPE)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(HEADER, "|" + " --- |" * (HEADER.count("|") - 1), sep="\n")
    for name in arguments.names or episodes.names(arguments.episodes):
        with episodes.kept_desk(arguments.episodes, name, arguments.out / "kept", remember=True) as desk:
            found = judged(desk, Truth.of(arguments.episodes, name), arguments.hope)
            cases = labelled(found)
            (arguments.out / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(cases), indent=1))
            print(*missing(name, desk, found), summary(name, cases, found.truth), sep="\n", flush=True)


if __name__ == "__main__":
    main()
