"""Who is asked about a case, and whose ruling counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from models.protocols import Contest, Phrasing, Ruling
from models.waveform import Waveform
from service.domain.candidates import Candidate
from service.domain.correct import witnesses
from service.domain.document import ModelUse
from service.domain.evidence import Case, features, probability
from service.domain.formats import parse
from service.domain.span import Span
from service.domain.suspicion import Suspect
from tests.support.ear import Hears
from workers.correcting import OPEN, UNLIKELY, Court, Hearing, Reading, Scene, Sitting
from workers.recall import Recall

WAVEFORM = Waveform(Path("unread"))
NOWHERE = "nowhere"
KNOWN = Candidate("Minitel", 0.95, prior=3, in_metadata=1)


@dataclass
class OfOneMind:
    """A judge whose margin is always the same."""

    margin: float
    uses: ModelUse = field(default=ModelUse("correct", "judge", "1"))
    asked: list[str] = field(default_factory=list)

    def judge(self, contests: tuple[Contest, ...]) -> tuple[Ruling, ...]:
        self.asked += [contest.before for contest in contests]
        return tuple(Ruling(-10.0, -10.0 + self.margin, 10, 10) for _ in contests)


@dataclass
class Finds:
    """A language model that finds every other spelling likelier by as much."""

    sense: float
    uses: ModelUse = field(default=ModelUse("correct", "reader", "1"))
    asked: list[str] = field(default_factory=list)

    def prefer(self, phrasings: Sequence[Phrasing]) -> tuple[float, ...]:
        self.asked += [phrasing.written for phrasing in phrasings]
        return tuple(self.sense for _ in phrasings)


class Hall:
    """A scene in which all but one place is known."""

    def phrasing(self, case: Case) -> Phrasing:
        return Phrasing("", case.suspect.text, case.candidate.text, "")

    def contest(self, case: Case) -> Contest | None:
        before, after = case.suspect.text, case.candidate.text
        return None if before == NOWHERE else Contest(WAVEFORM, Span(0, 1000), before, after, before, after)


def case(text: str, candidate: Candidate = KNOWN) -> Case:
    return Case(Suspect((0, 1), text, "", confirmed=False, rarest=0.0, whole=True, in_document=1), candidate, 0.0)


def court(first: OfOneMind, second: OfOneMind | None = None, reader: Finds | None = None, ear: Hears | None = None) -> Court:
    sittings = [Sitting(judge, Recall(judge.uses.name)) for judge in (first, second) if judge]
    reading = Reading(reader, Recall(reader.uses.name)) if reader else None
    hearing = Hearing(ear, Recall(ear.uses.name)) if ear else None
    return Court(cast("Scene", Hall()), reading, hearing, *sittings)


def test_the_mean_of_both_counts_where_the_first_leaves_it_open() -> None:
    first, second = OfOneMind(1.0), OfOneMind(4.0)
    alone = court(first).ruled([case("Minutel")])[0]
    assert OPEN[0] < probability(alone) < OPEN[1]
    both = court(first, second).ruled([case("Minutel")])[0]
    assert (both.margin, both.acoustic_before, both.acoustic_after) == (2.5, -1.0, -0.75)
    assert second.asked == ["Minutel"]


def test_what_the_first_has_decided_is_not_asked_again() -> None:
    second = OfOneMind(4.0)
    ruled = court(OfOneMind(-8.0), second).ruled([case("Minutel", replace(KNOWN, phonetic=0.3))])[0]
    assert (ruled.margin, second.asked) == (-8.0, [])


def test_a_place_that_is_not_known_is_ruled_by_nobody_and_order_is_kept() -> None:
    first, second = OfOneMind(1.0), OfOneMind(3.0)
    ruled = court(first, second).ruled([case("Minutel"), case(NOWHERE), case("Minitell")])
    assert [one.suspect.text for one in ruled] == ["Minutel", NOWHERE, "Minitell"]
    assert [one.margin for one in ruled] == [2.0, None, 2.0]
    assert first.asked == second.asked == ["Minutel", "Minitell"]


def test_who_reads_is_asked_what_is_likely_after_the_judges_and_tips_it() -> None:
    likely, unlikely = case("Minutel"), case("Monitor", replace(KNOWN, phonetic=0.3))
    reader = Finds(-6.0)
    told, silent = (court(OfOneMind(1.0), reader=whom).ruled([likely, unlikely]) for whom in (reader, None))
    assert [probability(one) > UNLIKELY for one in silent] == [True, False]
    assert [one.sense for one in told] == [-6.0, None]
    assert reader.asked == ["Minutel"]
    assert probability(told[0]) < probability(silent[0])
    assert probability(court(OfOneMind(1.0), reader=Finds(6.0)).ruled([likely])[0]) > probability(silent[0])


def test_who_reads_is_asked_about_a_place_that_is_not_known_in_the_recording() -> None:
    assert court(OfOneMind(1.0), reader=Finds(3.0)).ruled([case(NOWHERE)])[0].sense == 3.0


def test_who_reads_is_told_what_it_is_about_the_words_around_and_what_would_be_printed() -> None:
    reference = parse(b"We went there. Minutel, it was called, and " + b"so on " * 40)
    scene = Scene(WAVEFORM, "On networks", reference, (), (), {})
    here = replace(case("Minutel"), suspect=replace(case("Minutel").suspect, tokens=(3, 4)))
    assert scene.phrasing(here) == Phrasing("On networks\nWe went there.", "Minutel,", "Minitel,", "it was called, and so on so on so on")
    heard = replace(here, candidate=replace(KNOWN, text="minute"))
    assert scene.phrasing(heard).instead == "Minute,", "it begins a sentence"
    first = replace(here, suspect=replace(here.suspect, tokens=(0, 1), text="We"))
    assert replace(scene, about="").phrasing(first).before == ""


def test_a_likelier_text_speaks_for_a_candidate_and_counts_so_far() -> None:
    asked = [replace(case("Minutel"), sense=sense) for sense in (None, -0.0, 5.0, 10.0, 40.0, -40.0)]
    unasked, even, likelier, most, more, least = (features(one) for one in asked)
    assert unasked["sense"] == even["sense"] == 0
    assert 0 < likelier["sense"] < most["sense"] == more["sense"] == -least["sense"] == 1
    assert most["sense_of_heard"] == 0
    assert features(replace(asked[3], candidate=replace(KNOWN, heard=True)))["sense_of_heard"] == 1
    assert ["sense" in witnesses(one) for one in asked] == [False, False, True, True, True, False]


def test_the_other_ear_is_asked_last_what_is_still_open_and_tips_it() -> None:
    undecided, lost, nowhere = case("Minutel"), case("Monitor", replace(KNOWN, phonetic=0.3)), case(NOWHERE)
    ear = Hears(8.0)
    told, silent = (court(OfOneMind(1.0), ear=whom).ruled([undecided, lost, nowhere]) for whom in (ear, None))
    assert OPEN[0] < probability(silent[0]) < OPEN[1]
    assert [one.before for one in ear.contests] == ["Minutel"], (
        "the second is out of the question, and where the third is said nobody knows"
    )
    assert [one.ear for one in told] == [8.0, None, None]
    assert probability(told[0]) > probability(silent[0]) > probability(replace(told[0], ear=-8.0))
    settled = Hears(8.0)
    assert court(OfOneMind(6.0), reader=Finds(40.0), ear=settled).ruled([undecided])[0].ear is None
    assert settled.contests == []


def test_what_the_other_ear_hears_is_a_witness_and_counts_so_far() -> None:
    asked = [replace(case("Minutel"), ear=ear) for ear in (None, 0.0, 4.0, 8.0, 40.0, -40.0)]
    assert [features(one)["ear"] for one in asked] == [0, 0, 0.5, 1, 1, -1]
    assert ["ear" in witnesses(one) for one in asked] == [False, False, True, True, True, False]
