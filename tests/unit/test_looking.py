"""Through the pipeline: a transcript that would be refused is looked for in the sound."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from models.kit import Kit
from models.protocols import Listening, Sought
from service.domain.document import Document, Status, Timing
from service.domain.options import Options
from service.domain.secondlook import Trace
from service.domain.speech import Hypothesis, Word
from service.errors import TranscriptMismatch
from tests.support.builders import hypothesis, spoken
from tests.support.ear import Ear, EarKit
from tests.support.oracle import OracleDiarizer
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.desk import Desk, Episode
from workers.shelf import MemoryShelf

TALK = "it was raining all day and nobody came down to the harbour where our little boat lay waiting for the summer"
OTHER = "please give me that thick green pencil so much music drowns every voice we think perhaps somebody sings badly again"


@dataclass(frozen=True)
class Deafened(Ear):
    """Recognises other words than are said, but finds those that it is told."""

    def transcribe(self, listening: Listening) -> Hypothesis:
        return hypothesis(*spoken(OTHER), duration=listening.waveform.duration_ms)

    def seek(self, sought: Sought) -> tuple[Trace, ...]:
        there = {w.text: w for w in spoken(self.text) if sought.span.start <= w.span.start and w.span.end <= sought.span.end}
        nowhere = Word("", sought.span, 0.0)
        return tuple(Trace(there.get(text, nowhere), 8.0 if text in there else 0.0, 2) for text in sought.words)


def aligned(written: str, said: str, folder: Path) -> Document:
    sound = write(folder / "episode.wav", tone(8), by_suffix(".wav"))
    kit = cast("Kit", EarKit(Deafened(said), OracleDiarizer(())))
    with MemoryShelf() as shelf:
        return pipeline.run(Desk(Episode(sound, written.encode(), Options(language="en", diarize=False)), kit, shelf))


def test_a_transcript_that_is_said_is_taken_although_other_words_were_recognised(tmp_path: Path) -> None:
    document = aligned(TALK, TALK, tmp_path)
    words = [word for segment in document.segments for word in segment.words if word.source]
    assert document.verdict.accepted
    assert document.verdict.coverage == 1
    assert {word.status for word in words} <= {Status.SUBSTITUTED, Status.INFERRED}
    assert {word.timing for word in words} == {Timing.RECOGNISED}


def test_one_that_is_not_said_is_refused_and_the_message_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(TranscriptMismatch, match=r"0 of 21 written words were heard.*1 of its passages were looked for in the sound"):
        aligned(TALK, OTHER, tmp_path)


def test_the_refusal_says_how_much_of_the_transcript_was_heard(tmp_path: Path) -> None:
    with pytest.raises(TranscriptMismatch) as refused:
        aligned(f"{' '.join(OTHER.split()[:4])} {TALK} {TALK[::-1]}", OTHER, tmp_path)
    assert 0 < refused.value.coverage < 0.2
    assert pickle.loads(pickle.dumps(refused.value)).coverage == refused.value.coverage  # noqa: S301 - our own
