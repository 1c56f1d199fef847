"""The ways a transcript is written down. Each gives the text, and the rows with the line they stand on."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.episodes.recording import Placed

Layout = Callable[[str, Sequence[Placed]], tuple[str, list[Placed]]]
"""From the heading and the rows of the script."""

CUE_WIDTH = 48
"""Characters in a line of a subtitle."""

CUE_SECONDS = 2.0
"""How long a subtitle stands that is written but not spoken."""


def plain(heading: str, placed: Sequence[Placed]) -> tuple[str, list[Placed]]:
    return _lines(heading, placed, lambda place: place.row.written)


def labelled(heading: str, placed: Sequence[Placed]) -> tuple[str, list[Placed]]:
    """`NAME: what is said`."""
    return _lines(heading, placed, lambda place: f"{place.row.speaker.upper()}: {place.row.written}")


def _lines(heading: str, placed: Sequence[Placed], write: Callable[[Placed], str]) -> tuple[str, list[Placed]]:
    lines, out = heading.splitlines(), []
    for place in placed:
        if place.row.presence != "audio_only":
            lines.append(write(place))
        out.append(_at(place, len(lines)))
    return "\n".join(lines) + "\n", out


def _at(place: Placed, line: int) -> Placed:
    return place if place.row.presence == "audio_only" else replace(place, line=line)


def markdown(heading: str, placed: Sequence[Placed]) -> tuple[str, list[Placed]]:
    """`**Name** (m:ss)` above each turn."""
    lines, out, speaker, clock = heading.splitlines(), [], None, 0.0
    for place in placed:
        clock = place.start if place.start is not None else clock
        if place.row.presence != "audio_only":
            if place.row.speaker != speaker:
                speaker = place.row.speaker
                lines += ["", f"**{speaker}** ({int(clock) // 60}:{int(clock) % 60:02d})"]
            lines.append(place.row.written)
        out.append(_at(place, len(lines)))
    return "\n".join(lines) + "\n", out


def srt(_: str, placed: Sequence[Placed]) -> tuple[str, list[Placed]]:
    """Numbered cues, their text in short lines; there is no place for a heading."""
    lines: list[str] = []
    out, number, clock = [], 0, 0.0
    for place in placed:
        start = place.start if place.start is not None else clock
        clock = place.end if place.end is not None else start + CUE_SECONDS
        if place.row.presence == "audio_only":
            out.append(place)
            continue
        number += 1
        lines += [str(number), f"{_stamp(start)} --> {_stamp(clock)}"]
        out.append(_at(place, len(lines) + 1))
        lines += [*textwrap.wrap(place.row.written, CUE_WIDTH), ""]
    return "\n".join(lines), out


def _stamp(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d},{whole % 1000:03d}"


LAYOUTS: dict[str, tuple[Layout, str]] = {
    "plain": (plain, "txt"),
    "labelled": (labelled, "txt"),
    "markdown": (markdown, "md"),
    "srt": (srt, "srt"),
}
"""Each with the ending of its file's name."""
