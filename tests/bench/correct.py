"""Corrections, measured on episodes whose truth is known, beside two simple ways of correcting.

    python -m tests.bench.correct [--episodes FOLDER] [--kept FOLDER] [--remember] [NAME ...]

Of every episode the stages before `correct` run once and are kept; `correct` itself runs anew each time, so that its cost is seen (with
--remember its rulings are kept, too, and its cost says nothing). Prints, as Markdown, what was found of each kind and what was spoilt by
Earmark, by believing the recogniser (whatever was recognised in place of something else is taken over) and by a spelling dictionary (every
unknown word is replaced by its likeliest neighbour), and how far Earmark's confidence can be trusted.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from spellchecker import SpellChecker

from service.domain.candidates import trim
from service.domain.document import Status
from tests.bench import episodes
from tests.bench.scoring import Proposal, Tally, count
from tests.bench.truth import Truth, places
from tests.episodes.plan import SCRIPTS, Plan
from workers import pipeline
from workers.desk import Desk

EPISODES = Path("out/episodes")
KEPT = Path("out/bench/kept")
STAGES = ("decode", "parse", "transcribe", "align")
DECILES = 10


def believed(desk: Desk) -> Iterator[Proposal]:
    """What was recognised, wherever it differs."""
    for block in desk.alignment.blocks:
        if block.status is Status.SUBSTITUTED and block.num_tokens and block.num_words:
            yield Proposal(block.tokens, " ".join(trim(word.text) for word in desk.hypothesis.words[slice(*block.words)]))


def spelled(desk: Desk) -> Iterator[Proposal]:
    """The likeliest neighbour of every word that the dictionary does not know."""
    checker = SpellChecker(distance=1)
    for k, token in enumerate(desk.reference.tokens):
        word = trim(token.text).lower()
        if re.fullmatch(r"[a-z']{3,}", word) and not checker.known([word]):
            better = checker.correction(word)
            if better and better != word:
                yield Proposal((k, k + 1), better)


def earmark(desk: Desk) -> Iterator[Proposal]:
    for edit in pipeline.correct(desk, lambda *_: None).edits:
        yield Proposal(edit.tokens, edit.after, edit.applied, edit.confidence)


METHODS: dict[str, Callable[[Desk], Iterator[Proposal]]] = {
    "Earmark": earmark,
    "believing the recogniser": believed,
    "spelling dictionary": spelled,
}

SOURCES = {"document": "in the document", "glossary": "in the glossary only", "knowledge": "well known", "acoustic": "real words"}
KINDS = {"name": "names", "term": "terms", "word": "words", "split": "splits and joins", "all": "all"}
COUNTED = SOURCES | KINDS


def measured(folder: Path, name: str, kept: Path, remember: bool) -> dict[str, Tally]:
    """Every method on one episode."""
    tallies: dict[str, Tally] = {}
    with episodes.kept_desk(folder, name, kept, remember=remember) as desk:
        for stage in STAGES:
            pipeline.run_stage(stage, desk)
        truth = Truth.of(folder, name)
        for method, propose in METHODS.items():
            begun = perf_counter()
            proposals = list(propose(desk))
            tallies[method] = Tally(seconds=perf_counter() - begun, audio_seconds=desk.waveform.duration_ms / 1000)
            count(tallies[method], truth, places(truth, desk.reference), proposals)
    return tallies


def splits(names: list[str]) -> dict[str, list[str]]:
    """The splits of which anything is there, and all."""
    of = {name: Plan.of(name).split for name in names if (SCRIPTS / f"{name}.toml").is_file()}
    found = {f"{split} split": [name for name in names if of.get(name) == split] for split in ("train", "test")}
    return {split: some for split, some in found.items() if some} | {"all": names}


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "-"


def row(name: str, tally: Tally) -> str:
    cells = [name]
    for kind in COUNTED:
        offered = tally.found[kind] / tally.wanted[kind] if tally.wanted[kind] else 0
        cells.append(f"{share(tally.applied[kind], tally.wanted[kind])}; {offered:.2f}" if tally.wanted[kind] else "-")
    cells += [
        share(tally.right, tally.right + tally.wrong),
        f"{10_000 * tally.wrong / tally.words:.1f}",
        share(tally.trapped, tally.traps),
        str(tally.dressed),
        share(sum(tally.suggested), len(tally.suggested)),
        f"{tally.seconds / tally.audio_seconds:.3f}",
    ]
    return table_row(cells)


def table_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


HEADER = [
    "",
    *(f"recall: {kind}" for kind in COUNTED.values()),
    "precision",
    "wrong changes in 10,000 words",
    "traps changed",
    "only case or punctuation changed",
    "suggestions right",
    "cost, x real time",
]


def header(cells: list[str]) -> str:
    return table_row(cells) + "\n" + table_row("---" for _ in cells)


class Decile(NamedTuple):
    """The changes of one decile of confidence: how many, what was stated on average, and the share that was right."""

    number: int
    changes: int
    stated: float
    right: float


def deciles(told: Sequence[tuple[float, bool]]) -> Iterator[Decile]:
    """Those that hold any change."""
    for number in range(DECILES):
        some = [(stated, right) for stated, right in told if min(int(stated * DECILES), DECILES - 1) == number]
        if some:
            yield Decile(number, len(some), sum(stated for stated, _ in some) / len(some), sum(right for _, right in some) / len(some))


def calibration_error(told: Sequence[tuple[float, bool]]) -> float:
    """The expected calibration error: by how much what is stated and what is right differ, on average over the changes."""
    return sum(d.changes * abs(d.stated - d.right) for d in deciles(told)) / max(1, len(told))


def reliability(told: Sequence[tuple[float, bool]]) -> Iterator[str]:
    yield header(["confidence", "changes", "stated", "right"])
    for d in deciles(told):
        yield table_row(
            [f"{d.number / DECILES:.1f} to {(d.number + 1) / DECILES:.1f}", str(d.changes), f"{d.stated:.2f}", f"{d.right:.2f}"]
        )
    yield f"\nExpected calibration error: {calibration_error(told):.3f} over {len(told)} changes"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--episodes", type=Path, default=EPISODES)
    parser.add_argument("--kept", type=Path, default=KEPT)
    parser.add_argument("--remember", action="store_true")
    arguments = parser.parse_args()
    there = episodes.names(arguments.episodes)
    chosen = arguments.names or there
    if unknown := set(chosen).difference(there):
        raise SystemExit(f"{arguments.episodes} has no {', '.join(sorted(unknown))}; it has {', '.join(there) or 'none'}.")
    if not chosen:
        raise SystemExit(f"No episodes in {arguments.episodes}: `make bench-correct` and `make episodes` speak them.")
    by_name = {name: measured(arguments.episodes, name, arguments.kept, arguments.remember) for name in chosen}
    for method in METHODS:
        print(f"\n{method}: recall is applied (count); applied or suggested\n\n{header(HEADER)}")
        for name, tallies in by_name.items():
            print(row(name, tallies[method]))
        for split, names in splits(chosen).items():
            print(row(f"**{split}**", Tally.total(by_name[name][method] for name in names)))
    for split, names in splits(chosen).items():
        whole = Tally.total(by_name[name]["Earmark"] for name in names)
        print(f"\nHow far Earmark's confidence can be trusted, {split}\n", *reliability(whole.stated), sep="\n")
    print("\nWrong changes:\n", *(f"- {change}" for change in whole.spoilt), sep="\n")


if __name__ == "__main__":
    main()
