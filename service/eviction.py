"""Bounds for what stages left behind: the artefacts that nobody used for longest go first, and none that is still needed.

Results of jobs stay as long as their jobs. Everything else in `artifacts/` only spares work: it is made again where it is missed. A use is
noted in the time of the artefact's file (`FolderStore.touch`), so that no database is written to when one is found.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service import artifacts
from service.settings import Settings
from service.store import FolderStore

logger = logging.getLogger(__name__)

UNSEEN_SECONDS = 3600
"""What was used this recently is never removed: a worker that has just found it may not have told the database yet."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may be kept, and for how long after its last use. None for no bound."""

    size: int | None = None
    seconds: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        return cls(settings.artifacts_max_bytes, settings.artifacts_keep_seconds)


@dataclass(frozen=True, slots=True)
class Kept:
    """An artefact on the disk with all its files; `used` is in seconds since 1970."""

    owner: str
    key: str
    size: int
    used: float


Needed = Callable[[], set[tuple[str, str]]]
"""Owners and keys of what must stay."""


class Eviction:
    """One look with `evict`. Safe to run in several places, and while workers work. `needed` says by owner and key what must stay."""

    def __init__(self, store: FolderStore, bounds: Bounds, needed: Needed = set, unseen_seconds: float = UNSEEN_SECONDS) -> None:
        self.store, self.bounds, self.needed = store, bounds, needed
        self.unseen_seconds = unseen_seconds

    def evict(self) -> list[str]:
        """Remove what is too much or too old; its keys. Raises `Unavailable`."""
        kept = sorted(_artifacts(self.store.root / artifacts.FOLDER), key=lambda artifact: artifact.used)
        too_much = sum(artifact.size for artifact in kept) - self.bounds.size if self.bounds.size is not None else 0
        needed = self.needed() if kept else set()
        gone = []
        for artifact in kept:
            if (artifact.owner, artifact.key) in needed or not (too_much > 0 or self._is_old(artifact)):
                continue
            if self._remove(artifact):
                too_much -= artifact.size
                gone.append(artifact.key)
        if gone:
            logger.info("%s artefacts that nobody used for longest are removed", len(gone))
        return gone

    def _is_old(self, artifact: Kept) -> bool:
        return self.bounds.seconds is not None and artifact.used < time.time() - self.bounds.seconds

    def _remove(self, artifact: Kept) -> bool:
        """Unless somebody has used it since, or just before."""
        place = self.store.path(artifacts.place_of(artifact.owner, artifact.key))
        used = place.stat().st_mtime if place.is_file() else artifact.used
        if used > min(artifact.used, time.time() - self.unseen_seconds):
            return False
        artifacts.delete(self.store, artifact.owner, artifact.key)
        return True


def _artifacts(folder: Path) -> Iterator[Kept]:
    files: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in folder.glob("*/*/*"):
        files[path.parts[-3], path.name.partition(".")[0]].append(path)
    for (owner, key), paths in files.items():
        found = [path.stat() for path in paths if path.exists()]
        if found:
            yield Kept(owner, key, sum(stat.st_size for stat in found), max(stat.st_mtime for stat in found))
