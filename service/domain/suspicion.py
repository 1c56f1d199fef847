"""Suspicion: the places of the talk that are worth a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.domain.align import Alignment
from service.domain.blocks import Block, Range
from service.domain.candidates import SENTENCE_END, Frequency, bare, trim
from service.domain.context import plain
from service.domain.document import Status
from service.domain.lexicon import Lexicon
from service.domain.reading import squeeze
from service.domain.script import Reference
from service.domain.speech import Hypothesis

LONGEST = 5
"""Tokens a single correction may replace."""

UNKNOWN = 2.0
"""Zipf frequency (0.1 in a million words) below which a word is unusual enough to be looked at."""

ORDINARY = 3.0
"""Zipf frequency (once in a million words) from which a word is ordinary."""

DOUBTED, USUAL = 0.5, 5.0
"""The recogniser's probability below which a word that it wrote as the page does is one it doubts, if it is less usual (Zipf frequency, a
hundred times in a million words): the little words are always uncertain.
"""

LONG_NAME = 6
"""Letters from which a name written as several words is hardly a coincidence."""

_INNER_STOP = re.compile(r"[.!?,;:]$")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A stretch of tokens worth a question. `text` is what is written there without the punctuation around it,
    `heard` what was recognised in its place, `confirmed` whether that is the same; `rarest` is the lowest Zipf frequency of its words.
    `whole` if none of its tokens was recognised as written; `capital` if one begins with a capital inside a sentence; `is_name` if the
    lexicon holds one of its unusual words as it is written, or it is an abbreviation: what was heard never replaces it.
    """

    tokens: Range
    text: str
    heard: str
    confirmed: bool
    rarest: float
    whole: bool
    capital: bool = False
    in_document: int = 0
    is_name: bool = False


def suspects(
    reference: Reference, alignment: Alignment, hypothesis: Hypothesis, frequency: Frequency, echo: Callable[[str, Range], object]
) -> Iterator[Suspect]:
    """Stretches of one to `LONGEST` tokens of a line that hold a word unknown to the language or not confirmed by the recogniser, several
    also with one that it doubts (the longest begin and end with such words); those that sound like something known (`echo`: the
    recogniser splits a name as the page does), and those it heard as one word.
    """
    block_of = [block for block in alignment.blocks for _ in range(*block.tokens)]
    at = 0
    for line in reference.talk:
        words = [t.text for t in line.tokens]
        rarity = [_frequency(word, frequency) for word in words]
        blocks = block_of[at : at + len(words)]
        suspicious = [_suspicious(b, r) for b, r in zip(blocks, rarity, strict=True)]
        doubtful = [s or _doubted(b, r, hypothesis) for s, b, r in zip(suspicious, blocks, rarity, strict=True)]
        capitals = list(map(_is_capital, zip(words, _starts(words), strict=True)))
        unheard, matched = ([block.status is status for block in blocks] for status in (Status.UNHEARD, Status.MATCHED))
        for i, j in _stretches(words):
            if True in unheard[i:j]:
                continue
            text, recognised = trim(" ".join(words[i:j])), (blocks[i].words[0], blocks[j - 1].words[1])
            doubts = (doubtful if j - i > 1 else suspicious)[i:j]
            if _are_worth_it(doubts) or _joined(text, recognised, hypothesis) or echo(text, (at + i, at + j)):
                heard = _heard(recognised, hypothesis)
                confirmed, whole = plain(text) == plain(heard), not any(matched[i:j])
                yield Suspect((at + i, at + j), text, heard, confirmed, min(rarity[i:j]), whole, any(capitals[i:j]))
        at += len(words)


def named(tokens: Sequence[str], lexicon: Lexicon) -> frozenset[int]:
    """The tokens that are, with their neighbours, a name or term of two or three words, spelled as the lexicon has it: not suspicious."""
    found: set[int] = set()
    words = list(map(bare, tokens))
    for n in (2, 3):
        for i in range(len(tokens) - n + 1):
            text = " ".join(words[i : i + n])
            if (entry := lexicon.get(text)) is not None and entry.text == text:
                found.update(range(i, i + n))
    return frozenset(found)


def torn(tokens: Sequence[str], is_one_word: Callable[[str], bool]) -> tuple[Range, ...]:
    """Stretches of two or three tokens that are one name written apart (beta works): no piece of them is some other name."""
    found: list[Range] = []
    for n in (2, 3):
        for i in range(len(tokens) - n + 1):
            text = squeeze(bare(" ".join(tokens[i : i + n])))
            inner_stop = any(_INNER_STOP.search(token) for token in tokens[i : i + n - 1])
            if len(text) >= LONG_NAME and not inner_stop and is_one_word(text):
                found.append((i, i + n))
    return tuple(found)


def tears(tokens: Range, after: str, whole: Range, name: str) -> bool:
    """Whether an edit of the tokens to `after` changes anything in the `name` that the tokens `whole` are."""
    if tokens[1] <= whole[0] or whole[1] <= tokens[0]:
        return False
    covers = tokens[0] <= whole[0] and whole[1] <= tokens[1]
    return not covers or squeeze(name) not in squeeze(after)


def _joined(text: str, recognised: Range, hypothesis: Hypothesis) -> bool:
    """Whether the recogniser wrote as one word what is written as several."""
    first, end = recognised
    return " " in text and end - first == 1 and squeeze(text) == squeeze(hypothesis.words[first].text)


def _starts(words: Sequence[str]) -> list[bool]:
    """Of each word of a line, whether it begins a sentence."""
    return [True, *(bool(SENTENCE_END.search(word)) for word in words[:-1])]


def _is_capital(word: tuple[str, bool]) -> bool:
    """Whether a word begins with a capital though it does not (False) begin a sentence."""
    text, start = trim(word[0]), word[1]
    return text[:1].isupper() and not start and text.split("'")[0] != "I"


@lru_cache(maxsize=16_384)
def _frequency(word: str, frequency: Frequency) -> float:
    """Digits are as ordinary as can be; a hyphenated word is as rare as its rarest part."""
    parts = [p for p in re.split(r"[-–/]", trim(word).lower()) if p]
    return min((7.0 if p[0].isdigit() else frequency(p.replace("’", "'")) for p in parts), default=7.0)


def _suspicious(block: Block, rarity: float) -> bool:
    return block.status in {Status.SUBSTITUTED, Status.INFERRED} or rarity < UNKNOWN


def _doubted(block: Block, rarity: float, hypothesis: Hypothesis) -> bool:
    """Whether it was recognised as written, but with little confidence."""
    score = min((word.score for word in hypothesis.words[slice(*block.words)]), default=1.0)
    return block.status is Status.MATCHED and rarity < USUAL and score < DOUBTED


def _are_worth_it(suspicious: Sequence[bool]) -> bool:
    return any(suspicious) and (len(suspicious) < LONGEST or (suspicious[0] and suspicious[-1]))


def _stretches(words: Sequence[str]) -> Iterator[Range]:
    """Ranges without punctuation inside."""
    for i in range(len(words)):
        for j in range(i + 1, min(len(words), i + LONGEST) + 1):
            if trim(words[i]) and trim(words[j - 1]):
                yield i, j
            if _INNER_STOP.search(words[j - 1]):
                break


def _heard(recognised: Range, hypothesis: Hypothesis) -> str:
    """The words that were recognised there."""
    return " ".join(trim(word.text) for word in hypothesis.words[slice(*recognised)])
