"""What stands above the talk: title, date, description, the list of speakers, the word "Transcript".

A spoken line taken for a heading is never aligned, so only plain structure counts; in doubt a row is talk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.domain.formats.names import people
from service.domain.formats.rows import Row
from service.domain.formats.wordlists import FACTS, MARKERS, MARKERS_COMPANY, PEOPLE

CREDITS = re.compile(
    r"(?:hosted|presented|produced|edited|transcribed|recorded|published|written|released|aired) (?:by|on)\b", re.IGNORECASE
)
URL_ONLY = re.compile(r"(?:https?://|www\.)\S+\Z", re.IGNORECASE)
_MONTH = r"[^\W\d]{3,10}\.?"
DATE_ONLY = re.compile(
    r"(?:[^\W\d]{3,10},? )?"
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th|\.)? {_MONTH},? \d{{4}}"
    r"|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
    r"(?:\s*[|·•–—-].{0,60})?\Z"
)
KEY = re.compile(r"(?P<key>[^\W\d][^:\n]{0,39}?)\s?:(?:\s+|\Z)(?P<value>.*)", re.DOTALL)
COUNTER = re.compile(r"\S+(?: \S+)? ?\(\d{1,6}\)\Z")
"""A page's counter: "Discussion (0)", "Comments (12)"."""

ENDS = (".", "!", "?", "…", ",", ";")

MARKS = "*_-–•#\"' "
"""What may surround the text of a heading row."""

LONGEST_TITLE = 20
"""Words. Titles of episodes seldom have more."""

LONGEST_PREFACE = 150
"""Words before the first label that count as a heading without a row that states a fact."""


def heading_rows(rows: Sequence[Row]) -> int:
    """How many rows at the top are heading by their own looks: a YAML block, or rows that state facts."""
    return max(_front_matter(rows), _facts(rows))


def before_labels(rows: Sequence[Row], first: int) -> int:
    """How many of the rows before the first label (row `first`) are heading: all or none.

    All, if they are few words or state a fact, and something among them looks like a title rather than like talk.
    """
    head = [row for row in rows[:first] if not row.blank]
    words = _words(head)
    stated = any(states_fact(row.text) for row in head)
    if words >= _words(rows[first:]) or not (stated or words <= LONGEST_PREFACE):
        return 0
    return first if stated or any(is_title(row.text) for row in head) else 0


def listed_people(rows: Sequence[Row]) -> list[str]:
    """The names that heading rows list: "Speakers: Ada Lovelace, Charles Babbage", "Hosted by Ada Lovelace", or one name a row below."""
    names: list[str] = []
    below = False
    for row in rows:
        text = row.text.strip(MARKS)
        if row.blank:
            continue
        value = _people_value(text)
        listed = people(value if value is not None else text) if value or below else None
        names += listed or ()
        below = value == "" or (below and listed is not None)
    return names


def states_fact(text: str) -> bool:
    """Whether a row states a fact of the recording rather than being said in it."""
    text = text.strip(MARKS)
    if URL_ONLY.match(text) or DATE_ONLY.match(text) or CREDITS.match(text):
        return True
    found = KEY.match(text)
    if not found:
        return False
    words = found["key"].casefold().replace("(", " ").replace(")", " ").split()
    if all(word in PEOPLE or word in FACTS for word in words) and any(word in PEOPLE for word in words):
        return not found["value"] or people(found["value"]) is not None
    return len(words) <= 4 and all(word in FACTS for word in words) and words != ["note"]


def is_title(text: str) -> bool:
    """Whether a row could be a title: short, and not ended like a sentence."""
    return len(text.split()) <= LONGEST_TITLE and not text.rstrip("\"'”’)*_ ").endswith(ENDS)


def is_marker(text: str) -> bool:
    """Whether a row consists of the word "Transcript", perhaps with words that go with it.

    >>> is_marker("Full Transcript:"), is_marker("The transcript is on our page")
    (True, False)
    """
    words = re.findall(r"[^\W_]+", text.casefold())
    return (
        0 < len(words) <= 6
        and not MARKERS.isdisjoint(words)
        and MARKERS_COMPANY.issuperset(words)
        and not text.endswith((".", ",", "?"))
        and not text[0].islower()
    )


def rows_to_marker(rows: Sequence[Row]) -> int:
    """How many rows there are through the first "Transcript" row and a counter below it; 0 if more stands above it than below."""
    for i, row in enumerate(rows):
        if row.text and is_marker(row.text):
            end = i + 1
            while end < len(rows) and (rows[end].blank or COUNTER.match(rows[end].text)):
                end += 1
            return end if _words(rows[:i]) < _words(rows[end:]) else 0
    return 0


def _front_matter(rows: Sequence[Row]) -> int:
    """The rows of a YAML block between two "---" at the very top."""
    if not rows or rows[0].text != "---":
        return 0
    for i, row in enumerate(rows[1:60], start=1):
        if row.text in ("---", "..."):
            return i + 1
    return 0


def _facts(rows: Sequence[Row]) -> int:
    """The rows through the last one at the top that states a fact; up to two titles may stand before each."""
    last, titles, listing = 0, 0, False
    for i, row in enumerate(rows):
        if row.blank:
            continue
        if states_fact(row.text) or (listing and people(row.text.strip(MARKS)) is not None):
            last, titles, listing = i + 1, 0, listing or _people_value(row.text.strip(MARKS)) == ""
        elif is_title(row.text) and titles < 2:
            titles, listing = titles + 1, False
        else:
            break
    return last if any(not row.blank for row in rows[last:]) else 0


def _people_value(text: str) -> str | None:
    """What a row says after "Speakers:", "Hosted by" and the like; None if it is no such row."""
    if credit := re.match(r"(?:hosted|presented) by:?\s+(.*)", text, re.IGNORECASE):
        return credit[1].strip("*_ .")
    found = KEY.match(text)
    if found and not PEOPLE.isdisjoint(found["key"].casefold().strip("*_ ").replace("(", " ").replace(")", " ").split()):
        return found["value"].strip("*_ ")
    return None


def _words(rows: Sequence[Row]) -> int:
    return sum(len(row.text.split()) for row in rows)
