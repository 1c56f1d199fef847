"""Copies of episodes whose transcript is already right: what a corrector changes in them, it spoils.

    python -m tests.bench.right [--episodes FOLDER] [--out FOLDER]

Then `make bench-correct ARGS='--episodes FOLDER'`. Headings stay; subtitles, whose lines end anywhere, become labelled lines.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.bench import episodes
from tests.bench.correct import EPISODES

OUT = Path("out/right")
KEPT_AS_IT_IS = ("mp3", "options.json", "traps.tsv")


Row = dict[str, Any]
"""Of NAME.truth.json."""


def rewritten(text: str, rows: Iterable[tuple[str, str]]) -> str | None:
    r"""A transcript with other words in each row, (old, new) in order, or None where a row does not stand in one piece.

    >>> rewritten("# Show\nAda: A Minutel.\n", [("A Minutel.", "A Minitel.")])
    '# Show\nAda: A Minitel.\n'
    """
    for old, new in rows:
        if old not in text:
            return None
        text = text.replace(old, new, 1)
    return text


def said(row: Row) -> str:
    """The words of a row as they should be."""
    return str(row["gold"])


def copy(folder: Path, name: str, out: Path, supplied: Callable[[Row], str] = said) -> list[Row]:
    """Write NAME's copy into `out`, with the `supplied` words in each row. Returns the rows that are written."""
    for ending in KEPT_AS_IT_IS:
        if (folder / f"{name}.{ending}").is_file():
            shutil.copy(folder / f"{name}.{ending}", out)
    known = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    written = [row for row in known["rows"] if row.get("presence", "both") != "audio_only"]
    transcript = next(iter(sorted(folder.glob(f"{name}.transcript.*"))))
    text = rewritten(transcript.read_text(encoding="utf-8"), ((row["original"], supplied(row)) for row in written))
    if text is None:
        text = "".join(f"{row['speaker']}: {supplied(row)}\n" for row in written)
        transcript = transcript.with_suffix(".txt")
    (out / transcript.name).write_text(text, encoding="utf-8")
    rows = [row | {"original": supplied(row)} for row in known["rows"]]
    (out / f"{name}.truth.json").write_text(json.dumps(known | {"rows": rows}), encoding="utf-8")
    return written


def copies(description: str | None, default: Path, write: Callable[[Path, str, Path], object]) -> None:
    """The command: `write` (folder, name, out) every episode of a folder into another, by `default` that one."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=Path, default=EPISODES)
    parser.add_argument("--out", type=Path, default=default)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in episodes.names(arguments.episodes):
        write(arguments.episodes, name, arguments.out)


if __name__ == "__main__":
    copies(__doc__, OUT, copy)
