"""PocketSphinx as forced aligner: given the words, it says when each was spoken (US English)."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import pocketsphinx

from models.pronounce import Network, Phones, pronunciations
from models.protocols import Passage
from service.domain.document import ModelUse
from service.domain.span import Span
from service.domain.speech import Word

FRAME_MS = 10
FRAMES_A_SECOND = 1000 // FRAME_MS
LAG_MS = 2
"""A frame is computed from 25.6 ms of sound that begin at its time: what it shows lies later. With so much times are neither late nor early
against labels made by hand (docs/decisions/0107).
"""

FILLERS = Path(__file__).with_name("fillers.txt")
"""In the place of the acoustic model's own: hesitations may stand between any two words (docs/decisions/0089)."""

WEAK_FORMS = Path(__file__).with_name("weakforms.txt")
"""Beside the dictionary's own pronunciations (docs/decisions/0107)."""

SILENCE = 0.05
"""Probability of a silence between two words. With PocketSphinx's 0.005 a short pause is rather given to the word after it
(docs/decisions/0107).
"""

LOUD_WORDS = re.compile(r"[^a-z']")


class Sphinx:
    """`g2p_weights` is the g2p_en network file for words outside the dictionary. Implements `ForcedAligner`.

    Each passage is aligned by a search of its own; the word segmentation of that search is enough, and a second
    pass on phones (`set_alignment`) is not used: it has been seen to crash the interpreter. What was heard of one passage
    is forgotten before the next: the times of a word do not depend on what was timed before it.
    """

    uses = ModelUse("time", "pocketsphinx-en-us", pocketsphinx.__version__ if hasattr(pocketsphinx, "__version__") else "5")

    def __init__(self, g2p_weights: Path) -> None:
        self._network = Network(g2p_weights)
        self._names: dict[str, str | None] = {}

    @cached_property
    def _decoder(self) -> Any:
        """Wide beams, so that no true path is lost, and no search of the lattice after the first: it drops the last word's end and,
        often enough, whole passages (measured in docs/benchmarks.md).
        """
        wide = dict.fromkeys(("beam", "wbeam", "pbeam"), 1e-120)
        decoder = pocketsphinx.Decoder(lm=None, fdict=str(FILLERS), loglevel="FATAL", silprob=SILENCE, bestpath=False, **wide)
        for line in WEAK_FORMS.read_text(encoding="utf-8").splitlines():
            if not line.startswith(";;"):
                word, phones = line.split(" ", 1)
                decoder.add_word(_free_name(word, decoder), phones, update=True)
        return decoder

    def wake(self) -> None:
        """Load what there is to load."""
        _ = self._decoder

    def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
        names = [self._entry(word) for word in passage.words]
        said = [name for name in names if name]
        segments = self._segments(" ".join(said), passage) if said and passage.span.duration else None
        if segments is None or len(segments) != len(said):
            return None
        found = iter(segments)
        return tuple(
            self._timed(word, next(found), passage.span) if name else None for word, name in zip(passage.words, names, strict=True)
        )

    def _segments(self, text: str, passage: Passage) -> list[Any] | None:
        """One segment per word (silences and fillers left out), or None when the search found no path."""
        decoder = self._decoder
        try:
            decoder.set_align_text(text)
            decoder.reinit_feat()
            decoder.start_utt()
            try:
                decoder.process_raw(passage.waveform.crop_pcm(passage.span), no_search=False, full_utt=True)
            finally:
                decoder.end_utt()
        except RuntimeError:
            return None
        segments = decoder.seg()
        return [s for s in segments if not s.word.startswith(("<", "[", "+"))] if segments else None

    @staticmethod
    def _timed(word: str, segment: Any, window: Span) -> Word:
        frames = segment.end_frame + 1 - segment.start_frame
        span = Span(segment.start_frame * FRAME_MS, (segment.end_frame + 1) * FRAME_MS).shifted(window.start + LAG_MS)
        return Word(word, span.within(window), float(segment.ascore ** (FRAMES_A_SECOND / frames)))

    def _entry(self, token: str) -> str | None:
        """The dictionary entry for a token, added with its pronunciations when there is none; None for a token that says nothing."""
        if token not in self._names:
            self._names[token] = self._known(token) or self._added(token)
        return self._names[token]

    def _known(self, token: str) -> str | None:
        plain = LOUD_WORDS.sub("", token.lower().replace("’", "'")).strip("'")
        whole = re.fullmatch(r"\W*[A-Z]?[a-z]+(?:['’][a-z]+)?\W*|\W*(?:I|A)\W*", token)
        return plain if whole and self._decoder.lookup_word(plain) else None

    def _added(self, token: str) -> str | None:
        ways = pronunciations(token, self._word)
        if not ways:
            return None
        name = f"earmark-{len(self._names)}"
        for n, phones in enumerate(ways, 1):
            self._decoder.add_word(name if n == 1 else f"{name}({n})", " ".join(phones), n == len(ways))
        return name

    @lru_cache(maxsize=10_000)  # noqa: B019 - one aligner lives as long as its process
    def _word(self, word: str) -> tuple[Phones, ...]:
        entries = (self._decoder.lookup_word(word if n == 1 else f"{word}({n})") for n in (1, 2, 3))
        known = tuple(tuple(entry.split()) for entry in entries if entry)
        return known or (self._network.phones(re.sub("[^a-z]", "", word)),)


def _free_name(word: str, decoder: Any) -> str:
    """The entry of one more pronunciation of a word that the dictionary has."""
    return next(name for n in count(2) if not decoder.lookup_word(name := f"{word}({n})"))
