"""The language model, as it is installed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from models import language
from models.entries import SMOLLM2
from models.kit import Kit
from models.language import LanguageModel, converted
from models.protocols import Phrasing
from service.errors import ModelError

FILE = SMOLLM2.files[0].name


@pytest.fixture(scope="module")
def model(kit: Kit) -> LanguageModel:
    if SMOLLM2.name not in {uses.name for uses in kit.installed}:
        pytest.skip(f"{SMOLLM2.name} is not installed")
    reader = kit.reader("en")
    assert isinstance(reader, LanguageModel)
    return reader


def test_it_expects_the_word_that_makes_sense(model: LanguageModel) -> None:
    right = Phrasing("He cut the bread and spread it with", "batter", "butter", "and a little jam.")
    wrong = Phrasing("She cracked two eggs into the pancake", "batter", "butter", "and stirred.")
    meant, unmeant = model.prefer([right, wrong])
    assert meant > 1 > -1 > unmeant
    assert model.prefer([wrong]) == pytest.approx([unmeant], abs=1e-3), "it does not matter what is asked with it"


def test_what_the_episode_is_about_counts(model: LanguageModel) -> None:
    before, after = "and then we came down to the", "of it all."
    of_the_sea = Phrasing(f"Sailing around the world\n{before}", "see", "sea", after)
    assert model.prefer([of_the_sea]) > model.prefer([Phrasing(before, "see", "sea", after)])


def test_the_same_text_is_as_likely_as_itself_and_nothing_is_answered_by_nothing(model: LanguageModel) -> None:
    assert model.prefer([Phrasing("", "so", "so", "")]) == (0.0,)
    assert model.prefer([]) == ()


@pytest.fixture
def file(kit: Kit, model: LanguageModel, tmp_path: Path) -> Path:
    """The model's file in another folder."""
    model.wake()
    link = tmp_path / FILE
    link.symlink_to(kit.catalog.find(SMOLLM2.name) / FILE)
    return link


def test_it_is_converted_once(file: Path) -> None:
    folder = converted(file)
    made = (folder / "model.bin").stat().st_mtime_ns
    assert converted(file) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == made
    assert folder.stat().st_mode & 0o555 == 0o555, "another user may work with it"
    assert {path.name for path in file.parent.iterdir()} == {FILE, folder.name}, "nothing half made is left"


def test_what_is_no_model_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_bytes(b"no model")
    with pytest.raises(ModelError, match=f"{FILE} could not be made ready for use"):
        converted(file)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_where_nothing_can_be_written_beside_it_it_is_kept_in_the_cache(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = file.parent / "cache"
    make = tempfile.mkdtemp

    def refusing(suffix: str | None, prefix: str | None, dir: Path) -> str:  # noqa: A002 - its name there
        if dir == file.parent:
            raise PermissionError(dir)
        return make(suffix, prefix, dir)

    monkeypatch.setattr(language, "user_cache_path", lambda _: cache)
    monkeypatch.setattr(tempfile, "mkdtemp", refusing)
    folder = converted(file)
    assert cache in folder.parents
    assert (folder / "tokenizer.json").is_file()
    assert converted(file) == folder
