"""faster-whisper as recogniser and as judge of two spellings."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import accumulate, chain, groupby, pairwise
from operator import attrgetter
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from models.protocols import Contest, Listening, Ruling, Sought
from models.waveform import SAMPLE_RATE, Samples, Waveform
from models.windows import share, windows
from service.domain.document import ModelUse
from service.domain.secondlook import Trace
from service.domain.span import Span
from service.domain.speech import Hypothesis, Word

WINDOW_MS = 120_000
"""Whisper works on this much sound at a time; its peak memory follows from it, not from the length of the episode."""

SEARCH_MS = 15_000
"""The pause at which a window ends is looked for in its last 15 s."""

LONGEST_CONTEST_MS = 30_000
"""One encoder pass sees 30 s."""

LOST, WON = -6.0, 10.0
"""Nats by which a candidate has lost, or won, whatever the order: the orders differ by about 2."""

FLOOR = 1e-8
"""A token's probability is never taken for less, so that one impossible token does not hide all others."""


TOKEN_MS = 20
"""Step of the decoder's attention to the sound."""

SILENCE_SAMPLES = 20 * SAMPLE_RATE


class Whisper:
    """A CTranslate2 Whisper model in `folder`. Implements `Recogniser`, `Judge` and `Seeker`.

    `device` is "cpu", "cuda" or "cuda:N"; `threads` 0 means as many as there are cores.
    """

    def __init__(self, folder: Path, uses: ModelUse, device: str = "cpu", compute_type: str = "default", threads: int = 0) -> None:
        self.folder, self.uses = folder, uses
        self._device, _, index = device.partition(":")
        self._index, self._compute_type, self._threads = int(index or 0), compute_type, threads

    @cached_property
    def _model(self) -> Any:
        return WhisperModel(
            str(self.folder),
            device=self._device,
            device_index=self._index,
            compute_type=self._compute_type,
            cpu_threads=self._threads,
            local_files_only=True,
        )

    def detect(self, waveform: Waveform) -> str:
        """The language of the first 30 s that hold speech, as an ISO 639-1 code; "en" for an English-only model."""
        if not self._model.model.is_multilingual:
            return "en"
        head = waveform.crop(Span(0, min(waveform.duration_ms, 5 * 60_000)))
        language, _, _ = self._model.detect_language(head, vad_filter=True)
        return str(language)

    def transcribe(self, listening: Listening) -> Hypothesis:
        waveform = listening.waveform
        language = listening.language or self.detect(waveform)
        words: list[Word] = []
        ours = share(list(windows(waveform, WINDOW_MS, SEARCH_MS)), listening.part)
        done, total = 0, sum(window.duration for window in ours)
        for window in ours:
            words += self._listen(waveform.crop(window), window, language, listening.hotwords)
            done += window.duration
            listening.report(done, total)
        return Hypothesis(tuple(words), language, waveform.duration_ms)

    def _listen(self, samples: Samples, window: Span, language: str, hotwords: tuple[str, ...]) -> list[Word]:
        segments, _ = self._model.transcribe(
            samples,
            language=language,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=", ".join(hotwords) or None,
        )
        heard = (word for segment in segments for word in segment.words or ())
        return [
            Word(word.word.strip(), Span.of_seconds(word.start, word.end).shifted(window.start).within(window), float(word.probability))
            for word in heard
            if word.word.strip()
        ]

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        """Score each text against its stretch of speech, teacher-forced, both spellings named in the decoder's prompt, in either order.

        The measurement behind it (AUC 0.996 on hard pairs) stands in docs/benchmarks.md.
        Raises ValueError for a stretch longer than one encoder window.
        """
        rulings: dict[Contest, Ruling] = {}
        for span, group in groupby(sorted(contests, key=lambda c: (c.span, c.before, c.after)), key=attrgetter("span")):
            same = list(group)
            sound = self._encode(same[0].waveform.crop(span))
            rulings |= {contest: self._rule(contest, sound) for contest in same}
        return tuple(rulings[contest] for contest in contests)

    def _encode(self, samples: Samples) -> tuple[Any, int]:
        """The encoder's output for at most 30 s of samples, and how many of its mel frames (10 ms) are not padding."""
        if len(samples) > LONGEST_CONTEST_MS * 16:
            msg = f"a contest is about {LONGEST_CONTEST_MS / 1000:.0f} s at most, got {len(samples) / 16_000:.1f} s"
            raise ValueError(msg)
        features = self._model.feature_extractor(samples, padding=160)[..., :-1]
        return self._model.encode(pad_or_trim(features)), int(features.shape[-1])

    def _rule(self, contest: Contest, sound: tuple[Any, int]) -> Ruling:
        """The mean over both orders of the prompt; one order is enough where the candidate clearly loses or wins."""
        before = self._tokenizer.encode(f" {contest.text_before}")
        after = self._tokenizer.encode(f" {contest.text_after}")
        rulings: list[Ruling] = []
        for first, second in ((contest.before, contest.after), (contest.after, contest.before)):
            prompt = f" {first}, {second}."
            scores = (self._score(prompt, before, sound), self._score(prompt, after, sound))
            rulings.append(Ruling(*scores, len(before), len(after)))
            if not LOST <= rulings[0].margin <= WON:
                break
        return Ruling(fmean(r.before for r in rulings), fmean(r.after for r in rulings), len(before), len(after))

    def _score(self, prompt: str, tokens: list[int], sound: tuple[Any, int]) -> float:
        """Summed natural log-probability of `tokens`, told `prompt` as the text before."""
        start = [self._tokenizer.sot_prev, *self._tokenizer.encode(prompt), *self._tokenizer.sot_sequence]
        aligned = self._model.model.align(sound[0], start, [tokens], sound[1])[0]
        return math.fsum(_logarithms(aligned))

    @cached_property
    def _tokenizer(self) -> Any:
        return self._tokenizer_of("en")

    def _tokenizer_of(self, language: str) -> Any:
        return Tokenizer(self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=language)

    def seek(self, sought: Sought) -> tuple[Trace, ...]:
        """Teacher-forced twice, with the sound and with silence: the difference is what the sound says for a word.

        Raises ValueError for more than one encoder window.
        """
        tokenizer = self._tokenizer_of(sought.language)
        tokens = [tokenizer.encode(f" {word}") for word in sought.words]
        start, text = list(tokenizer.sot_sequence), list(chain.from_iterable(tokens))
        heard, unheard = (
            self._model.model.align(sound, start, [text], frames)[0]
            for sound, frames in (self._encode(sought.waveform.crop(sought.span)), self._silence)
        )
        begins = [sought.span.start + TOKEN_MS * int(step) for step in _beginnings(heard, len(text))]
        sure, unsure = np.array(_logarithms(heard)), np.array(_logarithms(unheard))
        edges = pairwise(accumulate(map(len, tokens), initial=0))
        return tuple(
            Trace(
                Word(word, Span(begins[a], begins[b]).within(sought.span), math.exp(sure[a:b].mean())),
                float((sure[a:b] - unsure[a:b]).sum()),
                b - a,
            )
            for word, (a, b) in zip(sought.words, edges, strict=True)
        )

    @cached_property
    def _silence(self) -> tuple[Any, int]:
        return self._encode(np.zeros(SILENCE_SAMPLES, np.float32))


def _logarithms(aligned: Any) -> list[float]:
    """Of the probabilities of the tokens, none below the floor."""
    return [math.log(max(p, FLOOR)) for p in aligned.text_token_probs]


def _beginnings(aligned: Any, num_tokens: int) -> npt.NDArray[np.int64]:
    """Where each token begins, and the end of the last, in steps of `TOKEN_MS`; shape (num_tokens + 1,)."""
    text, time = np.array(aligned.alignments).T
    first = np.searchsorted(text, np.arange(num_tokens + 1))
    return np.asarray(time[np.minimum(first, len(time) - 1)])
