"""Which of the names that rows seem to begin with are speakers. It takes the whole file to tell.

A word lost to a wrong label is worse than a label left in the talk, so a name must recur, be marked (by a stamp, by bold type), or
stand among many of its kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from service.domain.formats.headings import states_fact
from service.domain.formats.names import is_aside, is_likely, is_placeholder, is_telling
from service.domain.formats.openings import Form, Label, Mark, Opening

LEAST_SHARE = 0.03
"""Of the rows, that recurring labels must begin before "Name: text" is believed at all. One turn in thirty rows is a slow dialogue."""

MOST = 0.5
"""Of the rows: where that many begin with a label, even one that stands once is a label."""


REFERENCE = re.compile(r"[^:]{1,80}: ?https?://")
"""What is followed by nothing but an address is a reference, not a turn."""


class Labels:
    """The verdicts on the openings of one file. `known` are names the heading gives."""

    def __init__(self, openings: Sequence[Opening], known: Sequence[str] = ()) -> None:
        self._indices = [i for i, o in enumerate(openings) if not o.row.blank]
        self._openings = [_without_reference(openings[i]) for i in self._indices]
        self._known = {name.casefold() for name in known}
        colons = [o.label for o in self._openings if o.label is not None and o.label.form is Form.COLON]
        rows = max(1, len(self._openings))
        named = [(o.label, o.mark is Mark.TITLE) for o in self._openings if o.label is not None]
        self._counts = Counter(_key(label) for label, title in named if not title and label.form is not Form.ALONE)
        self._alone = Counter(_key(label) for label, title in named if not title and label.form is Form.ALONE)
        self._titles = Counter(_key(label) for label, title in named if title)
        self._lower = len(colons) >= MOST * rows
        plausible = [label for label in colons if self._plausible(label)]
        recurring = [label for label in plausible if self._counts[_key(label)] > 1]
        self._full = len(plausible) >= max(2, MOST * rows)
        self._dialogue = self._full or len(recurring) >= max(2, LEAST_SHARE * rows)
        self._marked = any(self._is_marked(o) for o in self._openings)

    def believed(self) -> list[int]:
        """The indices of the openings whose label is a speaker."""
        found = []
        for k, (i, this) in enumerate(zip(self._indices, self._openings, strict=True)):
            touching = k > 0 and self._indices[k - 1] == i - 1
            before = self._openings[k - 1] if touching else None
            after = self._openings[k + 1] if k + 1 < len(self._openings) else None
            if self._believes(this, before, after):
                found.append(i)
        return found

    def _believes(self, o: Opening, before: Opening | None, after: Opening | None) -> bool:
        """Whether the label of `o` is a speaker. `before` is the row that touches it above, `after` the next row with words."""
        if o.label is None or not self._plausible(o.label) or self._is_fact(o):
            return False
        if o.bare and not self._recurs(o.label, o.mark) and (after is None or self._is_alike(o.label, after)):
            return False
        if o.mark is Mark.TITLE or o.label.form is Form.ALONE:
            return self._believes_alone(o, before, after)
        if o.label.form is Form.STAMPED_TEXT and o.mark is not Mark.BOLD:
            return self._certain(o.label)
        return self._is_marked(o) or self._believes_colon(o.label)

    def _believes_colon(self, label: Label) -> bool:
        if not self._dialogue:
            return False
        return self._certain(label) or self._full or (is_telling(label.text) and not self._marked)

    def _believes_alone(self, o: Opening, before: Opening | None, after: Opening | None) -> bool:
        """A name alone on its row, or a title: it must be known, a placeholder, or recur where turns can begin, and text must follow."""
        if o.label is None or after is None or (o.stamp is not None and after.stamp is not None):
            return False
        if self._known_or_placeholder(o.label):
            return o.mark is not Mark.NONE or any(c.isdigit() for c in o.label.text) or o.stamp is not None
        apart = before is None or before.bare
        return self._recurs(o.label, o.mark) and (o.mark is not Mark.NONE or o.stamp is not None or (apart and is_telling(o.label.text)))

    def _is_marked(self, o: Opening) -> bool:
        """Whether stamp or bold type says that this is a label."""
        if o.label is None or o.mark is Mark.TITLE or o.label.form is Form.ALONE or not self._plausible(o.label):
            return False
        return o.mark is Mark.BOLD or o.label.form is Form.STAMPED or (o.stamp is not None and o.label.form is Form.COLON)

    def _is_alike(self, label: Label, after: Opening) -> bool:
        """Whether the next row is nothing but such a label too: names in a list have no text below them, speakers have."""
        return after.bare and after.label is not None and after.label.form is label.form and self._plausible(after.label)

    def _is_fact(self, o: Opening) -> bool:
        """Whether the row lists who speaks rather than being spoken: "Guests: Ada Lovelace, Mary Somerville"."""
        return o.label is not None and self._counts[_key(o.label)] == 1 and states_fact(o.row.text)

    def _plausible(self, label: Label) -> bool:
        if is_likely(label.text) or _key(label) in self._known:
            return True
        return self._lower and self._counts[_key(label)] > 1 and not is_aside(label.text)

    def _recurs(self, label: Label, mark: Mark) -> bool:
        """Whether the name stands more than once where a label can, be it alone on its row; a title, whether it is a title again."""
        if mark is Mark.TITLE:
            return self._titles[_key(label)] > 1
        return self._alone[_key(label)] + self._counts[_key(label)] > 1

    def _certain(self, label: Label) -> bool:
        return self._known_or_placeholder(label) or self._counts[_key(label)] > 1

    def _known_or_placeholder(self, label: Label) -> bool:
        return _key(label) in self._known or is_placeholder(label.text)


def _without_reference(o: Opening) -> Opening:
    return replace(o, label=None) if o.label and REFERENCE.match(o.row.text) else o


def _key(label: Label) -> str:
    return label.text.casefold()
