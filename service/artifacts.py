"""How artefacts lie in the store: frozen dataclasses as JSON, type-checked when they are read back."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from service.errors import ArtifactMissing
from service.store import FolderStore

T = TypeVar("T")

FOLDER = "artifacts"
"""Of the store: in it a folder for each owner."""


def place_of(owner: str, key: str) -> str:
    """Where an artefact of this owner lies in the store. Owners share nothing, not even equal work."""
    return f"{FOLDER}/{owner}/{key[:2]}/{key}.json"


def wave_place_of(owner: str, key: str) -> str:
    """Where the sound that belongs to a `decode` artefact lies."""
    return f"{FOLDER}/{owner}/{key[:2]}/{key}.wav"


ANSWERS = ("hushes", "looks", "searches", "rulings", "second_rulings", "readings", "hearings", "times")
"""What is asked about a recording: where it is silent, of models, and where it was searched; the answers lie beside its sound and go with
it.
"""


def answers_place_of(owner: str, key: str, subject: str) -> str:
    """Where the answers about the sound of a `decode` artefact lie. Raises `ValueError` for a subject that is none of `ANSWERS`: they would
    stay when it goes.
    """
    if subject not in ANSWERS:
        raise ValueError(f"{subject} is none of ANSWERS: it would not be deleted with its recording")
    return f"{FOLDER}/{owner}/{key[:2]}/{key}.{subject}.json"


def delete(store: FolderStore, owner: str, key: str) -> None:
    for place in (place_of(owner, key), wave_place_of(owner, key), *(answers_place_of(owner, key, subject) for subject in ANSWERS)):
        store.delete(place)


def write(store: FolderStore, place: str, artifact: object) -> None:
    """Raises `StoreFull`."""
    store.put(place, msgspec.json.encode(artifact))


def read(store: FolderStore, place: str, kind: type[T]) -> T:
    """Raises `ArtifactMissing`, also for one that another version of the code has written; that one is removed."""
    try:
        return msgspec.json.decode(store.get(place), type=kind)
    except msgspec.DecodeError as error:
        store.delete(place)
        raise ArtifactMissing(f"{place} is not a {kind.__name__} of this version: {error}") from error
