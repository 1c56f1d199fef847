"""What the caller wishes of a rendering."""

from __future__ import annotations

from dataclasses import dataclass

from service.errors import InvalidOptions

SHORTEST_LINE, LONGEST_LINE = 10, 500
MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """`include_unwritten` also prints what was heard but never written. `speaker_labels` prints who speaks.

    `max_chars` and `max_lines` shape the cues of subtitles; 42 and 2 are what broadcasters agree on. With `word_cues` each word is one.
    Raises `InvalidOptions` when either is out of bounds.
    """

    include_unwritten: bool = False
    speaker_labels: bool = True
    max_chars: int = 42
    max_lines: int = 2
    word_cues: bool = False

    def __post_init__(self) -> None:
        if not SHORTEST_LINE <= self.max_chars <= LONGEST_LINE:
            raise InvalidOptions(f"max_chars is {self.max_chars}; it must be from {SHORTEST_LINE} to {LONGEST_LINE} characters")
        if not 1 <= self.max_lines <= MOST_LINES:
            raise InvalidOptions(f"max_lines is {self.max_lines}; it must be from 1 to {MOST_LINES}")
