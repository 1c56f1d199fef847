"""How well sound finds the name meant, and how many ordinary words it mistakes for names: `python -m tests.bench.phonetics [WORDS]`.

Two columns by threshold of similarity, over the hand-written mishearings of `misheard.tsv` and the commonest English words
(30,000 unless said otherwise): the share of mishearings whose right form is at least so similar, and the share of
ordinary words that some other entry of the lexicon is at least so similar to. Beside them, where the right form comes
among what `Lexicon.near` finds.
"""

from __future__ import annotations

import sys
import time
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import wordfreq

from models.lexicon import Lexicon, load
from service.domain.phonetics import similarity
from service.domain.reading import squeeze

THRESHOLDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)


def misheard() -> Iterator[tuple[str, str]]:
    """What was heard, and what was meant."""
    _, *rows = Path(__file__).with_name("misheard.tsv").read_text(encoding="utf-8").splitlines()
    for row in rows:
        heard, right, _ = row.split("\t")
        yield heard, right


def nearest_other(lexicon: Lexicon, word: str) -> float:
    """How alike the word sounds to the nearest entry that is not the word itself; 0 when none is near."""
    found = lexicon.near(word, 4)
    return max((alike for entry, alike in found if squeeze(entry.text) not in {squeeze(word), squeeze(word + "s")}), default=0.0)


def share_at_least(values: list[float], threshold: float) -> float:
    """The share of the sorted values that reach the threshold."""
    return 1 - bisect_left(values, threshold - 1e-9) / len(values)


def report(words: int) -> Iterator[str]:
    lexicon = load()
    pairs = list(misheard())
    right = sorted(similarity(heard, meant) for heard, meant in pairs)
    begun = time.process_time()
    false = sorted(nearest_other(lexicon, word) for word in wordfreq.top_n_list("en", words) if word.isalpha() and len(word) > 3)
    per_query_ms = (time.process_time() - begun) / len(false) * 1000
    yield f"{len(pairs)} mishearings, {len(false)} ordinary words, {len(lexicon.entries)} entries, {per_query_ms:.2f} ms a look-up"
    yield "threshold  mishearings reached  ordinary words with a neighbour"
    for threshold in THRESHOLDS:
        yield f"{threshold:9.2f}  {share_at_least(right, threshold):19.3f}  {share_at_least(false, threshold):31.3f}"
    known = [(heard, meant) for heard, meant in pairs if lexicon.get(meant)]
    ranks = [rank_of(lexicon, heard, meant) for heard, meant in known]
    within = {most: sum(0 < rank <= most for rank in ranks) for most in (1, 5, 20)}
    yield f"of {len(known)} whose right form is an entry, that form is " + ", ".join(f"among the first {m}: {n}" for m, n in within.items())
    yield "not found: " + "; ".join(f"{heard} / {meant}" for (heard, meant), rank in zip(known, ranks, strict=True) if rank == 0)


def rank_of(lexicon: Lexicon, heard: str, meant: str) -> int:
    """The place, from 1, of the entry meant among the twenty nearest; 0 when it is not there."""
    names = [squeeze(entry.text) for entry, _ in lexicon.near(heard, 20)]
    target = lexicon.get(meant)
    return names.index(squeeze(target.text)) + 1 if target and squeeze(target.text) in names else 0


if __name__ == "__main__":
    for line in report(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000):
        print(line)
