"""What the search for candidates of a stretch depends on: if all of it is as it was, the search would find what it found.

A search reads the stretch itself and, of the talk, what sounds at all like it. All names and terms that do stand under the keys by which
the index of sounds finds them (`phonetics.keys`). So an edit elsewhere in the talk changes what a search depends on only where it changes
what stands under one of its keys: docs/decisions/0160.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from service.domain.blocks import Range
from service.domain.candidates import Vocabulary, bare
from service.domain.context import Surroundings
from service.domain.phonetics import keys_of
from service.domain.suspicion import Suspect


@dataclass(frozen=True)
class Ground:
    """What searches read of the talk: its vocabulary, and a digest of what it has `under` each key, with how often it has it."""

    known: Vocabulary
    under: Mapping[str, str]

    @classmethod
    def of(cls, known: Vocabulary, in_lexicon: Iterable[tuple[str, str]]) -> Ground:
        """`in_lexicon` are the names of the lexicon that the talk has, each with a key it is found by."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for key, text in chain(known.keyed(), in_lexicon):
            found[key].add(f"{text}\t{known.count(text)}\t{known.count_beside(text, text)}")
        return cls(known, {key: digest(*sorted(texts)) for key, texts in found.items()})

    def read_for(self, suspect: Suspect, around: Surroundings, torn: Sequence[tuple[Range, str]], *, named: bool) -> list[object]:
        """All that the search depends on but the options, the metadata and the fields, as things that JSON can hold.

        `torn` are the names in it that are written apart (`suspicion.torn`), `named` whether it has a name in the lexicon's spelling.
        """
        first, end = suspect.tokens
        name = bare(suspect.text)
        sought = (suspect.text, name) if suspect.confirmed else (suspect.text, name, suspect.heard)
        near = frozenset[str]().union(*map(keys_of, sought))
        return [
            (suspect.text, suspect.heard, suspect.confirmed, suspect.rarest, suspect.whole, suspect.capital, end - first),
            (around.before, around.after, named),
            [(low - first, high - first, text) for (low, high), text in torn],
            (self.known.count(name), self.known.count(suspect.heard)),
            [self.under[key] for key in sorted(near & self.under.keys())],
        ]


def overlapping(torn: Sequence[tuple[Range, str]], tokens: Range) -> list[tuple[Range, str]]:
    """Those of the names written apart that share a token with a suspect."""
    return [(whole, name) for whole, name in torn if whole[0] < tokens[1] and tokens[0] < whole[1]]


def digest(*texts: str) -> str:
    """Of texts in their order; it gives none of them away."""
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=12).hexdigest()
