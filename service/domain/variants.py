"""When two spellings are the same word after all: another ending, another country's spelling, words left out, a cry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from service.domain.context import plain
from service.domain.phonetics import similarity
from service.domain.reading import squeeze

_ENDINGS = ("'s", "'re", "'ve", "'ll", "'d", "'m", "s", "ed")
_CONTRACTED = {"'re": " are", "'ve": " have", "'ll": " will", "'m": " am", "n't": " not"}
"""What stands for a word of its own at the end of another."""

_HISSED = ("ses", "xes", "zes", "hes", "oes")
"""Where -es is an ending: boxes, not Margulies."""

_CRIES = frozenset({
    *("ah", "aha", "eh", "er", "erm", "ha", "hey", "hm", "hmm", "huh", "mhm", "mm", "nah", "nope", "oh", "ok", "okay", "ooh", "oops"),
    *("uh", "uhm", "um", "whoa", "wow", "yeah", "yep"),
})  # fmt: skip
"""Disfluencies and interjections, which are the speaker's and the author's own."""

_EASY = frozenset({
    *("ain't", "betcha", "c'mon", "cos", "coulda", "cuz", "dunno", "em", "gimme", "gonna", "gotcha", "gotta", "hafta", "innit"),
    *("kinda", "lemme", "mighta", "musta", "nothin", "oughta", "outta", "shoulda", "somethin", "sorta", "til", "tryna", "wanna"),
    *("whatcha", "woulda", "y'all", "ya", "ye", "yer"),
})  # fmt: skip
"""Forms of easy speech, which nobody writes by mistake."""

_BRITISH = [
    (re.compile(pattern), american)
    for pattern, american in (
        (r"([aeiouy][^aeiouy]+[aeo])ll(?=(?:ed|ing|ers?|ors?)$)", r"\1l"),
        (r"([aeiouy][^aeiouy]+)our(?=(?:s|ed|ing|ite|ites|able|ful)?$)", r"\1or"),
        (r"([iy])s(?=(?:e[ds]?|ing|ations?|ers?)$)", r"\1z"),
        (r"([bt])re(?=s?$)", r"\1er"),
        (r"ogue(?=s?$)", "og"),
        (r"ence(?=s?$)", "ense"),
        (r"[ao]e", "e"),
    )
]
"""What of a word in small letters is spelled otherwise in America: endings, and the digraphs of Latin and Greek (docs/decisions/0236)."""

_SPELLED_TWO_WAYS = """
acknowledgement/acknowledgment adviser/advisor aeon/eon ageing/aging annexe/annex artefact/artifact axe/ax barbeque/barbecue
benefitt/benefit blonde/blond calibre/caliber camomile/chamomile carcase/carcass caviare/caviar cheque/check chilli/chili cosi/cozi
cosy/cozy councillor/councilor counsellor/counselor cypher/cipher disc/disk distill/distil doughnut/donut draught/draft drier/dryer
dwarve/dwarf dyke/dike enquir/inquir enroll/enrol flier/flyer focuss/focus fulfill/fulfil furore/furor gipsy/gypsy grandad/granddad
grey/gray guerilla/guerrilla hiccough/hiccup instalment/installment instill/instil jeweller/jeweler judgement/judgment kerb/curb
licenc/licens likeable/likable manoeuvr/maneuver mic/mike mollusc/mollusk mould/mold moustache/mustache phoney/phony plough/plow
practis/practic programme/program protestor/protester pyjama/pajama racquet/racket sabre/saber savannah/savanna sceptic/skeptic
skilful/skillful smoulder/smolder storey/story stories/storys sulphur/sulfur syphon/siphon thru/through tonne/ton tyre/tire
vermillion/vermilion whiskies/whiskeys whisky/whiskey wilful/willful yoghurt/yogurt
"""
_OTHER_WAY = dict(pair.split("/") for pair in _SPELLED_TWO_WAYS.split())
"""Beginnings of words that are spelled otherwise elsewhere, or by others, by no rule: the first is put as the second, which has none of
them at its own beginning.
"""

_BY_NO_RULE = re.compile(rf"\b({'|'.join(_OTHER_WAY)})")

SAME_SOUND = 0.94
"""Least likeness in sound of the two, in [0, 1]: metre and meter, theatre and theater have no more (0.941, 0.947)."""

FEWEST_LETTERS = 5
"""Of a word that may be of another country: four and for are two."""


def is_no_other_word(text: str, heard: str) -> bool:
    """Whether what was heard is what is written but for words or an end left out, or in another country's spelling: a recogniser is not to
    be believed about those, nor about cries and forms of easy speech. Of one word another ending (burn, burned) and a beginning (tramp,
    tram) is another word, and so is one that sounds like several (handed, hand it).
    """
    if _CRIES & {*plain(text), *plain(heard)} or _EASY.intersection(plain(text)):
        return True
    if only_drops_words(text, heard) or any(of_two_countries(run, heard) for run in _runs(text)):
        return True
    if len(_words(text)) == 1:
        return differ_in_ending(text, heard) and not is_other_ending(text, heard)
    cut = text.casefold().startswith(heard.casefold()) or any(differ_in_ending(run, heard) for run in _runs(text))
    return cut and similarity(text, heard) < SAME_SOUND


def of_two_countries(text: str, other: str) -> bool:
    """Whether the two are the same as they are spelled in Britain and in America. Names have one spelling.

    >>> of_two_countries("Ploughed", "plowed"), of_two_countries("enquiries", "inquiries"), of_two_countries("enrolment", "enrollment")
    (True, True, True)
    >>> of_two_countries("quarrelling", "quarreling"), of_two_countries("The colour", "the color"), of_two_countries("filling", "filing")
    (True, True, False)
    """
    if text.istitle() and other.istitle():
        return False
    here, there = (_BY_NO_RULE.sub(lambda found: _OTHER_WAY[found[1]], words.casefold()) for words in (text, other))
    ours, theirs = ([_in_america(squeeze(word)) for word in words.split()] for words in (here, there))
    return ours == theirs and squeeze(text) != squeeze(other) and similarity(here, there) >= SAME_SOUND


def _in_america(word: str) -> str:
    for british, american in _BRITISH if len(word) >= FEWEST_LETTERS else ():
        word = british.sub(american, word)
    return word


def _words(text: str) -> list[str]:
    """The words of the text, those joined by hyphens and those contracted as several."""
    apart = text.replace("-", " ").replace("’", "'")
    for short, whole in _CONTRACTED.items():
        apart = re.sub(rf"{short}\b", whole, apart)
    return apart.split()


def _runs(text: str) -> Iterator[str]:
    """The words of the text that follow one another, in every choice."""
    words = _words(text)
    return (" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1))


def is_cry(word: str) -> bool:
    """Whether a word, in small letters, is a hesitation, a cry or a form of easy speech."""
    return word in _CRIES or word in _EASY


def only_drops_words(text: str, candidate: str) -> bool:
    """Whether the candidate is what is written with words left out at its beginning or end: that is no other spelling.

    >>> only_drops_words("the Minitel", "Minitel"), only_drops_words("I've", "have"), only_drops_words("we're", "were")
    (True, True, False)
    """
    whole, kept = " ".join(_words(text)), squeeze(candidate)
    return any(squeeze(run) == kept for run in _runs(text) if run != whole)


def differ_in_ending(text: str, other: str) -> bool:
    """Whether the two are one word with different endings, or the same.

    >>> differ_in_ending("Castles", "castle"), differ_in_ending("moved", "moves"), differ_in_ending("breath", "breathe")
    (True, True, False)
    >>> differ_in_ending("boxes", "box"), differ_in_ending("Margulies", "Margulis"), differ_in_ending("Unishard", "Unishared")
    (True, False, False)
    """
    return not _stems(text).isdisjoint(_stems(other))


def is_other_ending(text: str, other: str) -> bool:
    """Whether one of two words is the other with an end of letters added or left out, or both have endings of one word.

    >>> is_other_ending("burn", "burned"), is_other_ending("tramp", "tram"), is_other_ending("it", "it's")
    (True, True, False)
    """
    ours, theirs = text.casefold(), other.casefold()
    longer = ours.startswith(theirs) or theirs.startswith(ours) or differ_in_ending(ours, theirs)
    return longer and ours != theirs and not any(mark in ours + theirs for mark in " '’")


@lru_cache(maxsize=16_384)
def _stems(text: str) -> frozenset[str]:
    """The text in small letters, without each ending it may have, and with it."""
    small = text.casefold().replace("’", "'")
    hissed = {small.removesuffix("es")} if small.endswith(_HISSED) else set()
    past = {small.removesuffix("d")} if small.endswith("ed") else set()
    return frozenset({small, *hissed, *past, *(small.removesuffix(ending) for ending in _ENDINGS)} - {""})
