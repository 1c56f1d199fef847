"""The episodes that benchmarks run on, put on a desk whose shelf outlives the run: what was recognised once is found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from models.kit import Kit
from models.protocols import Contest, Judge, Ruling
from service.domain.document import ModelUse
from service.domain.options import Options
from service.settings import Settings
from service.store import FolderStore
from workers.correcting import BATCH
from workers.desk import Desk, Episode
from workers.shelf import FolderShelf

T = TypeVar("T")


def names(folder: Path) -> list[str]:
    """Of all episodes in a folder."""
    return sorted(path.name.removesuffix(".truth.json") for path in folder.glob("*.truth.json"))


def episode(folder: Path, name: str) -> Episode:
    """NAME.mp3, NAME.transcript.* and, where it is there, NAME.options.json; speakers are not told apart."""
    given = folder / f"{name}.options.json"
    options = msgspec.json.decode(given.read_bytes(), type=Options) if given.is_file() else Options()
    transcript = next(iter(sorted(folder.glob(f"{name}.transcript.*"))))
    return Episode(folder / f"{name}.mp3", transcript.read_bytes(), replace(options, diarize=False))


class KeptJudge:
    """Asks a judge each question once: its rulings are kept in a file, by the digest of the contest."""

    def __init__(self, judge: Judge, sound: str, path: Path) -> None:
        """`sound` is the digest of the recording that all contests are of."""
        self._judge, self._sound, self._path = judge, sound, path
        self._kept: dict[str, list[float]] = json.loads(path.read_bytes()) if path.is_file() else {}

    @property
    def uses(self) -> ModelUse:
        return self._judge.uses

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        keys = [self._key(contest) for contest in contests]
        asked = [k for k, key in enumerate(keys) if key not in self._kept]
        for start in range(0, len(asked), BATCH):
            some = asked[start : start + BATCH]
            rulings = self._judge.judge(tuple(contests[k] for k in some))
            self._kept |= {keys[k]: list(astuple(ruling)) for k, ruling in zip(some, rulings, strict=True)}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._kept), encoding="utf-8")
        return tuple(Ruling(a, b, int(m), int(n)) for a, b, m, n in (self._kept[key] for key in keys))

    def _key(self, contest: Contest) -> str:
        asked = [contest.span.start, contest.span.end, contest.text_before, contest.text_after, contest.before, contest.after]
        return hashlib.sha256(json.dumps([self._sound, *asked]).encode()).hexdigest()


class KeptKit(Kit):
    """The usual models, but for judges of English that remember, each in a folder of `kept`."""

    def __init__(self, sound: str, kept: Path, name: str) -> None:
        super().__init__(Settings())
        self._sound, self._kept, self._name = sound, kept, name

    def judge(self, language: str) -> Judge:
        return self._first if language == "en" else super().judge(language)

    def second_judge(self, language: str) -> Judge | None:
        return self._second if language == "en" else super().second_judge(language)

    @cached_property
    def _first(self) -> Judge:
        return self._remembering(super().judge("en"), "rulings")

    @cached_property
    def _second(self) -> Judge | None:
        second = super().second_judge("en")
        return self._remembering(second, "second_rulings") if second else None

    def _remembering(self, judge: Judge, folder: str) -> Judge:
        return KeptJudge(judge, self._sound, self._kept / folder / f"{self._name}.json")


@dataclass(frozen=True)
class Forgetful(FolderShelf):
    """Keeps artefacts and no answers: what `correct` costs is to be seen."""

    def recall(self, _key: str, _subject: str, _kind: type[T]) -> dict[str, T]:
        return {}

    def remember(self, _key: str, _subject: str, _answers: dict[str, T]) -> None:
        pass


@contextmanager
def kept_desk(folder: Path, name: str, kept: Path, *, remember: bool) -> Iterator[Desk]:
    """The episode with all that was found out about it before in the folder `kept`; the judge's rulings, too, if it is to `remember`."""
    supplied = episode(folder, name)
    store = FolderStore(kept / "shelf")
    store.prepare()
    kit = KeptKit(supplied.audio_sha256, kept, name) if remember else Kit(Settings())
    with Forgetful(store, "bench") as shelf:
        yield Desk(supplied, kit, shelf)
