"""What is worth asking the judge."""

from dataclasses import replace
from typing import Any

from service.domain.candidates import Candidate
from service.domain.evidence import Case, promising
from service.domain.options import Options
from service.domain.suspicion import Suspect

KNOWN = Candidate("Kubrick", 0.85, prior=3)


def suspect(text: str, heard: str, first: int = 0, **fields: Any) -> Suspect:
    tokens, same = (first, first + len(text.split())), text == heard
    return replace(Suspect(tokens, text, heard, confirmed=same, rarest=3.5, whole=not same, in_document=1), **fields)


def case(text: str, heard: str, candidate: Candidate = KNOWN, margin: float | None = None, **fields: Any) -> Case:
    return Case(suspect(text, heard, **fields), candidate, 0.0, margin)


def asked(*cases: Case) -> list[str]:
    return [one.suspect.heard for one in promising(cases, Options())]


def test_little_is_hoped_of_a_judge_whose_ear_heard_nothing_more_like_the_candidate() -> None:
    heard = ("Koobrick", "", "Cooper", "two birds", "Coober")
    assert asked(*(case("Coober", one, replace(KNOWN, in_document=1), first=k) for k, one in enumerate(heard))) == ["Koobrick", ""]


def test_what_was_heard_is_asked_though_it_sounds_as_written() -> None:
    assert asked(case("scene", "seen", Candidate("seen", 1.0, heard=True), rarest=5.0)) == ["seen"]
