"""The glossaries of all shows, in the database: each belongs to an owner, and is there as soon as anything is in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.belongings import ShowGlossary
from service.database import Database, clock
from service.domain.document import Correction, Kind
from service.domain.glossary import Entry, Glossary, accepted, rejected
from service.domain.options import LeftAlone
from service.errors import NotFound


@dataclass(frozen=True, slots=True)
class Lesson:
    """What somebody decided on a correction of an episode of the show."""

    show: str
    before: str
    after: str
    accepted: bool

    @classmethod
    def of(cls, show: str | None, correction: Correction, *, accepted: bool) -> Lesson | None:
        """None where there is nothing to learn: of no show, and from an ordinary word that is right here, which is no show's term."""
        if not show or (accepted and correction.kind is Kind.WORD):
            return None
        return cls(show, correction.before, correction.after, accepted)


class Glossaries:
    """Every method is about one owner's shows; another's are as if they were not there."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def shows(self, owner: str) -> list[tuple[str, Glossary]]:
        """All that have a glossary, by name."""
        with self.database.reading() as session:
            rows = session.scalars(select(ShowGlossary).where(ShowGlossary.owner == owner).order_by(ShowGlossary.show)).all()
        return [(row.show, _glossary(row)) for row in rows]

    def find(self, show: str, owner: str) -> Glossary:
        """An empty one for a show that has none."""
        with self.database.reading() as session:
            return _glossary(session.get(ShowGlossary, (owner, show)))

    def get(self, show: str, owner: str) -> Glossary:
        """Raises `NotFound`."""
        with self.database.reading() as session:
            return _glossary(_owned(session.get(ShowGlossary, (owner, show)), show))

    def put(self, show: str, owner: str, glossary: Glossary) -> Glossary:
        """In place of what was there."""
        with self.database.writing() as session:
            return _changed(session, show, owner, lambda _: glossary)

    def add(self, show: str, owner: str, entries: list[Entry]) -> Glossary:
        """Each in place of the term of the same text. Raises `GlossaryFull`."""

        def added(glossary: Glossary) -> Glossary:
            for entry in entries:
                glossary = glossary.with_term(entry)
            return glossary

        with self.database.writing() as session:
            return _changed(session, show, owner, added)

    def remove(self, show: str, owner: str, text: str) -> Glossary:
        """Raises `NotFound` for a show without a glossary, and for a term that is not in it."""
        with self.database.writing() as session:
            glossary = _glossary(_owned(session.get(ShowGlossary, (owner, show)), show))
            if glossary.term(text) is None:
                raise NotFound(f"the glossary of {show} has no term {text!r}")
            return _changed(session, show, owner, lambda g: g.without_term(text))

    def allow(self, show: str, owner: str, pair: LeftAlone) -> Glossary:
        """Let a rejected correction be proposed again. Raises `NotFound` for one that was not rejected."""
        with self.database.writing() as session:
            glossary = _glossary(_owned(session.get(ShowGlossary, (owner, show)), show))
            if pair not in glossary.leave_alone:
                raise NotFound(f"the glossary of {show} does not leave alone that {pair.before!r} could read {pair.after!r}")
            return _changed(session, show, owner, lambda g: g.without_left_alone(pair))

    def delete(self, show: str, owner: str) -> None:
        """Raises `NotFound`."""
        with self.database.writing() as session:
            session.delete(_owned(session.get(ShowGlossary, (owner, show)), show))

    def teach(self, owner: str, lesson: Lesson) -> Glossary:
        """Raises `GlossaryFull`."""
        with self.database.writing() as session:
            return teach(session, owner, lesson)


def teach(session: Session, owner: str, lesson: Lesson) -> Glossary:
    """Take a decision into the show's glossary. Raises `GlossaryFull`."""
    learn = accepted if lesson.accepted else rejected
    return _changed(session, lesson.show, owner, lambda glossary: learn(glossary, lesson.before, lesson.after))


def _changed(session: Session, show: str, owner: str, change: Callable[[Glossary], Glossary]) -> Glossary:
    row = session.get(ShowGlossary, (owner, show), with_for_update=True) or _begun(session, show, owner)
    glossary = change(_glossary(row))
    row.terms = [msgspec.to_builtins(entry) for entry in glossary.terms]
    row.leave_alone = [msgspec.to_builtins(pair) for pair in glossary.leave_alone]
    row.changed_ms = clock(session)
    return glossary


def _begun(session: Session, show: str, owner: str) -> ShowGlossary:
    """An empty one, unless another transaction begins it at the same moment."""
    with suppress(IntegrityError), session.begin_nested():
        session.add(ShowGlossary(owner=owner, show=show, terms=[], leave_alone=[], changed_ms=clock(session)))
    return session.get_one(ShowGlossary, (owner, show), with_for_update=True)


def _glossary(row: ShowGlossary | None) -> Glossary:
    if row is None:
        return Glossary()
    return Glossary(msgspec.convert(row.terms, tuple[Entry, ...]), msgspec.convert(row.leave_alone, tuple[LeftAlone, ...]))


def _owned(row: ShowGlossary | None, show: str) -> ShowGlossary:
    if row is None:
        raise NotFound(f"there is no glossary of a show {show!r}")
    return row
