"""With an edited transcript the search for candidates finds what it would have found had nothing been searched before."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.kit import Kit
from service.domain.evidence import Case, promising
from service.domain.options import Options, Term
from service.store import FolderStore
from tests.support.ear import Ear, EarKit, Reads
from tests.support.oracle import OracleDiarizer
from tests.support.sound import by_suffix, tone, write
from workers import pipeline
from workers.correcting import islands
from workers.desk import Desk, Episode
from workers.searching import Found, cases, hopeful
from workers.shelf import FolderShelf, MemoryShelf

TALK = (
    "we built the first thing on tensor flow and then moved to pie torch because the people at hugging face did . my brother Clement told "
    "me of the minute tell that every house in France had and I said it was like Quen or like Lama today . then kubernetes came and Julian "
    "said that cooper netties is how they say it in the office where we had the poster . so Jeff Hinton and Ian the coon were there and "
    "nobody knew what a mini tail was until Maria told the story of Unishared and mood stocks for a lamp shade when the air fairs were low"
)
TEXT = (
    "We built the first thing on TensorFlow and then moved to Pie Torch because the people at HuggingFace did. My brother Clément told "
    "me of the Minutel that every house in France had and I said it was like Quen or like Lama today. Then Kubernetes came and Julien "
    "said that Cuber Netties is how they say it in the office where we had the poster. So Geoff Hinten and Yann LeCunn were there and "
    "nobody knew what a Minitel was until Maria told the story of Unishared and Mootstocks for a lamb shade when the air fairs were low"
)
WRITTEN = TEXT.split()
NEW = (
    "indeed",
    "office",
    "Minitel",
    "Minutel",
    "Qwen",
    "Quen",
    "Llama",
    "PyTorch,",
    "Julian",
    "Julien’s",
    "Hinton.",
    "Kubernetes",
    "told",
    "air",
    "fairs",
    "Ada",
)
OPTIONS = Options(language="en", diarize=False, title="Unishared, and what came of it", glossary=(Term("Moodstocks"),))
EDITS = st.lists(st.tuples(st.integers(0, len(WRITTEN) - 1), st.sampled_from(NEW)), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "episode.wav", tone(len(TALK.split()) // 2), by_suffix(".wav"))


@pytest.fixture(scope="module")
def searched(audio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderShelf]:
    """A shelf that knows what a search of the talk as written found."""
    with FolderShelf(FolderStore(tmp_path_factory.mktemp("kept")), "someone") as shelf:
        shelf.store.prepare()
        assert found(audio, WRITTEN, shelf), "there is something to find"
        yield shelf


def desk(audio: Path, words: list[str], shelf: FolderShelf | MemoryShelf, *, read: bool = True) -> Desk:
    kit = EarKit(Ear(TALK), OracleDiarizer(()), reads=Reads() if read else None)
    at = Desk(Episode(audio, " ".join(words).encode(), OPTIONS), cast("Kit", kit), shelf)
    for stage in ("decode", "parse", "transcribe", "align"):
        pipeline.run_stage(stage, at)
    return at


def found(audio: Path, words: list[str], shelf: FolderShelf | MemoryShelf) -> tuple[Case, ...]:
    return promising(hopeful(desk(audio, words, shelf)), OPTIONS)


@settings(max_examples=25)
@given(edits=EDITS)
def test_what_was_searched_before_changes_nothing(audio: Path, searched: FolderShelf, edits: list[tuple[int, str]]) -> None:
    """Edit by edit, each search knowing all those before it."""
    words = list(WRITTEN)
    for at, new in edits:
        words[at] = new
        anew = promising(cases(desk(audio, words, searched)), OPTIONS)
        assert found(audio, words, searched) == anew


@pytest.mark.parametrize(("at", "new"), [(WRITTEN.index("office"), "workshop"), (WRITTEN.index("Minutel"), "Minitel")])
def test_an_edit_leaves_most_of_the_talk_unsearched(audio: Path, at: int, new: str) -> None:
    """Also the edit of a name: only what is near it or sounds like it is searched again."""
    with MemoryShelf() as shelf:
        found(audio, WRITTEN, shelf)
        before = searches(audio, shelf)
        found(audio, [*WRITTEN[:at], new, *WRITTEN[at + 1 :]], shelf)
        assert 0 < searches(audio, shelf) - before < before / 3


def searches(audio: Path, shelf: FolderShelf | MemoryShelf) -> int:
    return len(shelf.recall(desk(audio, WRITTEN, shelf).key("decode"), "searches", Found))


def test_a_name_split_by_the_page_and_the_recogniser_alike_is_searched(audio: Path, searched: FolderShelf) -> None:
    assert ("Pie Torch", "PyTorch") in {(case.suspect.text, case.candidate.text) for case in cases(desk(audio, WRITTEN, searched))}


def test_ordinary_words_are_proposed_where_somebody_reads(audio: Path, searched: FolderShelf) -> None:
    def words(*, read: bool) -> set[tuple[str, str]]:
        every = cases(desk(audio, WRITTEN, searched, read=read))
        return {(case.suspect.text, case.candidate.text) for case in every if case.candidate.word}

    assert {("lamb shade", "lampshade"), ("fairs", "fares")} <= words(read=True)
    assert words(read=False) == set()


def test_what_the_talk_has_again_or_is_a_name_becomes_no_ordinary_word(audio: Path, searched: FolderShelf) -> None:
    written = [*WRITTEN, *["we", "brought", "the", "cymbals", "and", "the", "cymbals", "were", "loud", "like", "Mixtral"]]
    proposed = {case.suspect.text for case in cases(desk(audio, written, searched)) if case.candidate.word}
    assert proposed.isdisjoint({"cymbals", "Mixtral"})


def test_what_is_worth_asking_is_known_before_the_whole_talk_is_searched(audio: Path, searched: FolderShelf) -> None:
    """Cases that share no token do not matter to one another."""
    all_cases = list(cases(desk(audio, WRITTEN, searched)))
    apart = list(islands(all_cases))
    assert len(apart) > 5
    assert [case for island in apart for case in promising(island, OPTIONS)] == list(promising(all_cases, OPTIONS))
