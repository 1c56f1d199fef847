"""Scripts of episodes: what is said, what is written for it, and what was planted on the way.

A line is `Speaker: text`, with `-` before the speaker when it is only written and `+` when it is only spoken. Marks in the text:

    {Innsbruck=>Inns Brook|n|k}   said | written instead | kind: name, term, word | where the right form can be found
    {!Kathrine}                   right, though it looks wrong: whoever changes it has walked into a trap
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS = {"n": "name", "t": "term", "w": "word"}

SOURCES = {"d": "document", "k": "knowledge", "a": "acoustic", "u": "unknown"}
"""Where the right form of an error is found: in this document or its metadata, in what the public knows, in the sound and the context, or
nowhere: a name that nobody can know, which counts neither as missed nor as spoilt.
"""

PRESENCES = {"-": "transcript_only", "+": "audio_only"}

_ERROR = re.compile(r"\{([^{}|!]*)=>([^{}|]*)\|([ntw])\|([dkau])\}")
_TRAP = re.compile(r"\{!([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Planted:
    """An error of the transcript: `right` is said, `wrong` is written."""

    right: str
    wrong: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the script. `spoken` is empty for `transcript_only`, `written` for `audio_only`; `traps` are right and must stay."""

    speaker: str
    spoken: str
    written: str
    presence: str
    planted: tuple[Planted, ...] = ()
    traps: tuple[str, ...] = ()


def parse(script: str) -> list[Row]:
    """The rows of a script. Raises ValueError for a line without a speaker or with a mark that is none."""
    return [_row(line) for line in script.splitlines() if line.strip()]


def _row(line: str) -> Row:
    """One line of a script, its marks resolved.

    >>> row = _row("Ada: In {Brussels=>brussel's|n|k} they {!gonna} meet.")
    >>> row.spoken, row.written
    ('In Brussels they gonna meet.', "In brussel's they gonna meet.")
    """
    speaker, colon, marked = line.partition(": ")
    if not colon:
        raise ValueError(f"a line of a script is 'Speaker: text', not {line!r}")
    presence = PRESENCES.get(speaker[0], "both")
    traps = tuple(_TRAP.findall(marked))
    text = _TRAP.sub(r"\1", marked)
    planted = tuple(Planted(right, wrong, KINDS[kind], SOURCES[source]) for right, wrong, kind, source in _ERROR.findall(text))
    spoken, written = _ERROR.sub(r"\1", text), _ERROR.sub(r"\2", text)
    if "{" in spoken or "}" in spoken:
        raise ValueError(f"this line holds a mark that cannot be read: {line!r}")
    return Row(
        speaker=speaker.lstrip("+-"),
        spoken="" if presence == "transcript_only" else spoken,
        written="" if presence == "audio_only" else written,
        presence=presence,
        planted=planted,
        traps=traps,
    )
