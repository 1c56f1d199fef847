"""A result read back from its JSON, and the transcript it was made from, put together again: what the form `source` needs."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import accumulate

from service.domain.amend import edited
from service.domain.document import Document, Source
from service.domain.formats import parse
from service.domain.script import Reference
from service.errors import InputError


def restored(document: Document, transcript: bytes) -> Document:
    """The document with the supplied file in it. Raises `InputError` if it was made from another file, or of other words of it."""
    if hashlib.sha256(transcript).hexdigest() != document.source.sha256:
        raise InputError("this is not the transcript that the result was made from (its SHA-256 is another)")
    return placed(document, parse(transcript))


def placed(document: Document, reference: Reference) -> Document:
    """The document with the place of every correction in the file.

    The words hold every token of the talk in order, though not cut in the same way: so they are counted by what is not white space.
    Raises `InputError` if they do not: an earlier version may have read the file in another way.
    """
    supplied = (word.source or "" for segment in document.segments for word in segment.words)
    if _ink("".join(supplied)) != _ink("".join(token.text for token in reference.tokens)):
        raise InputError(
            "the transcript's words are not those the result was made of: another version of Earmark read the file in another way. "
            "Align it again with this one"
        )
    token_at = [token for token in reference.tokens for _ in _ink(token.text)]
    begins = _begins(document)
    corrections = []
    for correction in document.corrections:
        first, end = (begins[correction.segment][word] for word in correction.words)
        corrections.append(replace(correction, place=(token_at[first].start, token_at[end - 1].end)))
    source = Source(reference.format, document.source.sha256, reference.text)
    return replace(document, corrections=tuple(corrections), source=edited(source, corrections))


def _begins(document: Document) -> dict[int, list[int]]:
    """Of every segment: how much of the talk stands before each of its words, and before what follows them."""
    begins, at = {}, 0
    for segment in document.segments:
        begins[segment.id] = list(accumulate((len(_ink(word.source or "")) for word in segment.words), initial=at))
        at = begins[segment.id][-1]
    return begins


def _ink(text: str) -> str:
    return "".join(text.split())
