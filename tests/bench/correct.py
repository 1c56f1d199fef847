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
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter

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

KINDS = {"document": "in the document", "knowledge": "well known", "acoustic": "real words", "split": "splits and joins", "all": "all"}


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
    """The test split, where any of it is there, and all."""
    test = [name for name in names if (SCRIPTS / f"{name}.toml").is_file() and Plan.of(name).split == "test"]
    return ({"test split": test} if test else {}) | {"all": names}


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "-"


def row(name: str, tally: Tally) -> str:
    cells = [name]
    for kind in KINDS:
        offered = tally.found[kind] / tally.wanted[kind] if tally.wanted[kind] else 0
        cells.append(f"{share(tally.applied[kind], tally.wanted[kind])}; {offered:.2f}" if tally.wanted[kind] else "-")
    cells += [
        share(tally.right, tally.right + tally.wrong),
        f"{10_000 * tally.wrong / tally.words:.1f}",
        share(tally.trapped, tally.traps),
        share(sum(tally.suggested), len(tally.suggested)),
        f"{tally.seconds / tally.audio_seconds:.3f}",
    ]
    return table_row(cells)


def table_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


HEADER = [
    "",
    *(f"recall: {kind}" for kind in KINDS.values()),
    "precision",
    "wrong changes in 10,000 words",
    "traps changed",
    "suggestions right",
    "cost, x real time",
]


def header(cells: list[str]) -> str:
    return table_row(cells) + "\n" + table_row("---" for _ in cells)


def reliability(tally: Tally) -> Iterator[str]:
    """Of every decile of stated confidence: how many, what was stated on average, how many were right."""
    yield header(["confidence", "changes", "stated", "right"])
    for decile in range(DECILES):
        told = [(stated, right) for stated, right in tally.stated if min(int(stated * DECILES), DECILES - 1) == decile]
        if told:
            mean, right = sum(stated for stated, _ in told) / len(told), sum(right for _, right in told)
            yield table_row(
                [f"{decile / DECILES:.1f} to {(decile + 1) / DECILES:.1f}", str(len(told)), f"{mean:.2f}", f"{right / len(told):.2f}"]
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--episodes", type=Path, default=EPISODES)
    parser.add_argument("--kept", type=Path, default=KEPT)
    parser.add_argument("--remember", action="store_true")
    arguments = parser.parse_args()
    chosen = arguments.names or episodes.names(arguments.episodes)
    if not chosen:
        raise SystemExit(f"No episodes in {arguments.episodes}: `make episodes` speaks them.")
    by_name = {name: measured(arguments.episodes, name, arguments.kept, arguments.remember) for name in chosen}
    for method in METHODS:
        print(f"\n{method}: recall is applied (count); applied or suggested\n\n{header(HEADER)}")
        for name, tallies in by_name.items():
            print(row(name, tallies[method]))
        for split, names in splits(chosen).items():
            print(row(f"**{split}**", Tally.total(by_name[name][method] for name in names)))
    whole = Tally.total(tallies["Earmark"] for tallies in by_name.values())
    print("\nHow far Earmark's confidence can be trusted\n", *reliability(whole), sep="\n")
    print("\nWrong changes:\n", *(f"- {change}" for change in whole.spoilt), sep="\n")


if __name__ == "__main__":
    main()
