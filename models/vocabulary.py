"""Whisper's vocabulary as some conversions of its multilingual models have it: short of one merge."""

from __future__ import annotations

import msgspec
from tokenizers import Tokenizer

FIRST_MERGED = 256
"""Byte-level BPE: 256 bytes, then one token for each merge, in order (Radford et al. 2019, "Language models are unsupervised multitask
learners", 2.2)."""


def complete(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer, with its first merge put back where that is missing: a file of merges was read as if it had a heading.

    Without it no word that begins with a space and a t is ever one token ("the" is " " and "the"), in text that is encoded. The decoder
    never writes it so, and finds it next to impossible: docs/decisions/0235.
    """
    first = tokenizer.id_to_token(FIRST_MERGED)
    if first is None or len(tokenizer.encode(tokenizer.decode([FIRST_MERGED]), add_special_tokens=False).ids) == 1:
        return tokenizer
    parts = msgspec.json.decode(tokenizer.to_str())
    parts["model"]["merges"].insert(0, list(first))
    return Tokenizer.from_buffer(msgspec.json.encode(parts))
