"""Decisions on a result: its differences listed, its corrections accepted or rejected, its speakers named. No stage runs again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from service.api.deps import ENTRANCE, Reader, Service, Submitter
from service.api.errors import problems
from service.domain.document import Document
from service.domain.edits import Edit, Op, edits
from service.domain.render import to_wire
from service.domain.render.clock import seconds

router = APIRouter(prefix="/v1/jobs", tags=["results"], dependencies=ENTRANCE)

Name = Annotated[str, Field(min_length=1, max_length=100)]


class EvidenceView(BaseModel):
    """What speaks for a correction and against it; null where nobody was asked."""

    model_config = ConfigDict(extra="allow")

    heard: str | None = Field(None, description="What the recogniser heard there.")
    in_document: int = Field(0, description="How often `after` stands in the talk.")
    in_metadata: int = Field(0, description="How often it stands in title, description, details and heading.")
    in_glossary: bool = Field(False, description="Whether the glossary has it.")
    prior: int = Field(0, description="How well known the lexicon says it is, from 1 to 5; 0 for what it does not have.")
    phonetic: float | None = Field(None, description="Likeness in sound to `before`, from 0 to 1.")
    acoustic_before: float | None = Field(None, description="Mean log-probability per token of the line as written.")
    acoustic_after: float | None = Field(None, description="The same with the correction.")
    fit: float | None = Field(None, description="By how many nats it fits better among the words around it.")
    sense: float | None = Field(None, description="By how many nats a language model finds the text likelier with it.")
    ear: float | None = Field(None, description="By how many nats the sound alone speaks for it, to a recogniser told neither spelling.")
    known_word: bool = Field(False, description="Whether `before` is a known word.")


class CorrectionView(BaseModel):
    """A correction, as in the result's JSON (docs/formats.md), but for `measured`."""

    id: int
    segment: int
    words: list[int] = Field(description="A half-open range of words of the segment.")
    start: float | None
    end: float | None
    before: str = Field(examples=["Minutel"])
    after: str = Field(examples=["Minitel"])
    kind: str = Field(examples=["name"])
    applied: bool
    decided: bool = Field(description="Whether somebody accepted or rejected it; if not, `applied` is Earmark's own decision.")
    confidence: float
    witnesses: list[str] = Field(examples=[["glossary", "lexicon"]])
    evidence: EvidenceView


class EditView(BaseModel):
    """A difference between what was supplied and what is said."""

    model_config = ConfigDict(from_attributes=True)

    op: Op = Field(description="What would make the text what is said; only what is `applied` was done.")
    segment: int
    words: tuple[int, int] = Field(description="Half-open range of words of the segment.", examples=[[4, 5]])
    start: float | None
    end: float | None
    before: str = Field(description="As supplied; empty for an insertion.", examples=["Minutel"])
    after: str = Field(description="As it is said; empty for a deletion.", examples=["Minitel"])
    applied: bool
    decided: bool = Field(description="Whether somebody accepted or rejected it.")
    correction: int | None = Field(description="The number of the correction that a replacement is.")
    confidence: float | None

    @classmethod
    def of(cls, edit: Edit) -> EditView:
        start, end = (seconds(edit.span.start), seconds(edit.span.end)) if edit.span else (None, None)
        return cls.model_validate(asdict(edit) | {"start": start, "end": end})


class NameEvidenceView(BaseModel):
    """What somebody says that speaks for a name."""

    says: str
    text: str = Field(examples=["thanks for coming on, Clem"])
    speaker: str = Field(examples=["S2"])
    start: float | None = None
    end: float | None = None


class SpeakerView(BaseModel):
    """A voice of the recording."""

    id: str = Field(examples=["S1"])
    name: str = Field(examples=["Theo Jaffee"])
    named_by: str = Field(description="transcript, voice, diarization or caller.", examples=["caller"])
    confidence: float
    seconds: float
    suggested_name: str | None = Field(None, description="What a voice without a name may be called; nothing else uses it.")
    evidence: list[NameEvidenceView] = Field(default_factory=list, description="Where the suggested name was said.")


class Ruling(BaseModel):
    """Whether a correction is to be applied."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"applied": False}]})

    applied: bool = Field(description="true accepts it, false puts back what was supplied.")


class Naming(BaseModel):
    """Names of speakers."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"names": {"S1": "Theo Jaffee"}}]})

    names: dict[str, Name] = Field(min_length=1, max_length=100, description="By the speaker's id. Two with one name become one.")


@router.get("/{job_id}/corrections", summary="List the corrections", responses=problems(401, 403, 404, 409, 410, 422))
def corrections(
    job_id: str,
    caller: Reader,
    service: Service,
    *,
    applied: Annotated[bool | None, Query(description="Only those that are applied, or those that are not: suggested or rejected.")] = None,
    decided: Annotated[bool | None, Query(description="Only those that somebody accepted or rejected, or those that nobody did.")] = None,
) -> list[CorrectionView]:
    """All of them, or some: with `applied=false&decided=false` the suggestions that are left to decide on."""
    listed = _corrections(service.results.document(service.jobs.get(job_id, caller.owner)))
    return [c for c in listed if applied in {None, c.applied} and decided in {None, c.decided}]


@router.get("/{job_id}/edits", summary="List every difference", responses=problems(401, 403, 404, 409, 410, 422))
def edited(job_id: str, caller: Reader, service: Service) -> list[EditView]:
    """Corrections and suggestions, what is written and not heard, and what is heard and not written, in the order of the text."""
    return [EditView.of(edit) for edit in edits(service.results.document(service.jobs.get(job_id, caller.owner)))]


@router.patch("/{job_id}/corrections/{number}", summary="Accept or reject a correction", responses=problems(401, 403, 404, 409, 410, 422))
def ruled(job_id: str, number: Annotated[int, Path(ge=0, le=2**31)], ruling: Ruling, caller: Submitter, service: Service) -> CorrectionView:
    """The result is another from then on, in every form. The words concerned keep their place in the recording and say that their
    time is `interpolated`; decided back, they have their first times and scores again.
    """
    document = service.results.rule(job_id, caller.owner, number, applied=ruling.applied)
    return next(correction for correction in _corrections(document) if correction.id == number)


@router.patch("/{job_id}/speakers", summary="Name the speakers", responses=problems(401, 403, 404, 409, 410, 422))
def named(job_id: str, naming: Naming, caller: Submitter, service: Service) -> list[SpeakerView]:
    document = service.results.rename(job_id, caller.owner, naming.names)
    return [SpeakerView.model_validate(speaker) for speaker in to_wire(document)["speakers"]]


def _corrections(document: Document) -> list[CorrectionView]:
    return [CorrectionView.model_validate(correction) for correction in to_wire(document)["corrections"]]
