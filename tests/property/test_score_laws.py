"""Laws of scores, whatever was heard and however much of a transcript is wrong."""

from hypothesis import given
from hypothesis import strategies as st

from service.domain.align import Block
from service.domain.document import Status
from service.domain.scores import LEAST_WRONG, MOST_WRONG, probability
from service.domain.span import Span
from service.domain.speech import Word

SCORES = st.floats(0, 1)
WRONG = st.floats(LEAST_WRONG, MOST_WRONG)
SIZES = st.integers(1, 5)


def of(status: Status, tokens: int, scores: list[float], wrong: float) -> float:
    words = tuple(Word("word", Span(0, 1), score) for score in scores)
    return probability(Block(status, (0, tokens), (0, len(words))), words, wrong)


@given(
    status=st.sampled_from((Status.MATCHED, Status.SUBSTITUTED)), tokens=SIZES, scores=st.lists(SCORES, min_size=1, max_size=5), wrong=WRONG
)
def test_a_score_is_a_probability(status: Status, tokens: int, scores: list[float], wrong: float) -> None:
    assert 0 <= of(status, tokens, scores, wrong) <= 1


@given(tokens=SIZES, scores=st.tuples(SCORES, SCORES).map(sorted), wrong=WRONG)
def test_a_surer_recogniser_says_more_for_what_it_hears_and_against_all_else(tokens: int, scores: list[float], wrong: float) -> None:
    less, more = scores
    assert of(Status.MATCHED, tokens, [less], wrong) <= of(Status.MATCHED, tokens, [more], wrong)
    assert of(Status.SUBSTITUTED, tokens, [less], wrong) >= of(Status.SUBSTITUTED, tokens, [more], wrong)


@given(status=st.sampled_from((Status.MATCHED, Status.SUBSTITUTED)), tokens=SIZES, score=SCORES, shares=st.tuples(WRONG, WRONG).map(sorted))
def test_in_a_worse_transcript_every_word_is_less_probable(status: Status, tokens: int, score: float, shares: list[float]) -> None:
    better, worse = shares
    assert of(status, tokens, [score], better) >= of(status, tokens, [score], worse)


@given(tokens=SIZES, score=SCORES, wrong=WRONG)
def test_a_word_that_is_heard_is_more_probable_than_one_against_which_another_is_heard(tokens: int, score: float, wrong: float) -> None:
    assert of(Status.MATCHED, tokens, [score], wrong) >= of(Status.SUBSTITUTED, tokens, [score], wrong)
