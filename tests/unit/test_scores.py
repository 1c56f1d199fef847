"""How probable a printed word is."""

from dataclasses import replace

import pytest

from service.domain.align import align
from service.domain.blocks import Block
from service.domain.correct import Corrections, Edit
from service.domain.document import Evidence, Kind, Status
from service.domain.printed import printed
from service.domain.scores import LEAST_WRONG, MOST_WRONG, Rates, Witnesses, probability, rates, scores, witnesses
from service.domain.speech import Hypothesis, Word
from tests.support.builders import hypothesis, reference, spoken

TYPICAL = Rates(page=0.02, recogniser=0.05, alone=0.3)
SPOILT = Rates(page=0.06, recogniser=0.05, alone=0.3)

TALK = "the wind blew hard and every boat stayed close to the old harbour wall that night "


def heard(*scores: float) -> tuple[Word, ...]:
    return tuple(replace(word, score=score) for word, score in zip(spoken("word " * len(scores)), scores, strict=True))


def of(status: Status, tokens: int, heard: tuple[Word, ...] = ()) -> Witnesses:
    return Witnesses(Block(status, (0, tokens), (0, len(heard))), heard)


def one_for_one(score: float) -> Witnesses:
    return of(Status.SUBSTITUTED, 1, heard(score))


def weighed(confidence: float, *, applied: bool) -> Witnesses:
    edit = Edit((0, 1), "Minutel", "Minitel", Kind.NAME, applied, confidence, (), Evidence())
    return replace(one_for_one(0.9), edit=edit)


def found(text: str, words: Hypothesis) -> Rates:
    written = reference(text)
    return rates(align(written, words), words, printed(written, Corrections(())))


def test_two_that_agree_are_surer_than_either() -> None:
    assert probability(replace(of(Status.MATCHED, 1, heard(0.5)), elsewhere=True), TYPICAL) > 1 - TYPICAL.page > 0.5


def test_the_surer_the_recogniser_is_of_another_word_the_less_is_the_written_one_believed() -> None:
    assert probability(one_for_one(0.999), SPOILT) < 0.5 < probability(one_for_one(0.5), SPOILT) < 0.9


def test_where_neither_is_sure_the_page_is_no_longer_taken_to_be_right_as_a_rule() -> None:
    unsure = probability(one_for_one(0.3), SPOILT)
    assert unsure < 0.85, "six words in a hundred are wrong, and most of them are where the recogniser is in doubt"
    assert unsure < probability(of(Status.INFERRED, 1), SPOILT)


def test_one_that_mishears_much_says_little_against_the_page() -> None:
    deaf = replace(TYPICAL, recogniser=0.3)
    assert probability(one_for_one(0.6), TYPICAL) < probability(one_for_one(0.6), deaf)


def test_more_words_than_were_heard_are_likelier_wrong_than_as_many_or_fewer() -> None:
    more, same, fewer = (probability(of(Status.SUBSTITUTED, n, heard(0.6, 0.6)), TYPICAL) for n in (3, 2, 1))
    assert more < same == fewer
    assert same - more > 0.2


@pytest.mark.parametrize("status", [Status.MATCHED, Status.SUBSTITUTED])
def test_a_word_that_the_talk_has_elsewhere_heard_as_it_is_written_is_the_likelier_right(status: Status) -> None:
    alone, again = (probability(replace(of(status, 1, heard(0.6)), elsewhere=elsewhere), SPOILT) for elsewhere in (False, True))
    assert 1 - again < (1 - alone) / 2


def test_a_word_is_elsewhere_if_another_of_the_same_letters_was_heard_there() -> None:
    written, said = reference("a Quen model, the quen and a Qwen. Model"), hypothesis(*spoken("a Quen model the kwen and a kwen model"))
    found = witnesses(align(written, said), said, printed(written, Corrections(())), ())
    assert [known.elsewhere for known in found] == [True, False, True, False, True, False, True, False, True]


@pytest.mark.parametrize("applied", [True, False])
def test_a_correction_is_as_probable_as_there_are_errors(applied: bool) -> None:
    good, bad = (probability(weighed(0.9, applied=applied), replace(TYPICAL, page=share)) for share in (0.005, 0.06))
    assert bad == pytest.approx(0.9 if applied else 0.1)
    assert (good < bad) == applied


def test_every_printed_word_has_a_score_and_those_of_one_correction_the_same() -> None:
    written, said = reference("we met at the pie torch stand"), hypothesis(*spoken("we met at the PyTorch stand"))
    edit = Edit((4, 6), "pie torch", "PyTorch", Kind.NAME, True, 0.9, (), Evidence())
    words = printed(written, Corrections((edit,)))
    found = scores(align(written, said), said, words, (edit,))
    assert len(found) == len(words) == 6
    assert found[4] == min(found)


def test_a_word_left_with_a_suggestion_is_doubted_and_a_corrected_one_less_than_it_was() -> None:
    written, said = reference("we met at the Minutel today"), hypothesis(*spoken("we met at the minute today"))
    sure = {}
    for applied in (True, False):
        edit = Edit((4, 5), "Minutel", "Minitel", Kind.NAME, applied, 0.9, (), Evidence())
        found = scores(align(written, said), said, printed(written, Corrections((edit,))), (edit,))
        sure[applied] = found[4]
        assert min(score for k, score in enumerate(found) if k != 4) > 0.9
    assert sure[False] == pytest.approx(1 - sure[True])
    assert sure[False] < 0.5 < sure[True]


@pytest.mark.parametrize(("spoilt", "low", "high"), [((), LEAST_WRONG, LEAST_WRONG), (("harbour", "every"), 0.15, MOST_WRONG)])
def test_the_share_of_wrong_words_is_learnt_where_the_recogniser_is_sure(spoilt: tuple[str, ...], low: float, high: float) -> None:
    words = hypothesis(*(replace(word, score=0.95) for word in spoken(TALK * 50)))
    written = TALK * 50
    for word in spoilt:
        written = written.replace(word, word[1:])
    assert low <= found(written, words).page <= high


def test_what_the_two_differ_in_where_the_recogniser_is_in_doubt_is_its_own() -> None:
    misheard = (
        replace(w, text=w.text[1:], score=0.4) if w.text in {"harbour", "every"} else replace(w, score=0.95) for w in spoken(TALK * 50)
    )
    words = hypothesis(*misheard)
    shares = found(TALK * 50, words)
    assert shares.page == LEAST_WRONG
    assert 0.1 < shares.recogniser < 0.15, "two of sixteen words"


def test_of_a_few_words_nothing_is_learnt() -> None:
    words = hypothesis(*spoken(TALK))
    right, wrong = (found(text, words).page for text in (TALK, TALK.replace("harbour", "arbour")))
    assert 0.01 < right < wrong < 0.03
