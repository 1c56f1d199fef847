"""A vocabulary that lacks its first merge is made whole, and no other is touched."""

from __future__ import annotations

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from models.vocabulary import complete

SPACE = "\u0120"
"""What byte-level BPE writes for it."""

FIRST = (SPACE, "t")
THEN = [(SPACE, "a"), (f"{SPACE}t", "h"), (f"{SPACE}th", "e")]


def tokenizer(merges: list[tuple[str, str]]) -> Tokenizer:
    """With all tokens of `FIRST` and `THEN`, whatever the merges."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *("".join(merge) for merge in (FIRST, *THEN))]
    made = Tokenizer(models.BPE({token: k for k, token in enumerate(tokens)}, merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return made


def test_words_that_begin_with_the_letter_of_a_lost_merge_are_one_token_again() -> None:
    short = tokenizer(THEN)
    assert short.encode(" the a").tokens == [SPACE, "t", "h", "e", f"{SPACE}a"]
    assert complete(short).encode(" the a").tokens == [f"{SPACE}the", f"{SPACE}a"]


def test_a_whole_vocabulary_stays_as_it_is() -> None:
    whole = tokenizer([FIRST, *THEN])
    assert complete(whole) is whole


def test_one_without_merges_stays_too() -> None:
    letters = Tokenizer(models.BPE({"a": 0}, []))
    assert complete(letters) is letters
