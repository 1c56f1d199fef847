"""With an edited transcript only what is new is asked of the models, and the result is the same as if all had been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from models.kit import Kit
from models.protocols import Contest, Listening, Passage, Ruling
from service import artifacts
from service.domain.document import Document, ModelUse
from service.domain.options import Options, Term
from service.domain.speech import Hypothesis, Word
from service.errors import Cancelled
from service.settings import Settings
from service.store import FolderStore
from tests.support.builders import hypothesis, spoken
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.desk import Desk, Episode
from workers.recall import MOST_KEPT, Recall
from workers.shelf import FolderShelf

TALK = (
    "it was raining all day and nobody came to the harbour so we stayed inside and played cards until the lamp went out "
    "then my sister told the story of the minute tell and how it came to every house in the country before anyone else "
    "had heard of such a thing and we asked her to tell it again because the rain had still not stopped by then"
)
WRITTEN = TALK.replace("minute tell", "Minutel")
USES = ModelUse("transcribe", "ear", "1")


@dataclass
class Ear:
    """Recogniser, judge and aligner in one, for which `TALK` is said; remembers what it was asked."""

    uses: ModelUse = USES
    passages: list[str] = field(default_factory=list)
    contests: list[str] = field(default_factory=list)

    def transcribe(self, listening: Listening) -> Hypothesis:
        return hypothesis(*spoken(TALK), duration=listening.waveform.duration_ms)

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        self.contests += [contest.text_after for contest in contests]
        return tuple(Ruling(-9.5, -float(len(contest.after)), 3, 4) for contest in contests)

    def time(self, passage: Passage) -> tuple[Word | None, ...]:
        self.passages.append(" ".join(passage.words))
        each = passage.span.duration // len(passage.words)
        return tuple(replace(w, span=w.span.shifted(passage.span.start)) for w in spoken(" ".join(passage.words), each=each - 10, gap=10))


@dataclass(frozen=True)
class EarKit:
    aligner: Ear
    settings: Settings = field(default_factory=Settings)

    def recogniser(self, _: str | None) -> Ear:
        return self.aligner

    def takes_hotwords(self, _: str | None) -> bool:
        return False

    def judge(self, _: str) -> Ear:
        return self.aligner


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    store = FolderStore(tmp_path / "store")
    store.prepare()
    return store


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    return write(tmp_path / "episode.wav", tone(30), by_suffix(".wav"))


def aligned(audio: Path, text: str, ear: Ear, store: FolderStore) -> Document:
    episode = Episode(audio, text.encode(), Options(language="en", diarize=False, glossary=(Term("Minitel"),)))
    with FolderShelf(store, "someone") as shelf:
        return pipeline.run(Desk(episode, cast("Kit", EarKit(ear)), shelf))


def test_an_edited_transcript_asks_only_what_is_new(audio: Path, store: FolderStore, tmp_path: Path) -> None:
    aligned(audio, WRITTEN, first := Ear(), store)
    edited = WRITTEN.replace("raining", "snowing")
    found = aligned(audio, edited, again := Ear(), store)
    assert first.contests
    assert again.contests == [], "the edit is in another passage than the name"
    assert len(first.passages) > 2
    assert len(again.passages) == 1
    assert "snowing" in again.passages[0]
    fresh = FolderStore(tmp_path / "fresh")
    fresh.prepare()
    assert replace(found, seconds_by_stage={}) == replace(aligned(audio, edited, Ear(), fresh), seconds_by_stage={})


def test_another_model_is_asked_anew(audio: Path, store: FolderStore) -> None:
    aligned(audio, WRITTEN, first := Ear(), store)
    aligned(audio, WRITTEN, other := Ear(replace(USES, revision="2")), store)
    assert other.passages == first.passages


def test_answers_are_kept_of_work_that_was_broken_off(audio: Path, store: FolderStore) -> None:
    class Tired(Ear):
        def time(self, passage: Passage) -> tuple[Word | None, ...]:
            if self.passages:
                raise Cancelled("enough")
            return super().time(passage)

    with pytest.raises(Cancelled):
        aligned(audio, WRITTEN, tired := Tired(), store)
    aligned(audio, WRITTEN, again := Ear(), store)
    assert tired.passages
    assert tired.passages[0] not in again.passages


def test_answers_go_with_the_recording(audio: Path, store: FolderStore) -> None:
    with FolderShelf(store, "someone") as shelf:
        desk = Desk(Episode(audio, WRITTEN.encode(), Options(language="en", diarize=False)), cast("Kit", EarKit(Ear())), shelf)
        pipeline.run(desk)
        key = desk.key("decode")
    kept = [store.path(artifacts.answers_place_of("someone", key, subject)) for subject in artifacts.ANSWERS]
    assert any(path.is_file() for path in kept)
    artifacts.delete(store, "someone", key)
    assert not any(path.is_file() for path in kept)


def asking(recall: Recall[str], *questions: str) -> list[str]:
    """The questions that were put, when these are."""
    put: list[str] = []

    def ask(new: list[int]) -> Iterable[str]:
        put.extend(questions[k] for k in new)
        return [questions[k].upper() for k in new]

    assert recall.answers(questions, ask) == [question.upper() for question in questions]
    return put


def test_each_question_is_put_once() -> None:
    recall = Recall[str]("a model")
    assert asking(recall, "one", "two", "one") == ["one", "two"]
    assert asking(recall, "two", "three") == ["three"]


def test_what_others_learned_meanwhile_is_kept_too() -> None:
    mine, theirs = Recall[str]("a model"), Recall[str]("a model")
    asking(mine, "one")
    asking(theirs, "two")
    both = mine.learned(theirs.learned({}) or {})
    assert both is not None
    assert asking(Recall("a model", both), "one", "two") == []


def test_nothing_is_kept_when_nothing_was_learned() -> None:
    known = Recall[str]("a model")
    asking(known, "one")
    recall = Recall("a model", known.learned({}) or {})
    asking(recall, "one")
    assert recall.learned({"other": "ANSWER"}) is None


def test_the_oldest_answers_are_let_go() -> None:
    recall = Recall[str]("a model", {str(n): "OLD" for n in range(MOST_KEPT)})
    asking(recall, "new")
    kept = recall.learned({})
    assert kept is not None
    assert len(kept) == MOST_KEPT
    assert "0" not in kept
    assert asking(Recall("a model", kept), "new") == []
