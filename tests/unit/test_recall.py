"""With an edited transcript only what is new is asked of the models, and the result is the same as if all had been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from models import windows
from models.kit import Kit
from models.protocols import Contest, Passage, Ruling, Sought
from service import artifacts
from service.domain.document import Document
from service.domain.options import Options, Term
from service.domain.secondlook import Trace
from service.domain.speech import Word
from service.errors import Cancelled
from service.settings import Settings
from service.store import FolderStore
from tests.support.ear import Ear, EarKit, Hears, Reads, TimingEar
from tests.support.oracle import OracleDiarizer
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.desk import Desk, Episode
from workers.recall import MOST_KEPT, Recall
from workers.shelf import FolderShelf
from workers.silences import hushes

TALK = (
    "it was raining all day and nobody came to the harbour so we stayed inside and played cards until the lamp went out "
    "then my sister told the story of the minute tell and how it came to every house in the country before anyone else "
    "had heard of such a thing and we asked her to tell it again because the rain had still not stopped by then"
)
WRITTEN = TALK.replace("minute tell", "Minutel") + " and the wind took the roof off the old school that night"
EAR = Ear("").uses
UNSURE = -4.0


@dataclass(frozen=True)
class Asked(TimingEar):
    """Remembers what it was asked, and rules for nothing but Minitel."""

    text: str = TALK
    contests: list[str] = field(default_factory=list)
    sought: list[str] = field(default_factory=list)
    second: Asked | None = None
    reads: Reads | None = None
    hears: Hears | None = None
    gain: float = 2.5
    """In nats, of Minitel."""

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        self.contests.extend(contest.text_after for contest in contests)
        return tuple(Ruling(-9.5, self.gain - 9.5 if contest.after == "Minitel" else -20.0, 3, 4) for contest in contests)

    def seek(self, sought: Sought) -> tuple[Trace, ...]:
        self.sought.append(" ".join(sought.words))
        return super().seek(sought)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    store = FolderStore(tmp_path / "store")
    store.prepare()
    return store


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    return write(tmp_path / "episode.wav", tone(30), by_suffix(".wav"))


CPU = Settings(device="cpu")


def aligned(audio: Path, text: str, ear: Asked, store: FolderStore, settings: Settings = CPU) -> Document:
    episode = Episode(audio, text.encode(), Options(language="en", diarize=False, glossary=(Term("Minitel"),)))
    with FolderShelf(store, "someone") as shelf:
        return pipeline.run(Desk(episode, cast("Kit", EarKit(ear, OracleDiarizer(()), settings, ear.second, ear.reads, ear.hears)), shelf))


def test_an_edited_transcript_asks_only_what_is_new(audio: Path, store: FolderStore, tmp_path: Path) -> None:
    aligned(audio, WRITTEN, first := Asked(), store)
    edited = WRITTEN.replace("raining", "snowing")
    found = aligned(audio, edited, again := Asked(), store)
    assert first.contests
    assert first.sought
    assert again.sought == []
    assert all("all day" in after and "snowing" not in after for after in again.contests), "only the edit's place may be asked about"
    assert not any("raining" in after and "Minitel" in after for after in first.contests), "they are about different passages"
    assert set(again.contests).isdisjoint(first.contests), "nothing is asked twice"
    assert len(first.passages) > 2
    assert len(again.passages) == 1
    assert "snowing" in again.passages[0]
    fresh = FolderStore(tmp_path / "fresh")
    fresh.prepare()
    assert replace(found, seconds_by_stage={}) == replace(aligned(audio, edited, Asked(), fresh), seconds_by_stage={})


def test_a_second_judge_is_asked_once_what_the_first_leaves_open_and_is_named(audio: Path, store: FolderStore) -> None:
    alone = aligned(audio, WRITTEN, first := Asked(gain=UNSURE), store)
    second = Asked(uses=replace(EAR, name="second ear"))
    both = aligned(audio, WRITTEN, again := Asked(gain=UNSURE, second=second), store)
    assert again.contests == [], "the first judge has answered"
    assert second.contests
    assert set(second.contests) <= set(first.contests)
    assert [use.name for use in alone.models if use.stage == "correct"] == ["lexicon"]
    assert [use.name for use in both.models if use.stage == "correct"] == ["second ear", "lexicon"]
    aligned(audio, WRITTEN.replace("raining", "snowing"), Asked(gain=UNSURE, second=(third := replace(second, contests=[]))), store)
    assert set(third.contests).isdisjoint(second.contests), "nothing is asked twice"


def test_a_second_judge_is_asked_nothing_where_the_first_is_sure(audio: Path, store: FolderStore) -> None:
    aligned(audio, WRITTEN, first := Asked(second=(second := Asked(uses=replace(EAR, name="second ear")))), store)
    assert first.contests
    assert second.contests == []


def test_who_reads_is_asked_once_and_is_named(audio: Path, store: FolderStore) -> None:
    aligned(audio, WRITTEN, Asked(gain=UNSURE), store)
    found = aligned(audio, WRITTEN, Asked(gain=UNSURE, reads=(reads := Reads())), store)
    assert any("Minutel" in phrasing.written for phrasing in reads.phrasings)
    assert [use.name for use in found.models if use.stage == "correct"] == ["reader", "lexicon"]
    edited = WRITTEN.replace("a thing", "the thing")
    aligned(audio, edited, Asked(gain=UNSURE, reads=(again := Reads())), store)
    assert set(again.phrasings).isdisjoint(reads.phrasings), "nothing is asked twice"


def test_the_other_ear_is_asked_once_and_is_named(audio: Path, store: FolderStore) -> None:
    aligned(audio, WRITTEN, Asked(gain=UNSURE), store)
    found = aligned(audio, WRITTEN, Asked(gain=UNSURE, hears=(hears := Hears())), store)
    assert any("Minutel" in contest.text_before for contest in hears.contests)
    assert [use.name for use in found.models if use.stage == "correct"] == ["other ear", "lexicon"]
    edited = WRITTEN.replace("raining", "snowing")
    aligned(audio, edited, Asked(gain=UNSURE, hears=(again := Hears())), store)
    assert set(again.contests).isdisjoint(hears.contests), "nothing is asked twice"


def test_another_model_is_asked_anew(audio: Path, store: FolderStore) -> None:
    aligned(audio, WRITTEN, first := Asked(), store)
    aligned(audio, WRITTEN, other := Asked(uses=replace(EAR, revision="2")), store)
    assert other.passages == first.passages


def test_a_model_that_computes_otherwise_is_asked_anew(audio: Path, store: FolderStore) -> None:
    ears = [Asked() for _ in range(3)]
    for ear, settings in zip(ears, (CPU, Settings(device="cpu", compute_type="float32"), CPU), strict=True):
        aligned(audio, WRITTEN, ear, store, settings)
    first, other, again = ears
    assert first.contests
    assert (other.contests, other.sought, other.passages) == (first.contests, first.sought, first.passages)
    assert (again.contests, again.sought, again.passages) == ([], [], [])


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"threads": 1, "part_seconds": 7, "idle_seconds": 0}, True),
        ({"compute_type": "int8", "batch": 1}, True),
        ({"compute_type": "float32"}, False),
        ({"batch": 16}, False),
        ({"guided": True}, False),
    ],
)
def test_what_is_heard_is_known_by_how_it_was_heard(audio: Path, store: FolderStore, changes: dict[str, Any], *, same: bool) -> None:
    with FolderShelf(store, "someone") as shelf:
        one, other = (
            Desk(Episode(audio, WRITTEN.encode()), cast("Kit", EarKit(Asked(), OracleDiarizer(()), settings)), shelf).key("transcribe")
            for settings in (CPU, CPU.model_copy(update=changes))
        )
    assert (one == other) is same


@pytest.mark.parametrize("guided", [False, True])
def test_what_is_heard_by_the_page_is_known_by_the_page(audio: Path, store: FolderStore, *, guided: bool) -> None:
    kit = cast("Kit", EarKit(Asked(), OracleDiarizer(()), CPU.model_copy(update={"guided": guided})))
    with FolderShelf(store, "someone") as shelf:
        one, other = (Desk(Episode(audio, page.encode()), kit, shelf).key("transcribe") for page in (WRITTEN, f"{WRITTEN}\nAda: Goodbye."))
    assert (one != other) is guided


def test_answers_are_kept_of_work_that_was_broken_off(audio: Path, store: FolderStore) -> None:
    class Tired(Asked):
        def time(self, passage: Passage) -> tuple[Word | None, ...] | None:
            if self.passages:
                raise Cancelled("enough")
            return super().time(passage)

    with pytest.raises(Cancelled):
        aligned(audio, WRITTEN, tired := Tired(), store)
    aligned(audio, WRITTEN, again := Asked(), store)
    assert tired.passages
    assert tired.passages[0] not in again.passages


def test_answers_go_with_the_recording(audio: Path, store: FolderStore) -> None:
    with FolderShelf(store, "someone") as shelf:
        desk = Desk(
            Episode(audio, WRITTEN.encode(), Options(language="en", diarize=False)), cast("Kit", EarKit(Asked(), OracleDiarizer(()))), shelf
        )
        pipeline.run(desk)
        key = desk.key("decode")
    kept = [store.path(artifacts.answers_place_of("someone", key, subject)) for subject in artifacts.ANSWERS]
    assert any(path.is_file() for path in kept)
    artifacts.delete(store, "someone", key)
    assert not any(path.is_file() for path in kept)


def test_answers_that_would_stay_when_the_recording_goes_are_not_kept() -> None:
    with pytest.raises(ValueError, match="rumours is none of ANSWERS"):
        artifacts.answers_place_of("someone", "a" * 64, "rumours")


def test_no_word_is_kept_beside_the_recording(audio: Path, store: FolderStore) -> None:
    """The transcript may have to be forgotten before it."""
    second = Asked(gain=UNSURE, uses=replace(EAR, name="second ear"))
    aligned(audio, WRITTEN, asked := Asked(gain=UNSURE, second=second, reads=Reads(), hears=Hears()), store)
    kept = [path.read_text() for path in store.root.rglob("*.json") if path.stem.endswith(artifacts.ANSWERS)]
    assert len(kept) == len(artifacts.ANSWERS)
    assert asked.passages
    told = {word for word in WRITTEN.split() if len(word) > len("before")}  # shorter ones may be the name of a field
    assert not [word for word in told if any(word in answers for answers in kept)]


def test_the_silences_of_a_recording_are_looked_for_once(audio: Path, store: FolderStore) -> None:
    with FolderShelf(store, "someone") as shelf:
        desk = Desk(Episode(audio, WRITTEN.encode()), cast("Kit", EarKit(Asked(), OracleDiarizer(()))), shelf)
        pipeline.run_stage("decode", desk)
        found = hushes(desk)
        assert found == windows.hushes(desk.waveform)
        with desk.waveform.path.open("r+b") as sound:
            sound.seek(44)
            sound.write(bytes(desk.waveform.num_samples))
        assert windows.hushes(desk.waveform) != found, "now half of it is silent"
        assert hushes(desk) == found


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
