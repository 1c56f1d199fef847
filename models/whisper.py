"""faster-whisper as recogniser and as judge of two spellings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import accumulate, chain, groupby, pairwise
from operator import attrgetter
from pathlib import Path
from statistics import fmean
from typing import Any, cast

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from models import cuda
from models.attention import STEP_MS, beginnings
from models.batch import Batch, memory_or
from models.guided import Guided
from models.profiles import CPU, Profile
from models.protocols import Contest, Listening, Ruling, Sought
from models.streams import Tell, dealt, forwards, side_by_side
from models.vocabulary import complete
from models.warm import SHORTEST_IDLE_SECONDS, Warm
from models.waveform import SAMPLE_RATE, Samples, Waveform
from models.windows import merged, share, windows
from service.domain.document import ModelUse
from service.domain.guide import GUIDED_LANGUAGES, Guide
from service.domain.secondlook import Trace
from service.domain.span import Ms, Span, ms
from service.domain.speech import Hypothesis, Word
from service.errors import UnsupportedLanguage

WINDOW_MS = 120_000
"""Whisper works on this much sound at a time; its peak memory follows from it, not from the length of the episode."""

SEARCH_MS = 15_000
"""The pause at which a window ends is looked for in its last 15 s."""

BATCHED_MS = 30_000
"""In batches the encoder is given stretches of at most this, all that it sees at once."""

LONGEST_CONTEST_MS = 30_000
"""One encoder pass sees 30 s."""

WHOLE_FRAMES = 3000
"""Mel frames (10 ms) of that."""

SPARE_FRAMES, SPELLED_SPARE_FRAMES = 100, 30
"""Silence after a stretch that is judged, or spelled. The rest of the 30 s is spared: docs/decisions/0109, 0171."""

LOST, WON = -6.0, 10.0
"""Nats by which a candidate has lost, or won, whatever the order: the orders differ by about 2."""

UNALIGNED = 2
"""Mel frames that the judge has aligned with its texts: it wants their probabilities only, and aligning all takes a fifth of the time."""

FLOOR = 1e-8
"""A token's probability is never taken for less, so that one impossible token does not hide all others."""

LATE_MS = {"faster-whisper-tiny.en": 90, "faster-whisper-base": -30}
"""By how much the times that a model gives its words are late, as a rule: the heads that are taken for its ear look a little aside.
Measured on real and on generated speech (docs/decisions/0090); nothing is known of other models.
"""

LETTERS_LATE_MS = {"faster-whisper-tiny.en": 130, "faster-whisper-base": 10}
"""The same where the words are spelled: docs/decisions/0126."""

SMOOTH = 3
"""Steps over which a letter's attention is smoothed. Seven, as for words, are longer than most letters."""

MOST_LETTERS = 440
"""The decoder takes 448 tokens, four of which say what it is to do."""

UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages that Whisper writes without spaces between words."""

DASHES = " -–—"
"""What the model sometimes writes as a word of its own, between the halves of "Merk- und Denkwürdiges": nobody says it."""

SILENCE_SAMPLES = 20 * SAMPLE_RATE

WAY_OUT = "set EARMARK_BATCH to less, EARMARK_COMPUTE_TYPE to int8_float16, or EARMARK_WHISPER_MODEL to a smaller model"
"""Where a GPU's memory does not suffice."""


class Whisper:
    """A CTranslate2 Whisper model in `folder`. Implements `Recogniser`, `Judge` and `Seeker`."""

    def __init__(self, folder: Path, uses: ModelUse, profile: Profile = CPU) -> None:
        self.folder, self.uses, self._profile = folder, uses, profile
        self._batch = Batch(profile.batch, WAY_OUT)
        self._weights = Warm(self._load, max(profile.idle_seconds, SHORTEST_IDLE_SECONDS))

    def _load(self) -> Any:
        kind, _, index = self._profile.device.partition(":")
        if kind == "cuda":
            cuda.find_cublas()
        model = WhisperModel(
            str(self.folder),
            device=kind,
            device_index=int(index or 0),
            compute_type=self._profile.compute_type,
            cpu_threads=self._profile.threads // self._profile.streams,
            num_workers=self._profile.streams,
            local_files_only=True,
        )
        model.hf_tokenizer = complete(model.hf_tokenizer)
        return model

    @contextmanager
    def _at_work(self) -> Iterator[Any]:
        """The model, loaded for the length of the block. Raises `ModelError` when memory does not suffice for what is done there."""
        with memory_or(f"on {self._profile.device}; {WAY_OUT}"), self._weights.in_use() as model:
            yield model

    def wake(self) -> None:
        """Load the weights."""
        with self._at_work():
            pass

    @property
    def _model(self) -> Any:
        with self._at_work() as model:
            return model

    def detect(self, waveform: Waveform) -> str:
        """The language of the first 30 s that hold speech, as an ISO 639-1 code; "en" for an English-only model."""
        with self._at_work() as model:
            if not model.model.is_multilingual:
                return "en"
            head = waveform.crop(Span(0, min(waveform.duration_ms, 5 * 60_000)))
            language, _, _ = model.detect_language(head, vad_filter=True)
        return str(language)

    def transcribe(self, listening: Listening) -> Hypothesis:
        waveform = listening.waveform
        listening = replace(listening, language=listening.language or self.detect(waveform))
        if listening.language not in (known := self._model.supported_languages):
            raise UnsupportedLanguage(f"{self.uses.name} does not know the language {listening.language!r}, but {', '.join(known)}")
        blocks = list(merged(_cuts(waveform), max(WINDOW_MS, self._profile.batch * BATCHED_MS)))
        ours = share(blocks, listening.part)  # put together before they are shared: the same for any number of parts
        total = sum(window.duration for window in ours)

        def listen(window: Span, tell: Tell) -> list[Word]:
            reach = forwards(tell)
            return self._batch.run(lambda size: self._listen(listening, window, size, reach))

        with self._at_work():
            heard = side_by_side(listen, ours, self._profile.streams, lambda done: listening.report(min(done, total), total))
        return Hypothesis(tuple(chain.from_iterable(heard)), str(listening.language), waveform.duration_ms)

    def _listen(self, listening: Listening, window: Span, size: int, reach: Tell) -> list[Word]:
        """The words of a window, `size` stretches of it recognised at a time."""
        words: list[Word] = []
        for segment in self._segments(listening, window, size):
            words += [
                Word(word.word.strip(), self._placed(ms(word.start), ms(word.end), window), float(word.probability))
                for word in segment.words or ()
                if word.word.strip(DASHES)
            ]
            reach(min(ms(segment.end), window.duration))
        reach(window.duration)
        return words

    def _segments(self, listening: Listening, window: Span, size: int) -> Iterable[Any]:
        """faster-whisper's segments, each recognised when it is asked for; times in seconds from the window's beginning."""
        if self._profile.batch == 1:
            is_guided = listening.guide and listening.language in GUIDED_LANGUAGES
            model, more = Guided(self._model, _guide(listening.guide)) if is_guided else self._model, {}
        else:
            stretches = windows(listening.waveform, BATCHED_MS, BATCHED_MS // 3, window)
            clips = [{"start": (s.start - window.start) / 1000, "end": (s.end - window.start) / 1000} for s in stretches]
            model, more = BatchedInferencePipeline(self._model), {"batch_size": size, "clip_timestamps": clips}
        segments, _ = model.transcribe(
            listening.waveform.crop(window),
            word_timestamps=True,
            condition_on_previous_text=False,
            language=listening.language,
            hotwords=", ".join(listening.hotwords) or None,
            **more,
        )
        return cast("Iterable[Any]", segments)

    def _placed(self, start: Ms, end: Ms, window: Span, late: dict[str, Ms] = LATE_MS) -> Span:
        """Where in the recording a word is that the model puts at these times of a window, `late` by as much as is known of it."""
        at = window.start - late.get(self.uses.name, 0)
        start = max(window.start, start + at)
        return Span(start, max(start, end + at)).within(window)

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        """Score each text against its stretch of one recording, teacher-forced, both spellings in the decoder's prompt, in either order.

        Decision 42 says why, and decision 236 how well it tells right from wrong.
        Raises ValueError for a stretch longer than one encoder window.
        """
        ordered = sorted(set(contests), key=attrgetter("span", "before", "after"))
        stretches = dealt([tuple(same) for _, same in groupby(ordered, key=attrgetter("span"))], self._profile.streams)
        with self._at_work():
            rulings = dict(chain.from_iterable(side_by_side(self._ruled, stretches, self._profile.streams)))
        return tuple(rulings[contest] for contest in contests)

    def _ruled(self, same: tuple[Contest, ...], tell: Tell) -> list[tuple[Contest, Ruling]]:
        """Contests about one stretch of speech, which is encoded once for them."""
        tell(0)
        waveform, span = same[0].waveform, same[0].span
        sound, _ = self._encode(waveform.crop(span), span.duration // 10 + SPARE_FRAMES)
        return [(contest, self._rule(contest, sound)) for contest in same]

    def _encode(self, samples: Samples, frames: int = WHOLE_FRAMES) -> tuple[Any, int]:
        """The encoder's output for at most 30 s of samples, padded to so many mel frames (10 ms), and how many of them are not padding."""
        if len(samples) > LONGEST_CONTEST_MS * 16:
            msg = f"a contest is about {LONGEST_CONTEST_MS / 1000:.0f} s at most, got {len(samples) / 16_000:.1f} s"
            raise ValueError(msg)
        features = self._model.feature_extractor(samples, padding=160)[..., :-1]
        return self._model.encode(pad_or_trim(features, min(frames, WHOLE_FRAMES))), int(features.shape[-1])

    def _rule(self, contest: Contest, sound: Any) -> Ruling:
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

    def _score(self, prompt: str, tokens: list[int], sound: Any) -> float:
        """Summed natural log-probability of `tokens`, told `prompt` as the text before."""
        start = [self._tokenizer.sot_prev, *self._tokenizer.encode(prompt), *self._tokenizer.sot_sequence]
        aligned = self._model.model.align(sound, start, [tokens], UNALIGNED)[0]
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
        with self._at_work():
            tokenizer = self._tokenizer_of(sought.language)
            before = "" if sought.language in UNSPACED else " "
            tokens = [tokenizer.encode(f"{before}{word}") for word in sought.words]
            start, text = list(tokenizer.sot_sequence), list(chain.from_iterable(tokens))
            sounds = (self._encode(sought.waveform.crop(sought.span)), self._silence)
            heard, unheard = (self._model.model.align(sound, start, [text], frames)[0] for sound, frames in sounds)
        begins = [STEP_MS * int(step) for step in beginnings(heard, len(text))]
        sure, unsure = np.array(_logarithms(heard)), np.array(_logarithms(unheard))
        return tuple(
            Trace(
                Word(word, self._placed(begins[a], begins[b], sought.span), math.exp(sure[a:b].mean())),
                float((sure[a:b] - unsure[a:b]).sum()),
                b - a,
            )
            for word, (a, b) in zip(sought.words, pairwise(accumulate(map(len, tokens), initial=0)), strict=True)
        )

    def spell(self, sought: Sought, letters: Sequence[Sequence[str]]) -> tuple[Word, ...] | None:
        """When each word is said, teacher-forced by the `letters` of each, one or a few at a time. None for more than the decoder or an
        encoder window takes in. A word's score is the mean probability of its letters (geometric).
        """
        with self._at_work():
            tokenizer = self._tokenizer_of(sought.language)
            before = "" if sought.language in UNSPACED else " "
            tokens = [list(chain.from_iterable(map(tokenizer.encode, (before + first, *others)))) for first, *others in letters]
            text = list(chain.from_iterable(tokens))
            if len(text) > MOST_LETTERS or sought.span.duration > LONGEST_CONTEST_MS:
                return None
            sound, frames = self._encode(sought.waveform.crop(sought.span), sought.span.duration // 10 + SPELLED_SPARE_FRAMES)
            heard = self._model.model.align(sound, list(tokenizer.sot_sequence), [text], frames, median_filter_width=SMOOTH)[0]
        begins = [STEP_MS * int(step) for step in beginnings(heard, len(text))]
        sure = np.array(_logarithms(heard))
        return tuple(
            Word(word, self._placed(begins[a], begins[b], sought.span, LETTERS_LATE_MS), math.exp(sure[a:b].mean()))
            for word, (a, b) in zip(sought.words, pairwise(accumulate(map(len, tokens), initial=0)), strict=True)
        )

    @cached_property
    def _silence(self) -> tuple[Any, int]:
        return self._encode(np.zeros(SILENCE_SAMPLES, np.float32))


@lru_cache(maxsize=4)
def _guide(words: tuple[str, ...]) -> Guide:
    """Made once for all windows of a recording."""
    return Guide(words)


@lru_cache(maxsize=8)
def _cuts(waveform: Waveform) -> tuple[Span, ...]:
    """The windows of a recording, found once for all its parts that this process hears."""
    return tuple(windows(waveform, WINDOW_MS, SEARCH_MS))


def _logarithms(aligned: Any) -> list[float]:
    """Of the probabilities of the tokens, none below the floor."""
    return [math.log(max(p, FLOOR)) for p in aligned.text_token_probs]
