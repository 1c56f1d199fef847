"""How written forms sound, and how alike they sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from service.domain import sound_index
from service.domain.phonetics import Pronunciations, keys, keys_of, marks, of_arpabet, similarity, skeleton_of, sounds
from service.domain.sound_index import SoundIndex

MISHEARD = [
    ("Minutel", "Minitel", 0.9),
    ("Quen", "Qwen", 0.95),
    ("pie torch", "PyTorch", 0.95),
    ("cuber netties", "Kubernetes", 0.9),
    ("Chachi PT", "ChatGPT", 0.85),
    ("Ticking Face", "Hugging Face", 0.75),
    ("Betawks", "Betaworks", 0.8),
    ("Giulien", "Julien", 0.95),
    ("Walthfront", "Wealthfront", 0.9),
    ("Unishade", "Unishared", 0.8),
    ("John Boers Week", "John Borthwick", 0.8),
    ("Mito's", "Mythos", 0.85),
    ("DeepSeq", "DeepSeek", 0.9),
    ("open eye", "OpenAI", 0.8),
    ("ExcelNet", "XLNet", 0.8),
    ("is m pick", "Ozempic", 0.7),
    ("mick low vin", "McLovin", 0.75),
    ("kee leon mbappay", "Kylian Mbappé", 0.8),
    ("oop sala", "Uppsala", 0.85),
    ("shove on", "Siobhan", 0.6),
    ("vall enski", "Volynskyi", 0.6),
    ("new moania", "pneumonia", 0.85),
    ("day boosy", "Debussy", 0.85),
]
UNLIKE = [
    ("hospital", "Minitel"),
    ("banana", "Kubernetes"),
    ("garden", "Qwen"),
    ("yesterday", "Ozempic"),
    ("window", "Julien"),
    ("the", "Mythos"),
]


@pytest.mark.parametrize(("heard", "right", "least"), MISHEARD)
def test_a_mishearing_sounds_like_the_name(heard: str, right: str, least: float) -> None:
    assert similarity(heard, right) >= least


@pytest.mark.parametrize(("a", "b"), UNLIKE)
def test_other_words_do_not(a: str, b: str) -> None:
    assert similarity(a, b) < 0.6


@pytest.mark.parametrize(("heard", "right", "_"), [pair for pair in MISHEARD if pair[2] >= 0.75])
def test_what_sounds_alike_shares_a_key(heard: str, right: str, _: float) -> None:
    assert keys_of(heard) & {key for said in sounds(right) for key in keys(skeleton_of(said))}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GPT", "Jipiti"),
        ("xAI", "EkseY"),
        ("2", "tu"),
        ("GPT-4", "JipitifOr"),
        ("TensorFlow", "tEns@rflo"),
        ("knight", "nYt"),
        ("Wright", "rYt"),
        ("psychology", "sYkAlAJi"),
        ("phone", "fon"),
        ("AT&T", "etiandti"),
        ("AI", "eY"),
    ],
)
def test_how_a_text_is_read(text: str, said: str) -> None:
    assert said in sounds(text)


@pytest.mark.parametrize(
    ("text", "said"), [("Julien", "ZuljEn"), ("Renault", "rEno"), ("Wagner", "vAgn@r"), ("Xiaomi", "SiAomi"), ("Jalapeño", "hAlApenjo")]
)
def test_a_name_is_also_said_as_its_own_language_does(text: str, said: str) -> None:
    assert similarity(text, said) > 0.0
    assert any(marks(said) == marks(other) or skeleton_of(said) == skeleton_of(other) for other in sounds(text))


def test_accents_case_and_spaces_do_not_count() -> None:
    assert similarity("Clément", "Clement") == 1.0
    assert similarity("Hugging Face", "hugging-face") == 1.0
    assert sounds("TensorFlow")[0] == sounds("Tensor Flow")[0]


def test_a_dictionary_is_believed_before_the_rules() -> None:
    dictionary = Pronunciations({"worcester": ("W UH1 S T ER0",)})
    assert sounds("Worcester", dictionary)[0] == "wUst@r"
    assert sounds("Worcester")[0] != "wUst@r"


def test_arpabet_is_read_with_and_without_stress() -> None:
    assert of_arpabet("CH AE1 T") == of_arpabet("CH AE T") == "Cat"


@pytest.mark.parametrize("text", ["", "...", "漢字", "—"])
def test_what_has_no_sound_is_like_nothing(text: str) -> None:
    assert sounds(text) == ()
    assert similarity(text, "anything") == 0.0


@given(st.text(max_size=24), st.text(max_size=24))
def test_similarity_is_a_symmetric_share(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) <= 1.0
    assert similarity(a, b) == similarity(b, a)


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=2, max_size=14))
def test_a_word_sounds_like_itself(word: str) -> None:
    assert sounds(word) == () or similarity(word, word.capitalize()) == 1.0


CONSONANTS = st.sampled_from("pftsSknlr")


@given(st.text(CONSONANTS, min_size=5, max_size=9), st.data())
def test_one_lost_consonant_leaves_a_shared_key(skeleton: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(skeleton) - 1))
    assert set(keys(skeleton)) & set(keys(skeleton[:at] + skeleton[at + 1 :]))


@given(st.text(CONSONANTS, min_size=4, max_size=9), CONSONANTS, st.data())
def test_one_other_consonant_leaves_a_shared_key(skeleton: str, other: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(skeleton) - 1))
    assert set(keys(skeleton)) & set(keys(skeleton[:at] + other + skeleton[at + 1 :]))


@pytest.mark.parametrize(("a", "b"), [("krt", "kt"), ("klt", "krt"), ("pks", "fks"), ("sn", "Sn"), ("", "")])
def test_short_skeletons_share_a_key_when_sounds_easily_confused_differ(a: str, b: str) -> None:
    assert set(keys(a)) & set(keys(b))


OFTEN_CONFUSED = [("p", "b"), ("t", "d"), ("k", "g"), ("f", "v"), ("s", "z"), ("m", "n"), ("l", "r"), ("w", "v"), ("i", "e"), ("A", "O")]


@pytest.mark.parametrize(("a", "b"), OFTEN_CONFUSED)
def test_sounds_often_taken_for_each_other_are_near(a: str, b: str) -> None:
    def distance(x: str, y: str) -> int:
        return Levenshtein.distance(marks(x), marks(y))

    assert distance(a, b) < distance(a, "") or (a, b) == ("l", "r")
    assert distance(a, b) < distance(a, "S" if a in "ieA" else "i")


def test_the_index_finds_the_nearest_of_many() -> None:
    index = SoundIndex.of([("kub@rnEtiz",), ("kub@",), ("bAb@l",)])
    assert [at for at, _ in index.near(("kjub@rnEdz",), 5)] == [0]
    assert index.near(("zAz",), 5) == ()


def test_no_more_is_kept_at_hand_than_is_asked_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("Minitel", "Moodstocks", "Qwen", "Kubernetes", "PyTorch", "Unishared")
    index = SoundIndex.of(map(sounds, names))
    found = [index.near(sounds(name), limit=3) for name in names]
    monkeypatch.setattr(sound_index, "MOST_ASKED", 5)
    small = SoundIndex.of(map(sounds, names))
    assert [small.near(sounds(name), limit=3) for name in 2 * names] == 2 * found
    assert len(small._asked) <= 5 < len(index._asked)
