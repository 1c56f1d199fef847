"""Recognition guided by the transcript: its words are put through the decoder at once (teacher-forced), and the decoder writes for
itself, with all its beams, only where they are improbable, or where the transcript has none.

What was measured, and on what the numbers here were tried: docs/decisions/0220.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Any, TypeAlias

import numpy as np
from ctranslate2 import StorageView
from faster_whisper import WhisperModel

from models.attention import beginnings
from service.domain.guide import Guide
from service.domain.reading import squeeze

DOUBT = 0.3
"""A word with a token less probable than this may not be what was said. Asking more, of all words or of names, was not found to help."""

JOINED = 3
"""Doubtful words with fewer between them are decoded at once."""

LOST, MOST_DOUBTS = 8, 6
"""From a word on, of so many words, so many doubtful: here what is said and what is written part."""

HEAD_TOKENS = 24
"""Decoded to see where in the transcript a stretch of the recording begins, and what is said at the end of it."""

MOST_DOUBTED_TOKENS, MORE_TOKENS = 100, 5
"""Decoded for a doubtful stretch, and after it to see that the decoder is back in the transcript."""

OWN_WORDS, TOLD_TOKENS = 2, 40
"""Words before a stretch that the decoder is told as its own, so that it goes on after them; and tokens as the text before those."""

EARLY_STEPS = 10
"""Words begin before the time that the decoder's attention gives them."""

BEFORE_STEPS, AFTER_STEPS, TOKEN_STEPS = 100, 150, 10
"""How much of the encoder's output is taken for a stretch: before it, after it, and for each of its tokens. Less is faster."""

WINDOW_STEPS = 1500
"""The encoder's output for 30 s (Whisper: 1500 states)."""

STEP_FRAMES = 2
"""Mel frames (10 ms) in a step of the encoder's output."""

SPOKEN_WORDS, SPARE = 0.08, 1.2
"""Words in a step (four a second) until it is known how fast they are spoken here, and how many times as many are tried."""

MOST_TOKENS = 220
"""Whisper writes at most half of its 448 for one window."""

FEWEST_WORDS, FEWEST_STEPS = 6, 50
"""A window of which less is confirmed is decoded in full."""

LAST_WORDS, SENTENCE_ENDS, CLAUSE_ENDS = 8, (".", "!", "?"), (",", ";", ":", "–", "—")
"""The next window begins where a sentence or a clause ends among these; else before the last word, which may be cut."""

REST_STEPS = 100
"""Where no more than this is left at the end of the sound it is decoded to its end."""


Decoded: TypeAlias = tuple[Any, float, float, float]
"""What faster-whisper makes of a window: CTranslate2's answer, or one like it; mean log-probability, temperature, compression ratio."""


@dataclass(frozen=True, slots=True)
class Forced:
    """`words` after one pass of the decoder; `tokens` of each; `least`, the probability of its least probable token that is no
    punctuation; and, one more, the `steps` (20 ms) at which each begins and the last one ends.
    """

    words: tuple[str, ...]
    tokens: tuple[list[int], ...]
    steps: tuple[int, ...]
    least: tuple[float, ...]

    @property
    def lost(self) -> int:
        """The first word from which most are doubtful."""
        doubts = [p < DOUBT for p in self.least]
        ahead = (doubts[k : k + LOST] for k in range(len(doubts)))
        return next((k for k, some in enumerate(ahead) if some[0] and sum(some) * LOST >= MOST_DOUBTS * len(some)), len(doubts))

    def doubtful(self, first: int) -> tuple[int, int]:
        """The next stretch of doubtful words, half-open; empty, at the end, where there is none."""
        places = [k for k in range(first, len(self.least)) if self.least[k] < DOUBT]
        if not places:
            return len(self.least), len(self.least)
        end = next((a for a, b in pairwise(places) if b - a > JOINED), places[-1])
        return places[0], end + 1

    def text(self, first: int, end: int) -> list[int]:
        """The tokens of these words."""
        return list(chain.from_iterable(self.tokens[first:end]))


@dataclass(frozen=True, slots=True)
class Told:
    """The tokens of a window, in the form of CTranslate2's answers."""

    sequences_ids: list[list[int]]
    no_speech_prob: float = 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """30 s as the encoder saw it (`sound`, shape (1, `WINDOW_STEPS`, num_channels)), of which `steps` are not padding; the `prompt` that
    faster-whisper would begin with, and its `options`.
    """

    model: Any
    sound: Any
    steps: int
    prompt: Sequence[int]
    tokenizer: Any
    options: Any

    def force(self, words: Sequence[str]) -> Forced:
        """As many of the words as fit, at least one."""
        t = self.tokenizer
        tokens = [t.encode(f" {word}") for word in words]
        fitting = max(1, bisect_right(list(accumulate(map(len, tokens))), MOST_TOKENS))
        ends = list(accumulate(map(len, tokens[:fitting]), initial=0))
        text = list(chain.from_iterable(tokens[:fitting]))
        aligned = self.model.align(self.sound, list(t.sot_sequence), [text], STEP_FRAMES * self.steps)[0]
        said = [p if re.search(r"\w", t.decode([token])) else 1.0 for token, p in zip(text, aligned.text_token_probs, strict=True)]
        steps = beginnings(aligned, len(text))[ends]
        least = tuple(min(said[a:b]) for a, b in pairwise(ends))
        return Forced(tuple(words[:fitting]), tuple(tokens[:fitting]), tuple(map(int, steps)), least)

    def decode(self, before: Sequence[int], own: Sequence[int], step: int, count: int) -> tuple[list[str], list[list[int]]]:
        """At most `count` tokens after the text `before` and, from `step` on, its `own`: their words, and the tokens of each."""
        t, begin = self.tokenizer, max(0, step - EARLY_STEPS)
        first = self.prompt.index(t.sot)
        start = [*(self.prompt[:first] or [t.sot_prev]), *before[-TOLD_TOKENS:], *self.prompt[first:]]
        prefix = [t.timestamp_begin + begin, *own]
        most = len(prefix) + count
        around = slice(max(0, begin - BEFORE_STEPS), begin + TOKEN_STEPS * most + AFTER_STEPS)
        written = self.model.generate(
            StorageView.from_array(np.ascontiguousarray(np.asarray(self.sound)[:, around])),
            [[*start, *prefix]],
            beam_size=self.options.beam_size,
            patience=self.options.patience,
            suppress_tokens=self.options.suppress_tokens,
            max_length=max(2 * most, len(start) + most),  # CTranslate2 takes the smaller of half of it and what `start` leaves of it
        )[0].sequences_ids[0]
        return self._by_word([token for token in written[len(prefix) :] if token < t.eot])

    def _by_word(self, written: Iterable[int]) -> tuple[list[str], list[list[int]]]:
        """A word begins with a space."""
        tokens: list[list[int]] = []
        for token in written:
            if self.tokenizer.decode([token]).startswith(" ") or not tokens:
                tokens.append([])
            tokens[-1].append(token)
        return [self.tokenizer.decode(word) for word in tokens], tokens


class Guided(WhisperModel):  # type: ignore[misc]  # faster-whisper is not typed
    """Shares all of `model`, and works on one stretch of a recording, window after window."""

    def __init__(self, model: WhisperModel, guide: Guide) -> None:
        self.__dict__.update(model.__dict__)
        self._guide = guide
        self._at: int | None = None
        """The word of the guide that the next window begins with; None for unknown."""
        self._pace = SPOKEN_WORDS
        self._steps, self._end = 0, 0
        """How much of the window is sound, and where the words end that it is told to hold."""

    def encode(self, features: Any) -> Any:
        sounding = np.flatnonzero(features.any(axis=0))  # what is padded is zero
        self._steps = -(-int(sounding[-1] + 1) // STEP_FRAMES) if len(sounding) else 0
        self._end = self._steps
        return super().encode(features)

    def find_alignment(self, tokenizer: Any, text_tokens: Any, encoder_output: Any, num_frames: int, *more: Any) -> Any:
        """Lays the words of a window only on the sound that they are of: the rest has its words in the next window."""
        return super().find_alignment(tokenizer, text_tokens, encoder_output, min(num_frames, STEP_FRAMES * self._end), *more)

    def generate_with_fallback(self, sound: Any, prompt: list[int], tokenizer: Any, options: Any) -> Decoded:
        """The tokens of a window, as faster-whisper's own of this name: by the guide, or decoded in full where that is lost."""
        window = Window(self.model, sound, self._steps, prompt, tokenizer, options)
        if self._at is None:
            self._at = self._guide.begins(window.decode((), (), 0, HEAD_TOKENS)[0])
        told = self._told(window, self._at) if self._at is not None else None
        if told:
            return told
        decoded: Decoded = super().generate_with_fallback(sound, prompt, tokenizer, options)
        segments, *_ = self._split_segments_by_timestamps(tokenizer, decoded[0].sequences_ids[0], 0.0, 0, 0.0, 0)  # those that have ended
        tokens = chain.from_iterable(segment["tokens"] for segment in segments)
        self._at = self._guide.reached(tokenizer.decode([token for token in tokens if token < tokenizer.eot]).split())
        return decoded

    def _told(self, window: Window, at: int) -> Decoded | None:
        """What the guide has from its word `at` on, with what is decoded where it is doubtful. None for too little to go by."""
        words = self._guide.words[at : at + math.ceil(SPARE * self._pace * window.steps) + LOST]
        if len(words) < FEWEST_WORDS:
            return None
        forced = window.force(words)
        text, here, lost = self._confirmed(window, forced, at)
        rest = self._rest(window, forced, text, here, lost)
        end = lost if rest is not None else max(here, _seam(forced.words[:lost]))
        if end < FEWEST_WORDS or forced.steps[end] < FEWEST_STEPS:
            return None
        self._at, self._pace = at + end, end / forced.steps[end]
        self._end = window.steps if rest is not None else min(forced.steps[end], window.steps) - EARLY_STEPS
        first, last = window.tokenizer.timestamp_begin, window.tokenizer.timestamp_begin + self._end
        close = [*rest, last] if rest is not None else [last, last]  # twice where another window follows
        return Told([[first, *text, *forced.text(here, end), *close]]), 0.0, 0.0, 1.0

    def _rest(self, window: Window, forced: Forced, text: list[int], here: int, lost: int) -> list[int] | None:
        """The tokens after the last word that is said as it is written, where that is near the end of the sound. None for too many."""
        if window.steps == WINDOW_STEPS or window.steps - forced.steps[lost] > REST_STEPS or lost == 0:
            return None
        own = max(here, lost - OWN_WORDS)
        said, tokens = window.decode(text + forced.text(here, own), forced.text(own, lost), forced.steps[own], HEAD_TOKENS)
        rest = list(chain.from_iterable(tokens))
        if again(said, window.tokenizer.decode(text + forced.text(here, lost)).split()):
            return []
        return rest if len(rest) < HEAD_TOKENS - 1 else None

    def _confirmed(self, window: Window, forced: Forced, at: int) -> tuple[list[int], int, int]:
        """The tokens of what is said up to one of the words, and the word up to which it then goes on as they do."""
        text: list[int] = []
        lost, here = forced.lost, 0
        while (doubt := forced.doubtful(here))[1] < lost:
            first, end = doubt
            own = max(here, first - OWN_WORDS)
            before, count = text + forced.text(here, own), min(len(forced.text(first, end)), MOST_DOUBTED_TOKENS) + MORE_TOKENS
            said, tokens = window.decode(before, forced.text(own, first), forced.steps[own], count)
            back = self._guide.back(said, at + end)
            if back is None or back[1] - at > len(forced.words):
                return text, here, first
            text += forced.text(here, first) + list(chain.from_iterable(tokens[: back[0]]))
            here = back[1] - at
        return text, here, max(here, min(lost, doubt[0]))


def again(said: Sequence[str], before: Sequence[str]) -> bool:
    """Whether the decoder only says once more what it has just been told. One word alone may well be said twice (bye, bye)."""
    told = [squeeze(word) for word in before[-len(said) :]]
    return len(said) > 1 and [squeeze(word) for word in said] == told


def _seam(words: Sequence[str]) -> int:
    """After the last sentence that ends among the last words, else the last clause; else before the last word."""
    last = range(len(words) - 1, max(0, len(words) - LAST_WORDS), -1)
    ends = (k for marks in (SENTENCE_ENDS, CLAUSE_ENDS) for k in last if words[k - 1].rstrip("\"'”’)").endswith(marks))
    return next(ends, len(words) - 1)
