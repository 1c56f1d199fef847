"""Whether a caller already has what it asks for."""

from __future__ import annotations


def has_it(if_none_match: str | None, etag: str) -> bool:
    """Whether the header names this entity, weak or strong alike (RFC 9110, section 13.1.2).

    >>> has_it('"a", W/"b"', '"b"'), has_it("*", '"b"'), has_it(None, '"b"')
    (True, True, False)
    """
    named = {name.strip().removeprefix("W/") for name in (if_none_match or "").split(",")}
    return not named.isdisjoint({"*", etag.removeprefix("W/")})
