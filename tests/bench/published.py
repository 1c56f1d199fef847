"""Copies of episodes with the errors that published transcripts have: one in sixty words, near the right form, and often the same again.

    python -m tests.bench.published [--episodes FOLDER] [--out FOLDER]

Then `make cases ARGS='--episodes FOLDER --out out/cases/published'` or `make bench-correct ARGS='--episodes FOLDER'`. What is written
where is in tests/episodes/published/NAME.tsv: `said`, a stretch of the talk that occurs once, as `written` there. Headings stay.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import right

SLIPS = Path(__file__).parents[1] / "episodes" / "published"
OUT = Path("out/published")


@dataclass(frozen=True, slots=True)
class Slip:
    """A row of tests/episodes/published/NAME.tsv."""

    said: str
    written: str
    kind: str
    guessable: str

    def spans(self) -> tuple[str, str]:
        """What is written wrong and what was said there, without the words around that are the same.

        >>> Slip("but the Minitel, in", "but the Minutel, in", "name", "knowledge").spans()
        ('Minutel,', 'Minitel,')
        """
        wrong, good = self.written.split(), self.said.split()
        while len(wrong) > 1 and len(good) > 1 and wrong[0] == good[0]:
            del wrong[0], good[0]
        while len(wrong) > 1 and len(good) > 1 and wrong[-1] == good[-1]:
            del wrong[-1], good[-1]
        return " ".join(wrong), " ".join(good)


def slips(name: str) -> list[Slip]:
    """Those of an episode.

    Raises:
        FileNotFoundError: nobody wrote any.

    """
    with (SLIPS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return [Slip(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def misheard(text: str, every: Sequence[Slip]) -> str:
    """The text with the slips in it."""
    for slip in every:
        text = text.replace(slip.said, slip.written)
    return text


def copy(folder: Path, name: str, out: Path, every: Sequence[Slip]) -> None:
    """Write NAME's copy, with these errors, into `out`."""
    rows = right.copy(folder, name, out, lambda row: misheard(right.said(row), every))
    with (out / f"{name}.corrections.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        writer.writerow(("line", "original_span", "gold_span", "kind", "guessable", "note"))
        for row in rows:
            inside = (slip for slip in every if slip.said in right.said(row))
            writer.writerows((row["line"], *slip.spans(), slip.kind, slip.guessable, "") for slip in inside)


if __name__ == "__main__":
    right.copies(__doc__, OUT, lambda folder, name, out: copy(folder, name, out, slips(name)))
