"""Laws of scores, whatever was heard and however much page and recogniser err."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from service.domain.blocks import Block
from service.domain.document import Status
from service.domain.scores import LEAST_MISHEARD, LEAST_WRONG, MOST_WRONG, Rates, Witnesses, probability, revised
from service.domain.span import Span
from service.domain.speech import Word

SCORES = st.floats(0, 1)
WRONG = st.floats(LEAST_WRONG, MOST_WRONG)
RATES = st.builds(Rates, WRONG, st.floats(LEAST_MISHEARD, 1), SCORES)
SIZES = st.integers(1, 5)
HEARD = st.sampled_from((Status.MATCHED, Status.SUBSTITUTED))


def of(status: Status, tokens: int, scores: list[float], rates: Rates) -> float:
    words = tuple(Word("word", Span(0, 1), score) for score in scores)
    return probability(Witnesses(Block(status, (0, tokens), (0, len(words))), words), rates)


@given(status=HEARD, tokens=SIZES, scores=st.lists(SCORES, min_size=1, max_size=5), rates=RATES)
def test_a_score_is_a_probability(status: Status, tokens: int, scores: list[float], rates: Rates) -> None:
    assert 0 <= of(status, tokens, scores, rates) <= 1


@given(tokens=SIZES, scores=st.tuples(SCORES, SCORES).map(sorted), rates=RATES)
def test_a_surer_recogniser_says_more_for_what_it_hears_and_against_all_else(tokens: int, scores: list[float], rates: Rates) -> None:
    less, more = scores
    assert of(Status.MATCHED, tokens, [less], rates) <= of(Status.MATCHED, tokens, [more], rates)
    assert of(Status.SUBSTITUTED, tokens, [less], rates) >= of(Status.SUBSTITUTED, tokens, [more], rates)


@given(status=HEARD, tokens=SIZES, score=SCORES, rates=RATES, shares=st.tuples(WRONG, WRONG).map(sorted))
def test_in_a_worse_transcript_every_word_is_less_probable(
    status: Status, tokens: int, score: float, rates: Rates, shares: list[float]
) -> None:
    better, worse = (of(status, tokens, [score], replace(rates, page=share)) for share in shares)
    assert better >= worse


@given(confidences=st.tuples(SCORES, SCORES).map(sorted), page=WRONG)
def test_a_surer_correction_stays_the_surer_however_good_the_page(confidences: list[float], page: float) -> None:
    less, more = (revised(confidence, page) for confidence in confidences)
    assert 0 <= less <= more <= 1
