"""Episodes of one to eight voices: two hosts, and others who each speak once, for some twenty seconds, as in an advertisement.

    python -m tests.episodes.gathering [--out FOLDER] [COUNT ...]

Of COUNT come `voices_COUNT.mp3` and the files beside it, in FOLDER (`out/gatherings`), as `tests.episodes.build` makes them: their lines
are those of two scripts, one for the hosts and one for the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.episodes.plan import Plan
from tests.episodes.script import Row

OUT = Path("out/gatherings")

HOSTS, OTHERS = "slow_water", "second_wind"

CAST = (
    ("jf_nezumi", 1.0),
    ("jm_kumo", 1.0),
    ("joe", 1.1, 0.85),
    ("jf_alpha", 1.0),
    ("jf_gongitsune", 1.0),
    ("jf_tebukuro", 1.0),
)
"""The voices of the others, and their pace and pitch (`tests.episodes.plan.Tone`)."""

COUNTS = range(1, len(CAST) + 3)

BLOCK_WORDS = 50
"""Some twenty seconds."""


def plan(count: int) -> Plan:
    """One host alone, both, or both and as many others as there are voices left."""
    hosts, others = Plan.of(HOSTS), Plan.of(OTHERS)
    # no spaces in names: RTTM parts its fields by them
    guests = {f"Voice_{n}": list(tone) for n, tone in enumerate(CAST[: max(0, count - 2)], 3)}
    cast = dict(list(hosts.toml["cast"].items())[:count]) | guests
    talk = [row for row in _said(hosts.rows) if row.speaker in cast]
    blocks = [[replace(row, speaker=who) for row in block] for who, block in zip(list(cast)[2:], _blocks(_said(others.rows)), strict=False)]
    described = {"layout": "plain", "cast": cast, "pronunciations": others.pronunciations | hosts.pronunciations}
    return Plan(f"voices_{count}", described, list(_between(talk, blocks)))


def _said(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.presence == "both"]


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if sum(len(one.spoken.split()) for one in block) >= BLOCK_WORDS:
            yield block
            block = []


def _between(talk: Sequence[Row], blocks: Sequence[Sequence[Row]]) -> Iterator[Row]:
    """The talk, its parts of like length parted by the blocks, the first block before it."""
    for n, block in enumerate(blocks):
        yield from block
        yield from talk[n * len(talk) // len(blocks) : (n + 1) * len(talk) // len(blocks)]
    if not blocks:
        yield from talk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS, metavar="COUNT")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    from tests.episodes.build import Studio, build  # noqa: PLC0415  the voices live in an environment of their own

    studio = Studio(arguments.out / "spoken")
    for count in arguments.counts:
        build(plan(count), studio, arguments.out)


if __name__ == "__main__":
    main()
