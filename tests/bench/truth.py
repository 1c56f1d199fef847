"""What an episode should say, place by place, and how a change of its words compares with that.

Words are compared as *parts*: in small letters, without punctuation, hyphenated words as several. Places are indices into the parts of the
supplied talk, in order.
"""

from __future__ import annotations

import csv
import difflib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from rapidfuzz.distance import Indel

from service.domain.script import Reference

Range = tuple[int, int]
"""Half-open."""

UNKNOWN = "unknown"
"""The source of an error whose right form stands nowhere and is known to nobody."""

_PART = re.compile(r"[^\W_]+(?:['.][^\W_]+)*")


class Label(StrEnum):
    """A change of the text against the truth."""

    RIGHT = "right"
    WRONG = "wrong"
    NEARER = "nearer"
    """A step to the truth that does not reach it."""
    SAME = "same"
    """Only letter case or punctuation."""


def parts(text: str) -> tuple[str, ...]:
    """The comparable words of a text.

    >>> parts("“Well-known,” says O’Neill.")
    ('well', 'known', 'says', "o'neill")
    """
    return tuple(_PART.findall(text.casefold().replace("’", "'")))


def joined(words: Iterable[str]) -> str:
    """Words as one run of letters and digits: what is left of them when spaces do not count."""
    return re.sub(r"['.]", "", "".join(words))


@dataclass(frozen=True, slots=True)
class Change:
    """Parts [first, end) read `after` instead. `source` says where the right form of a planted error is: document, knowledge, acoustic, or
    unknown: nobody can find it, but whoever changes it to something else is wrong all the same. `kind` is the script's: name, term or word.
    """

    first: int
    end: int
    after: tuple[str, ...]
    source: str = ""
    kind: str = ""
    in_glossary_only: bool = False

    def touches(self, first: int, end: int) -> bool:
        return (self.first < end and first < self.end) or (self.first == self.end and first <= self.first <= end)


@dataclass(frozen=True, slots=True)
class Truth:
    """`parts` is the talk as supplied; `traps` are places that look wrong and are right, `doubtful` those that nobody knows."""

    parts: tuple[str, ...]
    changes: tuple[Change, ...]
    traps: tuple[Range, ...]
    doubtful: tuple[Range, ...]

    @classmethod
    def of(cls, folder: Path, name: str) -> Self:
        """Read NAME.truth.json and, where they are there, NAME.corrections.tsv, NAME.traps.tsv and NAME.doubtful.tsv."""
        known = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
        rows = [row for row in known["rows"] if row.get("presence", "both") != "audio_only"]
        page = _Page.of(rows)
        only = _in_glossary_only(folder, name)
        planted = {
            place: Change(*place, right, row["guessable"], row["kind"], joined(right) in only)
            for row in _read(folder / f"{name}.corrections.tsv")
            for right in [parts(row["gold_span"])]
            for place in page.find(row["line"], row["original_span"])
        }
        traps = sorted({place for row in _read(folder / f"{name}.traps.tsv") for place in page.find(row["line"], row["text"])})
        doubtful = [place for row in _read(folder / f"{name}.doubtful.tsv") for place in page.find(row["line"], row["span_kept"])]
        return cls(page.parts, tuple(_changes(page, rows, [planted[place] for place in sorted(planted)])), tuple(traps), tuple(doubtful))

    def touched(self, first: int, end: int) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.touches(first, end))

    def judge(self, edits: Sequence[Change]) -> Label:
        """The talk with these edits, near them; they are in order and do not overlap."""
        wanted = [change for edit in edits for change in self.touched(edit.first, edit.end)]
        low, high = min(c.first for c in [*edits, *wanted]), max(c.end for c in [*edits, *wanted])
        plain, got, want = self.parts[low:high], _changed(self.parts, edits, low, high), _changed(self.parts, self.changes, low, high)
        if got == plain:
            return Label.SAME
        if got == want or (joined(got) == joined(want) != joined(plain)):
            return Label.RIGHT
        nearer = Indel.distance(joined(got), joined(want)) < Indel.distance(joined(plain), joined(want))
        return Label.NEARER if nearer else Label.WRONG


@dataclass(frozen=True, slots=True)
class _Page:
    """The parts of the supplied talk, and where the parts of each row lie; `row_at` is the row that begins on a line of the file."""

    parts: tuple[str, ...]
    rows: tuple[Range, ...]
    row_at: dict[str, int]

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]]) -> Self:
        said = [parts(row["original"]) for row in rows]
        ends = [0]
        for words in said:
            ends.append(ends[-1] + len(words))
        ranges = tuple(itertools.pairwise(ends))
        return cls(tuple(part for words in said for part in words), ranges, {str(row["line"]): k for k, row in enumerate(rows)})

    def find(self, line: str, text: str) -> Iterator[Range]:
        """Where on a line the text stands."""
        wanted = parts(text)
        first, end = self.rows[self.row_at[line]] if line in self.row_at else (0, 0)
        for at in range(first, end - len(wanted) + 1):
            if wanted and self.parts[at : at + len(wanted)] == wanted:
                yield at, at + len(wanted)


def _changes(page: _Page, rows: Sequence[dict[str, Any]], planted: Sequence[Change]) -> Iterator[Change]:
    """The planted errors, where they are all there is to a row; else how its words differ from what they should be."""
    for row, (begin, end) in zip(rows, page.rows, strict=True):
        right, known = parts(row["gold"]), [change for change in planted if begin <= change.first and change.end <= end]
        yield from known if _changed(page.parts, known, begin, end) == right else _differences(page.parts, (begin, end), right, known)


def _differences(words: Sequence[str], row: Range, right: Sequence[str], known: Sequence[Change]) -> Iterator[Change]:
    begin, end = row
    for tag, i, j, k, m in difflib.SequenceMatcher(None, words[begin:end], right, autojunk=False).get_opcodes():
        if tag != "equal":
            change = Change(begin + i, begin + j, tuple(right[k:m]))
            of = next((other for other in known if change.touches(other.first, other.end)), change)
            yield replace(of, first=change.first, end=change.end, after=change.after)


def _changed(words: Sequence[str], changes: Sequence[Change], low: int, high: int) -> tuple[str, ...]:
    """Words [low, high) with those of the changes that lie in them."""
    out: list[str] = []
    at = low
    for change in changes:
        if low <= change.first and change.end <= high:
            out += [*words[at : change.first], *change.after]
            at = change.end
    return (*out, *words[at:high])


def _in_glossary_only(folder: Path, name: str) -> set[str]:
    """The glossary's terms, joined, that stand neither in the transcript nor in what else is given along."""
    path = folder / f"{name}.options.json"
    given = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    pages = [page.read_text(encoding="utf-8") for page in folder.glob(f"{name}.transcript.*")]
    known = f" {' '.join(parts(' '.join([*pages, *(given.get(key, '') for key in ('title', 'description', 'details'))])))} "
    terms = [parts(term["text"]) for term in given.get("glossary", [])]
    return {joined(term) for term in terms if f" {' '.join(term)} " not in known}


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def places(truth: Truth, reference: Reference) -> list[Range | None]:
    """Of every token of the talk, which parts of the truth it is; None where the parser read something else as talk."""
    owners = [(part, k) for k, token in enumerate(reference.tokens) for part in parts(token.text)]
    found: dict[int, list[int]] = {}
    matcher = difflib.SequenceMatcher(None, [part for part, _ in owners], truth.parts, autojunk=False)
    for mine, theirs, size in matcher.get_matching_blocks():
        for d in range(size):
            found.setdefault(owners[mine + d][1], []).append(theirs + d)
    return [(found[k][0], found[k][-1] + 1) if k in found else None for k in range(len(reference.tokens))]
