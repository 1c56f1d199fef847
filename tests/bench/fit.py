"""Fit the weights of the correction model to cases of episodes whose truth is known, and write them to service/domain/weights.py.

    python -m tests.bench.fit [--cases FOLDER ...] [--test NAME ...] [--write]

A conditional logistic regression (each candidate against its rivals and what is written) on standardised features, with an L2 penalty
that draws each weight to what was expected of it; where sense demands a sign (a better sound never speaks against a candidate) the weight
is held to it. What a rule decides whatever the weights say (`evidence.is_kept`) is not learnt from.

Prints what each episode, left out of the fit, would have got: applied and suggested, right and wrong. With several folders of cases, of the
same episodes with other transcripts (`tests.bench.right`, `tests.bench.published`), an episode is left out of all. One constant does not
come of generated episodes, but of people's speech: `FALSELY_HEARD`.
"""

from __future__ import annotations

import argparse
import math
import pprint
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from service.domain import evidence, weights
from service.domain.options import Options
from tests.bench.cases import OUT, Labelled
from tests.bench.truth import Label
from tests.episodes.plan import Plan, names

PENALTY = 1.0

EXPECTED = {
    "margin": 0.5, "phonetic": 8.0, "spelling": 2.0, "in_document": 3.0, "in_metadata": 1.5, "in_glossary": 3.0, "prior": 2.0,
    "in_field": 2.0, "homophone_in_field": 3.0, "unknown_before": 3.0, "common_before": -1.0, "confirmed": -1.5, "no_margin": -1.0,
    "heard_is_ordinary": -1.0, "heard_phrase": -2.0, "fit": 0.1, "fit_of_heard": 0.3, "heard_for_rare": -1.0, "heard_for_name": -1.0,
    "anybody": -1.0, "heard_is_little": -1.0, "heard_is_ending": -1.0, "heard_is_rare": -1.0,
}  # fmt: skip
"""Weights set by hand, before there were episodes to learn from: they hold where the episodes say little. The others: 0."""

IMPORTANCE = {Label.RIGHT: 1.0, Label.WRONG: 1.0, Label.NEARER: 0.75, Label.SAME: 0.0}
"""How much a case counts. What comes near the right form is wrong where that is at hand, and better than nothing where it is not. Wrong
ones count no more than right ones: a third of the transcripts that are learnt from hold no errors, a third few, so that they are no rarer
there than in the world (docs/decisions/0150).
"""

UNASKED = 0.0
"""The margin of a case that was too improbable to be put to the judge: the weights learn from those as well, since they choose them."""

FALSELY_HEARD = 1.4
"""As many times more often does the recogniser hear a believable other word where the page is right in people's speech than in synthetic
voices: 26 such candidates in 1,018 words and 449 in 18,786, of them 4 and 41 that the judge prefers by 2 nats; 1.07 and 1.8 times
(docs/decisions/0166). The weight of what was heard is moved by its logarithm (prior correction, King & Zeng, "Logistic Regression in Rare
Events Data", 2001).
"""

NEVER_AGAINST = (
    "margin", "margin_each", "margin_each_of_name", "phonetic", "spelling", "in_document", "in_metadata", "in_glossary", "prior",
    "in_field", "heard_as_known", "heard_like_after", "unknown_before", "homophone_in_field", "fit", "fit_of_heard", "heard_in_document",
    "long", "vouched_here", "margin_of_ordinary", "fit_of_alike", "margin_and_fit", "sense", "sense_of_heard", "ear",
)  # fmt: skip
NEVER_FOR = (
    "no_margin", "heard_phrase", "heard_is_ordinary", "short", "confirmed", "heard_like_before", "common_before", "heard_for_rare",
    "heard_for_name", "anybody", "is_name", "heard_is_little", "heard_is_ending", "heard_is_rare",
)  # fmt: skip

LEAST = {"in_glossary": 2.5}
"""Weights that sense holds up where there is little to learn from: two of the episodes have a glossary, of four words. What the caller
says is to be spelled so counts at least as much as what a description happens to spell so.
"""

Matrix = npt.NDArray[np.float64]

HEAD = '''"""Weights of the correction model, in log-odds per unit of `evidence.features`. Written by `make fit`; see decision 42."""

from __future__ import annotations

WEIGHTS: dict[str, float] = '''


@dataclass(frozen=True, slots=True)
class Sample:
    """Features, shape (num_cases, num_features), and whether each case is right."""

    names: tuple[str, ...]
    features: Matrix
    right: npt.NDArray[np.bool_]
    importance: Matrix
    """How much each case counts, shape (num_cases,)."""
    rivals: sparse.csr_array
    """1 where the case of the column is a rival of the row's, shape (num_cases, num_cases)."""

    @classmethod
    def of(cls, cases: Sequence[Labelled]) -> Sample:
        """The cases of one episode."""
        rows = [evidence.features(case.case if case.judged else replace(case.case, margin=UNASKED)) for case in cases]
        names = tuple(rows[0])
        return cls(
            names,
            np.array([[row[name] for name in names] for row in rows]),
            np.array([case.label is Label.RIGHT for case in cases]),
            np.array([0.0 if evidence.is_kept(case.case) else IMPORTANCE[case.label] for case in cases]),
            _rivals(cases),
        )

    @classmethod
    def joined(cls, parts: Sequence[Sample]) -> Sample:
        """Several episodes as one."""
        return cls(
            parts[0].names,
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.right for part in parts]),
            np.concatenate([part.importance for part in parts]),
            sparse.block_diag([part.rivals for part in parts], format="csr"),
        )


def _rivals(cases: Sequence[Labelled]) -> sparse.csr_array:
    """Among those that were put to the judge and that no rule decides: the others are none when it is decided."""
    asked = [k for k, case in enumerate(cases) if case.judged and not evidence.is_kept(case.case)]
    found = evidence.rivals([cases[k].case for k in asked])
    pairs = [(asked[k], asked[other]) for k, others in enumerate(found) for other in others]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    return sparse.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(cases), len(cases)))


def fitted(sample: Sample) -> dict[str, float]:
    """The weights."""
    spread = sample.features.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = sample.features / spread
    penalised = np.array([name != "constant" for name in sample.names], float) * PENALTY
    expected = np.array([EXPECTED.get(name, 0.0) for name in sample.names]) * spread

    def loss(w: Matrix) -> tuple[float, Matrix]:
        unlikelihood, slope = _unlikelihood(sample, scaled @ w)
        pull = penalised * (w - expected)
        return unlikelihood + 0.5 * (pull * (w - expected)).sum(), scaled.T @ slope + pull

    bounds = [_bound(name, scale) for name, scale in zip(sample.names, spread, strict=True)]
    found = minimize(loss, expected, jac=True, method="L-BFGS-B", bounds=bounds)
    model = dict(zip(sample.names, map(float, found.x / spread), strict=True))
    model["heard_is_candidate"] -= math.log(FALSELY_HEARD)
    return {name: round(weight, 2) for name, weight in model.items()}


def _unlikelihood(sample: Sample, logits: Matrix) -> tuple[float, Matrix]:
    """What the cases tell against these log-odds, and its derivative by each of them.

    A case is right with a probability of odds / all, wrong with rest / all, where `rest` is what stays (1) and its rivals' odds.
    """
    odds = np.exp(np.clip(logits, -30, 30))
    rest = 1 + sample.rivals @ odds
    every = rest + odds
    counts, right = sample.importance, sample.right
    total = (counts * (np.log(every) - np.where(right, np.log(odds), np.log(rest)))).sum()
    by_every, by_rest = counts / every, counts * ~right / rest
    return float(total), odds * (by_every + sample.rivals.T @ (by_every - by_rest)) - counts * right


def _bound(name: str, scale: float) -> tuple[float | None, float | None]:
    """Between what a weight must lie, in units of its feature's `scale`."""
    least = LEAST.get(name, 0.0 if name in NEVER_AGAINST else None)
    return (None if least is None else least * scale, 0.0 if name in NEVER_FOR else None)


def chosen(cases: Sequence[Labelled], model: dict[str, float], options: Options) -> Iterator[tuple[str, Labelled]]:
    """The cases of an episode that would be applied and suggested, the likeliest first."""
    judged = [case for case in cases if case.judged]
    sure = evidence.probabilities([case.case for case in judged], model)
    taken: set[int] = set()
    for probability, case in sorted(zip(sure, judged, strict=True), key=lambda pair: -pair[0]):
        tokens = set(range(*case.tokens))
        if probability >= options.suggest_threshold and not tokens & taken:
            taken |= tokens
            applied = probability >= options.apply_threshold and not evidence.may_be_meant(case.case)
            yield "applied" if applied else "suggested", case


def decided(cases: Sequence[Labelled], model: dict[str, float], options: Options) -> Counter[tuple[str, Label]]:
    """How many of an episode's cases would be applied and suggested, by label."""
    return Counter((how, case.label) for how, case in chosen(cases, model, options))


def row(name: str, found: Counter[tuple[str, Label]]) -> str:
    cells = [f"{found[how, label]}" for how in ("applied", "suggested") for label in (Label.RIGHT, Label.NEARER, Label.WRONG)]
    return "| " + " | ".join([name, *cells]) + " |"


def labelled_in(folders: Sequence[Path]) -> list[Path]:
    """The files that `tests.bench.cases` wrote."""
    return [path for folder in folders for path in sorted(folder.glob("*.json"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, nargs="+", default=[OUT, OUT / "right", OUT / "published"], help="default: %(default)s")
    test = [name for name in names() if Plan.of(name).split == "test"]
    parser.add_argument("--test", nargs="*", default=test, help="episodes that the weights are not fitted to: the test split")
    parser.add_argument("--write", action="store_true", help="write the weights to service/domain/weights.py")
    arguments = parser.parse_args()
    if missing := [str(folder) for folder in arguments.cases if not labelled_in([folder])]:
        parser.error(
            f"no cases in {', '.join(missing)}: make cases ARGS='--episodes FOLDER --out FOLDER' writes them, or name others with --cases"
        )
    cases = {path: msgspec.json.decode(path.read_bytes(), type=list[Labelled]) for path in labelled_in(arguments.cases)}
    samples = {path: Sample.of(some) for path, some in cases.items()}
    print("| left out | applied right | nearer | wrong | suggested right | nearer | wrong |\n" + "| --- " * 7 + "|")
    total: Counter[tuple[str, Label]] = Counter()
    for name in dict.fromkeys(path.stem for path in cases):
        model = fitted(Sample.joined([some for path, some in samples.items() if path.stem not in {name, *arguments.test}]))
        found = sum((decided(mine, model, Options()) for path, mine in cases.items() if path.stem == name), Counter())
        total += found
        print(row(name, found))
    print(row("all", total))
    model = fitted(Sample.joined([some for path, some in samples.items() if path.stem not in arguments.test]))
    print(pprint.pformat(model, sort_dicts=False))
    if arguments.write:
        rows = "".join(f'    "{name}": {weight},\n' for name, weight in model.items())
        Path(weights.__file__).write_text(f"{HEAD}{{\n{rows}}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
