"""The glossaries of shows: names and terms of all episodes, and corrections that are never to be proposed again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, field_validator

from service.api import examples
from service.api.deps import ENTRANCE, Reader, Service, Submitter
from service.api.errors import problems
from service.api.schemas import GlossaryTerm, LeftAloneIn
from service.domain.glossary import MOST_LEFT_ALONE, MOST_TERMS, Entry, Glossary
from service.domain.options import SHOW_PATTERN, LeftAlone

router = APIRouter(prefix="/v1/glossaries", tags=["glossaries"], dependencies=ENTRANCE)

Show = Annotated[str, Path(pattern=f"^{SHOW_PATTERN}$", description="Your name for the show.", examples=["paris-startups"])]
Text = Annotated[str, Path(min_length=1, max_length=60, description="The term, as it is spelled.", examples=["Minitel"])]
Side = Annotated[str, Query(min_length=1, max_length=200)]


class TermView(GlossaryTerm):
    """A term of a show."""

    learned: bool = Field(False, description="Whether it is here because a correction was accepted.")


class TermsIn(BaseModel):
    """Terms to add, each in place of one of the same text."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"terms": ["Qwen"]}]})

    terms: list[TermView | str] = Field(max_length=MOST_TERMS, description="A plain string is a spelling alone.")

    @field_validator("terms")
    @classmethod
    def _spelled_out(cls, terms: list[TermView | str]) -> list[TermView | str]:
        return [TermView(text=term) if isinstance(term, str) else term for term in terms]

    def entries(self) -> list[Entry]:
        return [Entry(term.text, tuple(term.sounds_like), term.learned) for term in self.terms if isinstance(term, TermView)]


class GlossaryIn(TermsIn):
    """All that a show's glossary is to hold."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.GLOSSARY_IN]})

    leave_alone: list[LeftAloneIn] = Field([], max_length=MOST_LEFT_ALONE, description="Corrections that are never to be proposed.")

    def to_domain(self) -> Glossary:
        """Of several terms with one text the last counts."""
        terms = {entry.text: entry for entry in self.entries()}
        pairs = dict.fromkeys(LeftAlone(pair.before, pair.after) for pair in self.leave_alone)
        return Glossary(tuple(terms.values()), tuple(pairs))


class GlossaryView(BaseModel):
    """A show's glossary."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.GLOSSARY]})

    show: str
    terms: list[TermView]
    leave_alone: list[LeftAloneIn]


class ShowView(BaseModel):
    """A show that has a glossary."""

    show: str = Field(examples=["paris-startups"])
    terms: int = Field(description="How many it has.")
    leave_alone: int = Field(description="How many corrections were rejected for good.")


@router.get("", summary="List the shows", responses=problems(401, 403))
def shows(caller: Reader, service: Service) -> list[ShowView]:
    return [
        ShowView(show=show, terms=len(glossary.terms), leave_alone=len(glossary.leave_alone))
        for show, glossary in service.glossaries.shows(caller.owner)
    ]


@router.get("/{show}", summary="Look at a show's glossary", responses=problems(401, 403, 404, 422))
def looked_at(show: Show, caller: Reader, service: Service) -> GlossaryView:
    return _view(show, service.glossaries.get(show, caller.owner))


@router.put("/{show}", summary="Replace a show's glossary", responses=problems(401, 403, 422))
def put(show: Show, wanted: GlossaryIn, caller: Submitter, service: Service) -> GlossaryView:
    """Makes it, if there was none. Jobs that were submitted before keep what they had."""
    return _view(show, service.glossaries.put(show, caller.owner, wanted.to_domain()))


@router.patch("/{show}", summary="Add terms to a show's glossary", responses=problems(401, 403, 409, 422))
def added(show: Show, wanted: TermsIn, caller: Submitter, service: Service) -> GlossaryView:
    """Each in place of the term of the same text. Makes the glossary, if there was none."""
    return _view(show, service.glossaries.add(show, caller.owner, wanted.entries()))


@router.delete("/{show}", status_code=204, summary="Forget a show's glossary", responses=problems(401, 403, 404, 422))
def deleted(show: Show, caller: Submitter, service: Service) -> None:
    service.glossaries.delete(show, caller.owner)


@router.delete("/{show}/terms/{text:path}", summary="Remove a term", responses=problems(401, 403, 404, 422))
def removed(show: Show, text: Text, caller: Submitter, service: Service) -> GlossaryView:
    return _view(show, service.glossaries.remove(show, caller.owner, text))


@router.delete("/{show}/leave-alone", summary="Let a correction be proposed again", responses=problems(401, 403, 404, 422))
def allowed(show: Show, before: Side, after: Side, caller: Submitter, service: Service) -> GlossaryView:
    return _view(show, service.glossaries.allow(show, caller.owner, LeftAlone(before, after)))


def _view(show: str, glossary: Glossary) -> GlossaryView:
    return GlossaryView(
        show=show,
        terms=[TermView.model_validate(entry, from_attributes=True) for entry in glossary.terms],
        leave_alone=[LeftAloneIn.model_validate(pair, from_attributes=True) for pair in glossary.leave_alone],
    )
