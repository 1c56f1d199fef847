"""What the alignment says of written and heard words that differ."""

import random
from string import ascii_lowercase

import pytest

from service.domain.align import Alignment, align
from service.domain.document import Status
from service.domain.script import Reference
from service.domain.span import Ms, Span
from service.domain.speech import Hypothesis
from tests.bench.align.episodes import ADVERTS, misheard
from tests.support.builders import hypothesis, line, reference, spoken, word

TALK = "so the first computer I had was a small machine that my father brought home from the office one winter evening"
ADVERT = "this show is brought to you by a mattress that remembers everything about the shape of your back buy one today"
OTHER_ADVERT = "plan your next summer holiday with cheap flights and hotels in every corner of the continent from only nine pounds"


def statuses(texts: tuple[str, ...], heard: str) -> list[tuple[Status, str, str]]:
    """The blocks as (status, written, heard), neighbours of the same status joined."""
    written, said = reference(*texts), hypothesis(*spoken(heard))
    rows: list[tuple[Status, str, str]] = []
    for block in align(written, said).blocks:
        row = (
            block.status,
            " ".join(t.text for t in written.tokens[slice(*block.tokens)]),
            " ".join(w.text for w in said.words[slice(*block.words)]),
        )
        if rows and rows[-1][0] == row[0]:
            last = rows.pop()
            row = (row[0], f"{last[1]} {row[1]}".strip(), f"{last[2]} {row[2]}".strip())
        rows.append(row)
    return rows


def aligned(written: Reference, said: Hypothesis) -> Alignment:
    return align(written, said)


def test_a_misspelt_name_is_substituted() -> None:
    rows = statuses(("everybody in France had a Minutel at home back then",), "everybody in France had a minimal at home back then")
    assert rows[1] == (Status.SUBSTITUTED, "Minutel", "minimal")
    assert [row[0] for row in rows] == [Status.MATCHED, Status.SUBSTITUTED, Status.MATCHED]


def test_two_heard_words_are_given_to_the_one_written_word_they_make() -> None:
    rows = statuses(("we sold the company named Moodstocks to a larger one",), "we sold the company named mood stocks to a larger one")
    assert [row[0] for row in rows] == [Status.MATCHED]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("2015", "twenty fifteen"),
        ("nineteen ninety-nine", "1999"),
        ("$35,000", "thirty five thousand dollars"),
        ("thirty five dollars", "$35"),
        ("50%", "fifty percent"),
        ("21st", "twenty first"),
        ("thirty-five", "35"),
        ("data sets", "datasets"),
        ("Clément’s", "Clements"),
        ("AT&T", "at and t"),
        ("$1.5 million", "one point five million dollars"),
        ("one and a half million dollars", "one and a half million dollars"),
        ("1,000,000 users", "a million users"),
        ("100k", "a hundred thousand"),
        ("one hundred and five", "105"),
        ("#1", "number one"),
        ("90°", "ninety degrees"),
        ("1/2", "one half"),
        ("6:30pm", "six thirty p m"),
        ("GPT-4", "G P T four"),
        ("G P T four", "GPT-4"),
        ("XLNet", "X L net"),
        ("aka.ms", "a k a dot m s"),
        ("https://aka.ms", "aka.ms"),
        ("https://www.openai.com/blog", "open ai dot com slash blog"),
        ("aka.ms/foo", "aka dot ms slash foo"),
        ("user@example.com", "user at example dot com"),
        ("Dr. Smith", "doctor smith"),
        ("Mister Jones", "Mr. Jones"),
        ("St. Louis", "saint louis"),
        ("Main St. was", "main street was"),
        ("St. Louis", "St. Louis"),
        ("etc.", "et cetera"),
        ("etc.", "etcetera"),
        ("a plan b or c", "a plan B or C"),
    ],
)
def test_spellings_of_the_same_words_match(written: str, heard: str) -> None:
    rows = statuses((f"he said that {written} was quite enough for them",), f"he said that {heard} was quite enough for them")
    assert {row[0] for row in rows} == {Status.MATCHED}


@pytest.mark.parametrize(
    ("written", "heard"),
    [("Saint", "street"), ("G P T four", "GPT five"), ("one half", "one third"), ("$15", "fifty dollars"), ("a K", "okay")],
)
def test_what_is_not_the_same_does_not_match(written: str, heard: str) -> None:
    rows = statuses((f"he said that {written} was quite enough for them",), f"he said that {heard} was quite enough for them")
    assert {row[0] for row in rows} != {Status.MATCHED}


def test_an_advertisement_that_is_only_written_is_unheard() -> None:
    rows = statuses((TALK, ADVERT, TALK[::-1]), f"{TALK} {TALK[::-1]}")
    assert (Status.UNHEARD, ADVERT, "") in rows


def test_an_advertisement_that_is_only_spoken_is_unwritten() -> None:
    rows = statuses((TALK,), f"{ADVERT} {TALK}")
    assert rows == [(Status.UNWRITTEN, "", ADVERT), (Status.MATCHED, TALK, TALK)]


def test_a_genuine_passage_between_two_swapped_advertisements_is_kept() -> None:
    rows = statuses((ADVERT, TALK, "and that was all of it"), f"{TALK} {OTHER_ADVERT} and that was all of it")
    assert (Status.UNHEARD, ADVERT, "") in rows
    assert (Status.UNWRITTEN, "", OTHER_ADVERT) in rows
    assert any(row[0] is Status.MATCHED and TALK in row[1] for row in rows)


@pytest.mark.parametrize(("written", "said"), [(9, 2), (1, 0), (5, 1)])
def test_words_that_are_alike_by_chance_tie_no_advertisement_to_another(written: int, said: int) -> None:
    rows = statuses((TALK, ADVERTS[written]), f"{TALK} {ADVERTS[said]}")
    assert [row[0] for row in rows] == [Status.MATCHED, Status.UNHEARD, Status.UNWRITTEN]


def test_misheard_words_beside_a_written_advertisement_are_not_part_of_it() -> None:
    rows = statuses(
        (TALK, ADVERT, "and we took it apart again"), f"{TALK.replace('winter evening', 'win the evening')} hand we took it apart again"
    )
    assert [row[1] for row in rows if row[0] is Status.UNHEARD] == [ADVERT]


def test_misheard_words_beside_a_spoken_advertisement_are_not_unheard() -> None:
    rows = statuses(
        (TALK, "That's how Kurosawa did it"), f"{TALK.replace('one winter evening', 'one went or')} {OTHER_ADVERT} dads howl Corso did it"
    )
    assert Status.UNHEARD not in {row[0] for row in rows}
    assert (Status.UNWRITTEN, "", OTHER_ADVERT) in rows


def test_in_a_text_without_lines_likeness_alone_says_what_is_talk() -> None:
    rows = statuses((f"{TALK} {ADVERT} and we took it",), f"{TALK} hand we tuck it")
    assert [row[1] for row in rows if row[0] is Status.UNHEARD] == [ADVERT]


def test_a_word_the_recogniser_skipped_is_inferred_where_there_is_time_for_it() -> None:
    words = spoken("we were in a very large house", each=300, gap=300)
    said = hypothesis(*(w for w in words if w.text != "very"))
    blocks = align(reference("we were in a very large house"), said).blocks
    assert [b.status for b in blocks if b.num_words == 0] == [Status.INFERRED]


def test_four_words_are_not_taken_for_a_part_of_their_neighbours() -> None:
    said = hypothesis(*spoken("we were in a very large house", each=300, gap=20))
    blocks = align(reference("we were in the middle of nowhere a very large house"), said).blocks
    assert [b.status for b in blocks if b.num_words == 0] == [Status.UNHEARD]


def test_a_word_that_is_drawn_out_may_hide_words() -> None:
    before, after = spoken("thank you for a better page"), spoken("both of you and goodbye", 4_000)
    drawn = word("you", before[-1].span.end, 4_000)
    blocks = align(
        reference("thank you for a better page Imani and Conquer too you both of you and goodbye"), hypothesis(*before, drawn, *after)
    ).blocks
    assert [b.status for b in blocks if b.num_words == 0] == [Status.INFERRED]


def test_there_is_no_time_for_a_long_unspoken_passage() -> None:
    blocks = align(reference(f"we were in {ADVERT} a very large house"), hypothesis(*spoken("we were in a very large house"))).blocks
    assert [b.status for b in blocks if b.num_words == 0] == [Status.UNHEARD]


def test_an_unrelated_transcript_is_refused_with_its_coverage() -> None:
    verdict = align(reference(*([OTHER_ADVERT] * 3)), hypothesis(*spoken(" ".join([TALK] * 3)))).verdict
    assert not verdict.accepted
    assert verdict.reason is not None
    assert "written words were heard" in verdict.reason


def test_a_transcript_of_a_part_is_accepted_with_full_coverage() -> None:
    verdict = align(reference(TALK), hypothesis(*spoken(f"{ADVERT} {TALK} {OTHER_ADVERT}"))).verdict
    assert verdict.accepted
    assert verdict.coverage == 1.0


def test_a_transcript_of_more_than_was_recorded_is_accepted_with_its_coverage() -> None:
    verdict = align(reference(TALK, ADVERT), hypothesis(*spoken(TALK))).verdict
    assert verdict.accepted
    assert verdict.coverage == pytest.approx(0.5, abs=0.05)


def test_another_episode_with_the_same_opening_and_advertisement_is_refused() -> None:
    other = " ".join(word[::-1] for word in f"{TALK} {OTHER_ADVERT}".split())
    verdict = align(reference(ADVERT, TALK, OTHER_ADVERT), hypothesis(*spoken(f"{ADVERT} {other} {other}"))).verdict
    assert not verdict.accepted
    assert "another episode" in (verdict.reason or "")


def test_an_episode_whose_advertisement_was_exchanged_is_accepted() -> None:
    assert align(reference(ADVERT, TALK, TALK[::-1]), hypothesis(*spoken(f"{OTHER_ADVERT} {TALK} {TALK[::-1]}"))).verdict.accepted


def test_an_advertisement_that_begins_like_the_talk_after_it_is_unheard_as_a_whole() -> None:
    rows = statuses((TALK, f"and now {ADVERT}", "and now the weather from the coast"), f"{TALK} and now the weather from the coast")
    assert [row[1] for row in rows if row[0] is Status.UNHEARD] == [f"and now {ADVERT}"]


SLOGAN = "this is slow water"
AROUND = ("the tide was low", "we found a shell", "it was quite blue", "then rain came down", "everyone ran home", "nobody ever returned")


@pytest.mark.parametrize("told", [10_000, 16_000])
def test_of_a_slogan_that_is_said_twice_the_one_at_the_old_time_is_taken(told: Ms) -> None:
    texts = [*AROUND[:3], SLOGAN, *AROUND[3:]]
    starts = [0, 2_000, 4_000, told, 20_000, 22_000, 24_000]
    cues = tuple(line(text, n, cue=Span(at, at)) for n, (text, at) in enumerate(zip(texts, starts, strict=True)))
    at_times = dict(zip(AROUND, (0, 2_000, 4_000, 20_000, 22_000, 24_000), strict=True))
    said = [(10_000, SLOGAN), (13_000, OTHER_ADVERT[:24]), (16_000, SLOGAN), *((at, text) for text, at in at_times.items())]
    heard = hypothesis(*(word for at, text in sorted(said) for word in spoken(text, at, each=200)))
    alignment = align(Reference("srt", "", cues), heard)
    block = next(b for b in alignment.blocks if b.num_tokens and b.tokens[0] == len(" ".join(texts[:3]).split()))
    assert heard.words[block.words[0]].span.start == told


def talk(seed: int, count: int = 120) -> str:
    """So many words; those of two seeds have nothing in common."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(ascii_lowercase, k=7)) for _ in range(count))


@pytest.mark.parametrize("order", [(2, 1, 0), (4, 3, 2, 1, 0), (3, 0, 2, 4, 1)])
def test_a_transcript_in_another_order_is_accepted(order: tuple[int, ...]) -> None:
    longest = len(order) // 2
    parts = [talk(part, 150 if part == longest else 120) for part in range(len(order))]
    assert align(reference(*parts), hypothesis(*spoken(" ".join(parts[part] for part in order)))).verdict.accepted


def test_the_same_words_in_another_order_are_refused() -> None:
    words = talk(1, 300).split()
    random.Random(2).shuffle(words)
    assert not align(reference(talk(1, 300)), hypothesis(*spoken(" ".join(words)))).verdict.accepted


@pytest.mark.parametrize("rate", [0.0, 0.2])
def test_a_short_episode_whose_advertisements_were_exchanged_is_accepted(rate: float) -> None:
    said = talk(1, 100)
    heard = misheard(hypothesis(*spoken(" ".join([*ADVERTS[4:6], said, *ADVERTS[6:8]]))), rate, random.Random(3))
    assert align(reference(*ADVERTS[:2], said, *ADVERTS[2:4]), heard).verdict.accepted


@pytest.mark.parametrize("count", [100, 300])
def test_another_episode_with_the_same_advertisements_is_refused(count: int) -> None:
    heard = hypothesis(*spoken(" ".join([*ADVERTS[:2], talk(2, count), *ADVERTS[2:4]])))
    assert not align(reference(*ADVERTS[:2], talk(1, count), *ADVERTS[2:4]), heard).verdict.accepted


def test_phrases_that_both_have_by_chance_do_not_hide_that_all_else_is_opposed() -> None:
    """One stands early in the one and late in the other."""
    opening, phrase = talk(3, 80), talk(4, 15)
    written = reference(opening, talk(1, 10), phrase, talk(1, 100))
    verdict = align(written, hypothesis(*spoken(f"{opening} {talk(2, 100)} {phrase} {talk(2, 10)}"))).verdict
    assert not verdict.accepted


def test_a_transcript_of_nothing_but_advertisements_is_judged_by_them() -> None:
    assert align(reference(ADVERTS[0]), hypothesis(*spoken(ADVERTS[0]))).verdict.accepted
    assert not align(reference(ADVERTS[0]), hypothesis(*spoken(ADVERTS[1]))).verdict.accepted
