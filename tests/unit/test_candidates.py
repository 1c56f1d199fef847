"""Where spellings come from."""

from collections import Counter
from dataclasses import replace

import pytest

from service.domain.candidates import Candidate, bare, candidates, candidates_by_ear, metadata, names_in, trim, vocabulary
from service.domain.lexicon import LexiconEntry
from service.domain.options import Options, Term
from service.domain.phonetics import similarity
from service.domain.shadows import without_shadows
from tests.support.builders import reference

WORDS = dict.fromkeys(
    [
        "so",
        "the",
        "was",
        "a",
        "big",
        "thing",
        "in",
        "every",
        "home",
        "we",
        "used",
        "it",
        "and",
        "then",
        "everybody",
        "forgot",
        "about",
        "him",
        "said",
        "today",
        "we",
        "talk",
        "with",
    ],
    6.0,
)


def usual(word: str) -> float:
    return WORDS.get(word, 0.0)


class SmallLexicon:
    """A lexicon of a few entries, searched one by one."""

    def __init__(self, *entries: LexiconEntry) -> None:
        self.entries = entries

    def near(self, text: str, limit: int) -> tuple[tuple[LexiconEntry, float], ...]:
        return tuple(sorted(((e, similarity(text, e.text)) for e in self.entries), key=lambda pair: -pair[1]))[:limit]

    @property
    def shares(self) -> dict[str, float]:
        return {field: count / len(self.entries) for field, count in Counter(entry.field for entry in self.entries).items()}

    def homophone(self, text: str) -> LexiconEntry | None:
        return next((e for e in self.entries if similarity(text, e.text) == 1), None)

    def get(self, text: str) -> LexiconEntry | None:
        return next((e for e in self.entries if e.text.lower() == text.lower()), None)


TALK = reference("The Minitel was a big thing.", "So Minitel in every home, and Minutel, then Qwen.")


def test_names_of_the_talk_are_known_with_their_counts() -> None:
    known = vocabulary(TALK, Options(), usual, SmallLexicon())
    assert {"Minitel", "Minutel", "Qwen"} <= {term.text for term in known.terms}
    assert (known.count("Minitel"), known.count("Minutel"), known.count("every home")) == (2, 1, 1)


def test_ordinary_words_at_the_start_of_a_sentence_are_no_names() -> None:
    assert {"The", "So"}.isdisjoint({term.text for term in vocabulary(TALK, Options(), usual, SmallLexicon()).terms})


def test_the_right_spelling_in_the_document_is_a_candidate_for_the_wrong_one() -> None:
    found = candidates("Minutel", "", vocabulary(TALK, Options(), usual, SmallLexicon()), SmallLexicon())
    assert (found[0].text, found[0].in_document) == ("Minitel", 2)


def test_title_and_glossary_are_witnesses() -> None:
    options = Options(title="How Qwen came to be", glossary=(Term("Moodstocks", ("mood stocks",)),))
    known = vocabulary(reference("we talk with Mootstocks and Quen"), options, usual, SmallLexicon())
    assert candidates("Quen", "", known, SmallLexicon())[0].in_metadata == 1
    assert candidates("Mootstocks", "", known, SmallLexicon())[0].in_glossary
    assert known.told_in("Qwen and Quen") == {"Qwen"}


def test_what_sounds_like_a_name_of_the_title_is_no_candidate_beside_it() -> None:
    talk = reference("So Burkett was big, and Birkitt in every home.")
    lexicon = SmallLexicon(LexiconEntry("BERKETT", 5), LexiconEntry("Birkitts", 2))
    known = vocabulary(talk, Options(title="Birkett"), usual, lexicon)
    assert [c.text for c in without_shadows(candidates("Burkett", "berkit", known, lexicon), no_word)] == ["Birkett"]
    untold = vocabulary(talk, Options(), usual, lexicon)
    assert {"Birkitt", "BERKETT"} <= {c.text for c in without_shadows(candidates("Burkett", "", untold, lexicon), no_word)}


def test_a_name_that_few_know_gives_way_to_a_far_better_known_one_that_sounds_nearly_like_it() -> None:
    few, many, talked_of = (
        Candidate("Strasburg", 0.97, prior=2),
        Candidate("Strasbourg", 0.93, prior=4),
        Candidate("Strasburg", 0.97, 1, prior=2),
    )
    assert without_shadows((few, many), no_word) == (many,)
    for other in (replace(many, prior=3), replace(many, phonetic=0.9), Candidate("Salzburg", 0.97, prior=4)):
        assert without_shadows((few, other), no_word) == (few, other)
    assert without_shadows((talked_of, many), no_word) == (talked_of, many)


def test_an_ordinary_word_that_was_heard_is_no_shadow_of_a_name_that_was_told() -> None:
    name, heard = Candidate("B Side", 0.9, in_metadata=1), Candidate("beside", 0.9, heard=True)
    assert without_shadows((name, heard), lambda text: text == "beside") == (name, heard)
    assert without_shadows((name, heard), no_word) == (name,)


def no_word(_: str) -> bool:
    return False


def test_what_was_heard_has_the_hyphens_of_what_is_written() -> None:
    known = vocabulary(TALK, Options(), usual, SmallLexicon())
    assert [c.text for c in candidates("fine-sune", "fine tune", known, SmallLexicon())] == ["fine-tune"]


def test_the_same_letters_are_counted_as_they_are_spelled() -> None:
    talk = reference("A Mini Tel is no Minitel, said the Minitel men. One dry kiln, another dry kiln, a drykiln.")
    known = vocabulary(talk, Options(), usual, SmallLexicon())
    assert (known.count("Minitel"), known.count_beside("Minitel", "Mini Tel"), known.count_beside("Minitel", "Minutel")) == (3, 2, 3)
    assert (known.count("dry kiln"), known.count_beside("dry kiln", "drykiln")) == (3, 2)


def test_the_lexicon_proposes_what_the_document_does_not_hold() -> None:
    lexicon = SmallLexicon(LexiconEntry("Kubernetes", 4), LexiconEntry("Zanzibar", 3))
    (found,) = candidates("cuber netties", "", vocabulary(TALK, Options(), usual, SmallLexicon()), lexicon)
    assert (found.text, found.prior) == ("Kubernetes", 4)


def test_the_episode_speaks_of_the_fields_of_its_names() -> None:
    lexicon = SmallLexicon(
        LexiconEntry("Minitel", 3, field="technology"), LexiconEntry("Qwen", 4, field="ai"), LexiconEntry("Quinn", 3, field="people")
    )
    known = vocabulary(TALK, Options(), usual, lexicon)
    assert known.fields["ai"] > 0 > known.fields["people"]
    found = {c.text: c.in_field for c in candidates("Quen", "", known, lexicon)}
    assert found["Qwen"] == known.fields["ai"]


def test_what_the_recogniser_heard_is_marked_as_such() -> None:
    found = candidates("Chachi", "charger", vocabulary(TALK, Options(), usual, SmallLexicon()), SmallLexicon())
    assert [c.text for c in found if c.heard] == ["charger"]


@pytest.mark.parametrize(
    ("text", "trimmed"), [("“Minutel,”", "Minutel"), ("(Qwen)", "Qwen"), ("Yaamava'", "Yaamava"), ("$35", "$35"), ("—", "")]
)
def test_trimming(text: str, trimmed: str) -> None:
    assert trim(text) == trimmed


def test_the_possessive_is_not_part_of_a_name() -> None:
    assert bare("Clem’s,") == "Clem"


def test_names_do_not_run_across_punctuation() -> None:
    assert "Ada Bruno" not in set(names_in("with Ada, Bruno and others"))


def test_metadata_holds_heading_title_description_details_and_names() -> None:
    text = metadata(reference("we talk", names=("Ada",)), Options(title="One", description="Two", details="Three"))
    assert text.split("\n") == ["One", "Two", "Three", "", "Ada"]


def test_a_feeds_description_is_read_without_its_html() -> None:
    text = metadata(reference("we talk"), Options(description='<p>With <a href="https://example.com/Qwen">Ada</a>&nbsp;&amp; Bruno</p>'))
    assert set(names_in(text)) == {"With", "With Ada", "Ada", "Bruno"}


def test_a_candidate_does_not_leave_written_words_out() -> None:
    known = vocabulary(TALK, Options(title="On Qwen"), usual, SmallLexicon())
    assert "Qwen" not in {c.text for c in candidates("the Qwen", "", known, SmallLexicon(LexiconEntry("Qwen", 4)))}


def test_names_do_not_run_across_lines() -> None:
    assert "Lovelace Bruno" not in set(names_in("Ada Lovelace\nBruno"))


def test_what_was_heard_leads_to_a_name_that_the_page_hardly_sounds_like() -> None:
    lexicon = SmallLexicon(LexiconEntry("Caravaggio", 4), LexiconEntry("Zanzibar", 3))
    known = vocabulary(TALK, Options(), usual, lexicon)
    assert candidates("carry a judge", "", known, lexicon) == ()
    (found,) = candidates_by_ear("carry a judge", "Caravagio", known, lexicon)
    assert (found.text, found.heard) == ("Caravaggio", False)


def test_what_was_heard_leads_to_nothing_unlike_the_page() -> None:
    lexicon = SmallLexicon(LexiconEntry("Zanzibar", 3))
    assert candidates_by_ear("the sea", "Zanzibar", vocabulary(TALK, Options(), usual, lexicon), lexicon) == ()


def test_what_the_metadata_spells_is_known_with_and_without_its_possessive() -> None:
    known = vocabulary(TALK, Options(description="Tom Birtwhistle on salamanders"), usual, SmallLexicon())
    assert known.told_in("on Birtwhistle's law") == {"Birtwhistle"}
    assert known.told_in("Birtwistle") == set()


def test_by_ear_what_was_heard_comes_before_what_sounds_like_it() -> None:
    alike = [LexiconEntry(text, 3) for text in ("Perlin", "Verlin", "Merlyn")]
    lexicon = SmallLexicon(*alike, LexiconEntry("Berlin", 3))
    known = vocabulary(TALK, Options(), usual, lexicon)
    assert candidates_by_ear("Merlin", "Berlin", known, lexicon)[0].text == "Berlin"


def test_of_what_was_recognised_in_part_only_the_episodes_own_terms_are_asked() -> None:
    lexicon = SmallLexicon(LexiconEntry("Enceladus", 4))
    talk = vocabulary(reference("A moon called Enceladus it was."), Options(), usual, lexicon)
    other = vocabulary(TALK, Options(), usual, lexicon)
    found = [candidates_by_ear("and cellar does", "And Celadus", known, lexicon, whole=False) for known in (talk, other)]
    assert [[c.text for c in some] for some in found] == [["Enceladus"], []]


@pytest.mark.parametrize(
    ("text", "heard"),
    [("it's", "it"), ("the cigars", "cigar"), ("my favorite", "my favor"), ("um", "them"), ("wanna", "want"), ("it is", "it")],
)
def test_the_recogniser_is_not_believed_about_cries_ends_and_words_left_out(text: str, heard: str) -> None:
    known = vocabulary(TALK, Options(), usual, SmallLexicon())
    assert not any(c.heard for c in candidates(text, heard, known, SmallLexicon()))


def test_what_was_heard_as_one_word_may_be_one() -> None:
    found = candidates("any body", "anybody", vocabulary(TALK, Options(), usual, SmallLexicon()), SmallLexicon())
    assert [(c.text, c.heard) for c in found] == [("anybody", True)]


def test_a_term_of_the_metadata_echoes_in_words_that_sound_nearly_like_it() -> None:
    known = vocabulary(TALK, Options(title="Ada Moat on castles"), usual, SmallLexicon())
    assert known.echo("mode") is not None
    assert known.echo("Moat") is None
    assert known.echo("castle") is None


def test_of_many_that_sound_alike_the_best_known_and_those_of_the_episodes_field_come_first() -> None:
    alike = [LexiconEntry(text, 1, field="names") for text in ("Mynetel", "Minitell", "Minnetel", "Mineetel")]
    lexicon = SmallLexicon(*alike, LexiconEntry("Minitel", 4, field="technology"))
    known = vocabulary(reference("We had it at home."), Options(), usual, lexicon)
    assert [c.text for c in candidates("Minutel", "", known, lexicon, limit=1)] == ["Minitel"]


LINKS = Options(
    details='Their fund: https://www.betaworks.com/about-us?x=1\n<a href="https://github.com/karpathy/nanoGPT">code</a>, theo@fable.ai'
)


def test_addresses_are_no_terms_but_their_parts_are() -> None:
    terms = {term.text: term.in_metadata for term in vocabulary(TALK, LINKS, usual, SmallLexicon()).terms}
    assert not [text for text in terms if set("/@.:") & set(text)]
    assert {"betaworks", "karpathy", "nanoGPT", "theo", "fable"} <= {text for text, times in terms.items() if times == 1}
    assert "about" not in terms


@pytest.mark.parametrize(("written", "right"), [("Betarworks", "Betaworks"), ("betarworks", "betaworks")])
def test_what_only_an_address_spells_has_the_capital_of_what_is_written(written: str, right: str) -> None:
    found = candidates(written, "", vocabulary(TALK, LINKS, usual, SmallLexicon()), SmallLexicon())
    assert [(c.text, c.in_metadata) for c in found] == [(right, 1)]


@pytest.mark.parametrize(("written", "found"), [("Theo Jaffey", []), ("theo jaffee", []), ("theo jaffey", ["theojaffee"])])
def test_an_address_says_nothing_of_spaces(written: str, found: list[str]) -> None:
    known = vocabulary(TALK, Options(details="theojaffee.com"), usual, SmallLexicon())
    assert [c.text for c in candidates(written, "", known, SmallLexicon())] == found


def test_an_address_vouches_for_the_spelling_of_the_page_and_the_lexicon() -> None:
    page = vocabulary(TALK, Options(details="https://minitel.fr"), usual, SmallLexicon())
    entry = vocabulary(TALK, Options(details="https://openai.com"), usual, SmallLexicon(LexiconEntry("OpenAI", 5)))
    told = [(term.text, term.in_metadata, term.letters_only) for known in (page, entry) for term in known.terms if term.told]
    assert told == [("Minitel", 1, False), ("OpenAI", 1, False)]


@pytest.mark.parametrize(
    ("talk", "name", "twin"),
    [
        ("we used Julien and Julien and then Julianne", "Julianne", "Julien"),
        ("we used Julien and Julien and then Julianne", "Julianne's", "Julien"),
        ("we used Julien and Julien and then Julianne", "Julien", None),
        ("we used Julien and then Julianne", "Julianne", None),
        ("we used Castle and Castle and then Castles", "Castles", None),
        ("we used Julien and Julien and then julianne", "julianne", None),
        ("with Julien Moreau and Julien and then Julianne Moreau", "Julianne", "Julien"),
        ("with Julien Codorniou and Julien and then Julianne", "Julianne", "Julien"),
        ("with Julien Codorniou and Julien and then Julianne Lennon", "Julianne", None),
    ],
)
def test_a_name_has_a_more_usual_twin_unless_the_talk_shows_two(talk: str, name: str, twin: str | None) -> None:
    found = vocabulary(reference(talk), Options(), usual, SmallLexicon()).twin(name)
    assert (found.text if found else None) == twin
