"""The silences of a recording, looked for once: the whole sound is read for them."""

from __future__ import annotations

from typing import TypeAlias

from models import windows
from service.domain.span import Span
from workers.desk import Desk

Hushes: TypeAlias = tuple[Span, ...]


def hushes(desk: Desk) -> Hushes:
    """As `models.windows.hushes`; kept beside the recording."""
    with desk.recalling("hushes", Hushes, "") as recall:
        return recall.answers([desk.waveform.num_samples], lambda _: [windows.hushes(desk.waveform)])[0]
