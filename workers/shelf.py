"""Where artefacts stand between stages: in the store for the service, in memory for the command line."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from models.waveform import Waveform
from service import artifacts
from service.domain.document import Recording
from service.errors import ArtifactMissing
from service.eviction import Bounds, Eviction
from service.store import FolderStore
from workers.desk import Decoded

T = TypeVar("T")


@dataclass(frozen=True)
class FolderShelf:
    """Artefacts as JSON in the store, found again by whoever asks for the same key; sound as a WAV file beside its facts.

    As a context it removes, at the end, the scratch files that were lent and never kept.
    """

    store: FolderStore
    owner: str
    _lent: list[Path] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for path in self._lent:
            path.unlink(missing_ok=True)

    def scratch(self, suffix: str) -> Path:
        path = self.store.scratch(suffix)
        self._lent.append(path)
        return path

    def has(self, key: str) -> bool:
        """Looking for it counts as using it: it is not swept away meanwhile."""
        return self.store.touch(artifacts.place_of(self.owner, key))

    def keep(self, key: str, artifact: object) -> None:
        """Raises `StoreFull`. A waveform's file is moved into the store."""
        if isinstance(artifact, Decoded):
            self.store.adopt(artifacts.wave_place_of(self.owner, key), artifact.waveform.path)
            artifact = artifact.recording
        artifacts.write(self.store, artifacts.place_of(self.owner, key), artifact)

    def discard(self, key: str) -> None:
        artifacts.delete(self.store, self.owner, key)

    def load(self, key: str, kind: type[T]) -> T:
        if kind is not Decoded:
            return artifacts.read(self.store, artifacts.place_of(self.owner, key), kind)
        recording = artifacts.read(self.store, artifacts.place_of(self.owner, key), Recording)
        wave = self.store.path(artifacts.wave_place_of(self.owner, key))
        if not wave.is_file():
            artifacts.delete(self.store, self.owner, key)
            raise ArtifactMissing(f"the sound of artefact {key} is gone")
        return cast("T", Decoded(recording, Waveform(wave)))

    def recall(self, key: str, subject: str, kind: type[T]) -> dict[str, T]:
        try:
            return artifacts.read(self.store, artifacts.answers_place_of(self.owner, key, subject), dict[str, kind])  # type: ignore[valid-type]
        except ArtifactMissing:
            return {}

    def remember(self, key: str, subject: str, answers: dict[str, T]) -> None:
        """Raises `StoreFull`."""
        artifacts.write(self.store, artifacts.answers_place_of(self.owner, key, subject), answers)


class MemoryShelf:
    """Artefacts of one run in this process. As a context it removes its temporary folder of large files at the end."""

    def __init__(self) -> None:
        self._artifacts: dict[str, object] = {}
        self._answers: dict[tuple[str, str], dict[str, Any]] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="earmark-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def scratch(self, suffix: str) -> Path:
        _, path = tempfile.mkstemp(suffix, dir=self._folder.name)
        return Path(path)

    def has(self, key: str) -> bool:
        return key in self._artifacts

    def keep(self, key: str, artifact: object) -> None:
        self._artifacts[key] = artifact

    def discard(self, key: str) -> None:
        self._artifacts.pop(key, None)

    def load(self, key: str, kind: type[T]) -> T:
        artifact = self._artifacts.get(key)
        if not isinstance(artifact, kind):
            raise ArtifactMissing(f"artefact {key} was never kept")
        return artifact

    def recall(self, key: str, subject: str, _: type[T]) -> dict[str, T]:
        return self._answers.get((key, subject), {})

    def remember(self, key: str, subject: str, answers: dict[str, T]) -> None:
        self._answers[key, subject] = answers


def shelf_in(folder: Path | None, bounds: Bounds) -> FolderShelf | MemoryShelf:
    """A shelf in a folder that outlives this process, without what is too much or too old there, or (None) in its memory.

    Raises `StoreFull`.
    """
    if folder is None:
        return MemoryShelf()
    store = FolderStore(folder)
    store.prepare()
    Eviction(store, bounds).evict()
    return FolderShelf(store, "local")
