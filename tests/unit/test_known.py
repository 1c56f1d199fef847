"""Voices known by name: who is recognised, and what name he gets."""

from __future__ import annotations

import pytest

from service.domain.attribute import Attribution
from service.domain.document import Speaker
from service.domain.known import ALIKE, name_known, recognise
from service.domain.speech import KnownVoice, Recognised, Voiceprint
from tests.support.builders import speaker

ADA, BRUNO = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def sounds(*vector: float, model: str = "ears") -> Voiceprint:
    return Voiceprint(model, vector)


KNOWN = (KnownVoice("Ada", sounds(*ADA)), KnownVoice("Bruno", sounds(*BRUNO)))


def test_a_voice_that_sounds_like_an_enrolled_one_is_recognised() -> None:
    assert recognise({"S1": sounds(0.9, 0.1, 0.0)}, KNOWN) == (Recognised("S1", "Ada", 0.994),)


def test_who_sounds_like_nobody_known_is_unknown() -> None:
    assert recognise({"S1": sounds(0.0, 0.1, 0.9)}, KNOWN) == ()
    assert recognise({"S1": sounds(*ADA)}, ()) == ()
    assert recognise({}, KNOWN) == ()


def test_who_sounds_like_two_of_them_is_unknown() -> None:
    assert recognise({"S1": sounds(0.72, 0.69, 0.0)}, KNOWN) == ()


@pytest.mark.parametrize(("off", "found"), [(-0.01, False), (0.01, True)])
def test_the_threshold_is_kept(off: float, found: bool) -> None:
    cosine = ALIKE + off
    heard = recognise({"S1": sounds(cosine, 0.0, (1 - cosine**2) ** 0.5)}, KNOWN)
    assert bool(heard) is found


def test_prints_of_another_model_are_not_compared() -> None:
    assert recognise({"S1": sounds(*ADA, model="other ears")}, KNOWN) == ()
    assert recognise({"S1": sounds(1.0, 0.0, model="shorter ears")}, KNOWN) == ()


def test_one_name_goes_to_one_voice_the_most_alike() -> None:
    heard = recognise({"S1": sounds(0.8, 0.0, 0.6), "S2": sounds(*ADA)}, KNOWN)
    assert [(match.speaker, match.name) for match in heard] == [("S2", "Ada")]


def test_of_several_clips_of_one_voice_the_nearest_counts() -> None:
    twice = (*KNOWN, KnownVoice("Ada", sounds(0.0, 0.0, 1.0)))
    assert [match.name for match in recognise({"S1": sounds(0.1, 0.0, 0.9)}, twice)] == ["Ada"]


def called(speakers: tuple[Speaker, ...], *recognised: Recognised) -> tuple[Speaker, ...]:
    voices = tuple((f"V{n}", one.id) for n, one in enumerate(speakers, 1))
    return name_known(Attribution((), (), speakers, voices), recognised).speakers


@pytest.mark.parametrize("nameless", [speaker("S1", "S1", named_by="diarization"), speaker("S1", "SPEAKER_1")])
def test_a_voice_without_a_name_gets_the_one_it_is_known_by(nameless: Speaker) -> None:
    (named,) = called((nameless,), Recognised("V1", "Ada", 0.83))
    assert (named.id, named.name, named.named_by, named.confidence) == ("S1", "Ada", "voice", 0.83)
    assert named.evidence[0].says == "sounds like the enrolled voice of Ada (similarity 0.83)"


def test_a_name_of_the_transcript_stays_with_the_evidence_beside_it() -> None:
    (named,) = called((speaker("S1", "Ada Lovelace"),), Recognised("V1", "Ada", 0.83))
    assert (named.name, named.named_by) == ("Ada Lovelace", "transcript")
    assert "Ada" in named.evidence[0].says


def test_a_name_that_somebody_else_carries_is_not_given_again() -> None:
    first, second = called((speaker("S1", "Ada"), speaker("S2", "S2", named_by="diarization")), Recognised("V2", "Ada", 0.7))
    assert (first.name, second.name, second.named_by) == ("Ada", "S2", "diarization")
    assert second.evidence


def test_who_is_not_recognised_is_left_as_he_was() -> None:
    one = speaker("S1", "S1", named_by="diarization")
    assert called((one,)) == (one,)
    assert called((one,), Recognised("V9", "Ada", 0.9)) == (one,)
