"""The lexicon that ships: its shape, its look-ups, and what building it promises."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.lexicon import FOLDER, Lexicon, load, read
from models.lexicon.build import pronounce
from models.lexicon.draft import Draft, merge
from models.lexicon.hand import hand_written, parse
from service.domain.lexicon import LexiconEntry
from service.domain.reading import squeeze
from tests.bench.coincidences import coincidences
from workers.cli import app

ROWS = [
    row
    for path in sorted(FOLDER.glob("*.tsv"))
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.mark.parametrize("spelling", ["PyTorch", "pytorch", "Py Torch", "py-torch", "PYTORCH"])
def test_spelling_is_found_whatever_its_case_and_spaces(lexicon: Lexicon, spelling: str) -> None:
    found = lexicon.get(spelling)
    assert found is not None
    assert found.text == "PyTorch"


def test_an_alias_that_sounds_alike_leads_to_its_entry(lexicon: Lexicon) -> None:
    found = lexicon.get("Yann Le Cun")
    assert found is not None
    assert found.text == "Yann LeCun"


def test_an_alias_that_sounds_otherwise_is_an_entry_of_its_own(lexicon: Lexicon) -> None:
    found = lexicon.get("K8s")
    assert found is not None
    assert found.text == "K8s"


def test_a_word_that_is_no_entry_is_not_found(lexicon: Lexicon) -> None:
    assert lexicon.get("splorfing") is None


@pytest.mark.parametrize(
    ("heard", "right"),
    [
        ("Minutel", "Minitel"),
        ("Quen", "Qwen"),
        ("cuber netties", "Kubernetes"),
        ("Ticking Face", "Hugging Face"),
        ("pie torch", "PyTorch"),
        ("DeepSeq", "DeepSeek"),
        ("open eye", "OpenAI"),
        ("jan lecun", "Yann LeCun"),
    ],
)
def test_the_name_meant_is_nearest(lexicon: Lexicon, heard: str, right: str) -> None:
    assert lexicon.near(heard, 3)[0][0].text == right


def test_near_comes_best_first_and_no_more_than_asked(lexicon: Lexicon) -> None:
    found = lexicon.near("data", 5)
    assert len(found) == 5
    assert [similarity for _, similarity in found] == sorted((similarity for _, similarity in found), reverse=True)


def test_ordinary_words_are_marked(lexicon: Lexicon) -> None:
    marked = {name: entry.common for name in ("Slack", "Notion", "Kubernetes", "Anthropic") if (entry := lexicon.get(name))}
    assert marked == {"Slack": True, "Notion": True, "Kubernetes": False, "Anthropic": False}


def test_no_spelling_has_two_entries(lexicon: Lexicon) -> None:
    spellings = [squeeze(entry.text) for entry in lexicon.entries]
    assert len(spellings) == len(set(spellings))


def test_every_entry_can_be_said_and_ranked(lexicon: Lexicon) -> None:
    said = {owner for owners in lexicon.by_sound.owners.values() for owner in owners}
    assert said == set(range(len(lexicon.entries)))
    assert {entry.prior for entry in lexicon.entries} <= {1, 2, 3, 4, 5}


def test_there_are_enough_entries_from_named_sources(lexicon: Lexicon) -> None:
    sources = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    named = {row["source"] for row in ROWS}
    assert {source for source in named if f"| `{source.partition(':')[0]}" not in sources} == set()
    lists = {source.partition(":")[2] for source in named if source.startswith("hand")}
    assert lists == {path.stem for path in (FOLDER / "hand").glob("*.txt")}
    assert len(lexicon.entries) >= 20_000


def test_the_tables_hold_every_term_of_the_hand_lists(lexicon: Lexicon) -> None:
    missing = [draft.term for draft in hand_written(FOLDER / "hand") if lexicon.get(draft.term) is None]
    assert missing == [], "run python -m models.lexicon.build"


def test_the_pronunciations_in_the_tables_are_those_of_the_rules_as_they_are() -> None:
    stale = []
    for row in ROWS[::150]:
        draft = Draft(row["term"], "", row["source"], sounds_like=tuple(filter(None, row["sounds_like"].split("|"))))
        if "|".join(pronounce(draft)) != row["sounds"]:
            stale.append(row["term"])
    assert stale == [], "run python -m models.lexicon.build"


def test_loading_and_looking_up_are_fast(lexicon: Lexicon) -> None:
    load.cache_clear()
    begun = time.process_time()
    load()
    loaded = time.process_time()
    asked = lexicon.entries[::100]
    for entry in asked:
        lexicon.near(entry.text.lower()[:-1], 5)
    per_query = (time.process_time() - loaded) / len(asked)
    assert loaded - begun < 2.0
    assert per_query < 0.02


def test_what_was_kept_of_it_is_the_same(lexicon: Lexicon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load.cache_clear()
    built = load()
    load.cache_clear()
    (kept,) = tmp_path.rglob("*.msgpack")
    assert load() == built == lexicon
    kept.write_bytes(kept.read_bytes()[:-1000])
    load.cache_clear()
    assert load() == lexicon, "one that is damaged is made anew"


def test_of_what_is_kept_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "earmark" / "lexicon"
    folder.mkdir(parents=True)
    for age, name in enumerate(("new", "old", "older", "oldest")):
        (folder / name).touch()
        os.utime(folder / name, (1_000_000 - age, 1_000_000 - age))
    load.cache_clear()
    load()
    assert {path.name for path in folder.iterdir() if not path.suffix} == {"new", "old"}


def test_an_entry_of_a_hand_list_is_read_in_full() -> None:
    entry = parse(" C# = C sharp | Csharp ~ see sharp *4", "technology", 2)
    assert entry == Draft("C#", "technology", "hand:technology", 4, ("C sharp", "Csharp"), ("see sharp",))
    assert parse("Zig", "technology", 2).prior == 2


def test_drafts_of_one_name_become_one() -> None:
    first = Draft("DeepMind", "ai", "hand:ai", 3, ("Google DeepMind",))
    later = Draft("Deepmind", "business", "packaged", 5, ("GDM", "DeepMind"))
    assert merge([first, later]) == [Draft("DeepMind", "ai", "hand:ai", 5, ("Google DeepMind", "GDM"))]


def test_a_file_of_another_folder_is_read_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "shows.tsv"
    path.write_text(
        "term\taliases\tsounds_like\tprior\tcommon\tsource\tsounds\nSerial\tSerial Podcast\t\t4\t1\thand\tsIri@l\n", encoding="utf-8"
    )
    [(entry, pronunciations)] = read(path)
    assert (entry.text, entry.aliases, entry.common, entry.field) == ("Serial", ("Serial Podcast",), True, "shows")
    assert pronunciations == ("sIri@l",)


def test_pulling_models_makes_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load.cache_clear()
    assert CliRunner().invoke(app, ["models", "pull", "pocketsphinx-en-us"]).exit_code == 0
    assert len(list(tmp_path.rglob("*.msgpack"))) == 1


def test_respellings_that_were_planted_as_errors_are_told() -> None:
    entries = [LexiconEntry("PyTorch", sounds_like=("pie torch", "pi torch")), LexiconEntry("Qwen", aliases=("Tongyi",))]
    errors = {("pie torch", "pytorch"): {"one"}, ("tongyi", "kimi"): {"two"}}
    assert list(coincidences(entries, errors)) == [(entries[0], "pie torch", {"one"})]
