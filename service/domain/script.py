"""What was written: the supplied transcript, parsed without losing a character of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from service.domain.span import Span


class Role(StrEnum):
    """What a line of the supplied file is."""

    TALK = "talk"
    HEADING = "heading"
    """Title, date, description, list of speakers: what stands above the talk."""
    FURNITURE = "furniture"
    """What the page puts around the talk: "7 more minutes below", prices, snippets of code."""


@dataclass(frozen=True, slots=True)
class Token:
    """One supplied word with the punctuation that touches it.

    `text` is what a reader sees; [`start`, `end`) are its character offsets in `Reference.text`, so that
    the caller's own file can be given back with only this stretch replaced.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One supplied line (a paragraph, a turn, a cue).

    `number` is the 1-based line of the file on which its text begins. `label` is the speaker's name the file gives
    for it. `cue` is the old time of the file: a prior, never a truth; a lone stamp is a span of no length.
    """

    number: int
    tokens: tuple[Token, ...]
    role: Role = Role.TALK
    label: str | None = None
    cue: Span | None = None


@dataclass(frozen=True)
class Reference:
    """The parsed transcript: `text` is the whole supplied file, decoded; `lines` hold every word of it once, in order.

    `names` are people the file itself names as speakers (labels, a "Speakers:" line), in order of appearance.
    """

    format: str
    text: str
    lines: tuple[Line, ...]
    names: tuple[str, ...] = ()

    @cached_property
    def talk(self) -> tuple[Line, ...]:
        """The lines that are meant to be spoken."""
        return tuple(line for line in self.lines if line.role is Role.TALK)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the talk, in order: what alignment and correction index into."""
        return tuple(token for line in self.talk for token in line.tokens)

    @property
    def heading(self) -> str:
        """The text above the talk: a source of correct names."""
        return "\n".join(self.source_of(line) for line in self.lines if line.role is Role.HEADING)

    def source_of(self, line: Line) -> str:
        """The line as supplied, without its label and stamp."""
        return self.text[line.tokens[0].start : line.tokens[-1].end] if line.tokens else ""
