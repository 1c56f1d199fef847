"""What an alignment is made of: consecutive tokens against consecutive heard words."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.document import Status
from service.domain.speech import Word

Range = tuple[int, int]
"""Half-open."""

UNRELATED = 8
"""From so many words on both sides without one shared word, the two are different passages, not one misheard."""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive tokens against consecutive heard words; one of the two ranges may be empty.

    `found` are its tokens as a second look found them in the sound, one each (`service.domain.secondlook`); else empty.
    """

    status: Status
    tokens: Range
    words: Range
    found: tuple[Word, ...] = ()

    @property
    def num_tokens(self) -> int:
        return self.tokens[1] - self.tokens[0]

    @property
    def num_words(self) -> int:
        return self.words[1] - self.words[0]
