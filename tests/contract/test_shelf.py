"""What a shelf promises, whether it is a folder that machines share or the memory of one process."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from models.protocols import Ruling
from models.waveform import SAMPLE_RATE, Waveform
from service import artifacts
from service.domain.document import Document, Recording
from service.domain.script import Reference
from service.domain.span import Span
from service.domain.speech import Diarization, Hypothesis
from service.errors import ArtifactMissing
from service.store import FolderStore
from tests.support.builders import SHA, document, hypothesis, reference, segment, timed, turn, word
from workers.desk import Decoded, Shelf
from workers.shelf import FolderShelf, MemoryShelf

KEY = "0" * 64

ARTIFACTS = [
    reference("Hello there,", "old friend.", labels=["Anna", None]),
    hypothesis(word("Hello", 0, 300), word("there", 300, 600)),
    Diarization((turn("A", 0, 900), turn("B", 800, 1000)), (turn("A", 0, 900),)),
    document(segment(0, timed("Hello there", 0)), seconds_by_stage={"decode": 0.5}),
]


@pytest.fixture(params=["folder", "memory"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "folder":
        yield folder_shelf(tmp_path)
    else:
        with MemoryShelf() as shelf:
            yield shelf


def folder_shelf(folder: Path, owner: str = "local") -> FolderShelf:
    store = FolderStore(folder / "store")
    store.prepare()
    return FolderShelf(store, owner)


def decoded(shelf: Shelf) -> Decoded:
    """A tenth of a second of sound, as `decode` leaves it: in a scratch file."""
    path = shelf.scratch(".wav")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.arange(SAMPLE_RATE // 10, dtype="<i2").tobytes())
    return Decoded(Recording(SHA, 100, "mp3", 44_100, 2, ("the end is damaged",)), Waveform(path))


@pytest.mark.parametrize("artifact", ARTIFACTS, ids=lambda artifact: type(artifact).__name__)
def test_gives_back_what_was_kept(shelf: Shelf, artifact: object) -> None:
    assert not shelf.has(KEY)
    shelf.keep(KEY, artifact)
    assert shelf.has(KEY)
    assert shelf.load(KEY, type(artifact)) == artifact


def test_gives_back_sound(shelf: Shelf) -> None:
    shelf.keep(KEY, decoded(shelf))
    back = shelf.load(KEY, Decoded)
    assert back.recording.warnings == ("the end is damaged",)
    assert back.waveform.duration_ms == 100
    assert back.waveform.pcm[:4].tolist() == [0, 1, 2, 3]


def test_says_what_it_does_not_have(shelf: Shelf) -> None:
    with pytest.raises(ArtifactMissing):
        shelf.load(KEY, Document)


def test_keeps_answers_beside_an_artefact(shelf: Shelf) -> None:
    answers = {"a question": (Span(0, 20), None), "another": ()}
    shelf.remember(KEY, "times", answers)
    assert shelf.recall(KEY, "times", tuple[Span | None, ...]) == answers
    assert shelf.recall(KEY, "rulings", Ruling) == shelf.recall("1" * 64, "times", Ruling) == {}


def test_lends_scratch_files_that_are_not_each_others(shelf: Shelf) -> None:
    one, two = shelf.scratch(".wav"), shelf.scratch(".wav")
    assert one != two
    assert (one.suffix, one.stat().st_size) == (".wav", 0)


def damaged(shelf: FolderShelf, path: str) -> None:
    shelf.store.path(path).write_bytes(b"{}")


def of_another_version(shelf: FolderShelf, path: str) -> None:
    shelf.store.put(path, b'{"words": "none"}')


class TestTheFolder:
    @pytest.mark.parametrize("harm", [damaged, of_another_version])
    def test_lets_go_of_what_it_cannot_read_so_that_it_is_made_again(
        self, tmp_path: Path, harm: Callable[[FolderShelf, str], None]
    ) -> None:
        shelf = folder_shelf(tmp_path)
        shelf.keep(KEY, ARTIFACTS[1])
        harm(shelf, artifacts.place_of("local", KEY))
        with pytest.raises(ArtifactMissing):
            shelf.load(KEY, Hypothesis)
        assert not shelf.has(KEY)

    def test_does_not_take_facts_without_their_sound_for_sound(self, tmp_path: Path) -> None:
        shelf = folder_shelf(tmp_path)
        shelf.keep(KEY, decoded(shelf))
        shelf.store.delete(artifacts.wave_place_of("local", KEY))
        with pytest.raises(ArtifactMissing, match="sound"):
            shelf.load(KEY, Decoded)
        assert not shelf.has(KEY)

    def test_keeps_owners_apart(self, tmp_path: Path) -> None:
        folder_shelf(tmp_path).keep(KEY, ARTIFACTS[0])
        assert not folder_shelf(tmp_path, "someone-else").has(KEY)
        assert folder_shelf(tmp_path).load(KEY, Reference) == ARTIFACTS[0]


def test_a_folder_takes_back_the_scratch_files_that_were_not_kept(tmp_path: Path) -> None:
    with folder_shelf(tmp_path) as shelf:
        shelf.scratch(".wav").write_bytes(b"half a recording")
        shelf.keep(KEY, decoded(shelf))
    assert list((shelf.store.root / "scratch").iterdir()) == []
    assert shelf.load(KEY, Decoded).waveform.duration_ms == 100


def test_memory_leaves_no_file_behind() -> None:
    with MemoryShelf() as shelf:
        shelf.keep(KEY, decoded(shelf))
        folder = shelf.load(KEY, Decoded).waveform.path.parent
    assert not folder.exists()
