"""The shows of this machine: their glossaries in the database that the settings name, under the owner that needs no key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol, Self

from service.callers import LOCAL
from service.database import Database
from service.domain.glossary import Entry, Glossary, joined
from service.domain.options import LeftAlone, Options, Term
from service.glossaries import Glossaries, Lesson
from service.settings import Settings
from workers.client import Client


class Shows(Protocol):
    """Glossaries by the name of the show: those of a service (`workers.client.Client`) or of this machine. All raise `NotFound`."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def glossaries(self) -> Any: ...
    def glossary(self, show: str) -> Any: ...
    def add_terms(self, show: str, terms: Sequence[Term]) -> None: ...
    def remove_term(self, show: str, text: str) -> None: ...
    def allow(self, show: str, pair: LeftAlone) -> None: ...


def shows_at(url: str | None) -> Shows:
    """Those of the service at this address; without one, this machine's."""
    return Client.of(url) if url else LocalShows()


class LocalShows:
    """Answers as the service does, without it. Raises `Unavailable` for a database that cannot be used."""

    def __init__(self) -> None:
        database = Database(Settings().database)
        database.migrate()
        self._database = database
        self._glossaries = Glossaries(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.engine.dispose()

    def glossaries(self) -> Any:
        held = self._glossaries.shows(LOCAL)
        return [{"show": show, "terms": len(g.terms), "leave_alone": len(g.leave_alone)} for show, g in held]

    def glossary(self, show: str) -> Any:
        return _as_json(show, self._glossaries.get(show, LOCAL))

    def add_terms(self, show: str, terms: Sequence[Term]) -> None:
        self._glossaries.add(show, LOCAL, [Entry(term.text, term.sounds_like) for term in terms])

    def remove_term(self, show: str, text: str) -> None:
        self._glossaries.remove(show, LOCAL, text)

    def allow(self, show: str, pair: LeftAlone) -> None:
        self._glossaries.allow(show, LOCAL, pair)

    def teach(self, lesson: Lesson) -> None:
        self._glossaries.teach(LOCAL, lesson)

    def lend(self, options: Options) -> Options:
        """The options with what the show has learned."""
        return joined(options, self._glossaries.find(options.show, LOCAL))


def _as_json(show: str, glossary: Glossary) -> dict[str, Any]:
    return {"show": show, **asdict(glossary)}
