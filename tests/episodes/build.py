"""Speak every script, and write the transcript with its errors and the truth that go with it.

    python -m tests.episodes.build [--out FOLDER] [NAME ...]

Of NAME come, in FOLDER (`out/episodes`): `NAME.mp3`, `NAME.transcript.*`, `NAME.truth.json`, `NAME.rttm`, `NAME.corrections.tsv` (the
planted errors), `NAME.traps.tsv` (what is right and must stay) and `NAME.options.json` (title, description and glossary that are given
along). Lines that were spoken before are found in `FOLDER/spoken`, by the digest of what they say and how.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from tests.episodes import recording
from tests.episodes.layout import LAYOUTS
from tests.episodes.plan import Plan, names
from tests.episodes.recording import RATE, Placed, Samples
from tests.episodes.script import Row
from tests.episodes.voices import Voices, pronounce

OUT = Path("out/episodes")


class Studio:
    """Speaks rows, each only once: what was spoken before is kept in a folder."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._voices = Voices()
        kept.mkdir(parents=True, exist_ok=True)

    def speak(self, plan: Plan, row: Row) -> Samples:
        tone = plan.cast[row.speaker]
        text = pronounce(row.spoken, plan.pronunciations)
        path = self._kept / f"{hashlib.sha256(f'{tone} {text}'.encode()).hexdigest()}.npy"
        if not path.is_file():
            samples = self._voices.voice(tone)(text)
            unfinished = path.with_suffix(".part.npy")
            np.save(unfinished, (np.clip(samples, -1, 1) * 32767).astype(np.int16))
            unfinished.replace(path)
        return np.asarray(np.load(path) / np.float32(32767), np.float32)


def build(plan: Plan, studio: Studio, out: Path) -> None:
    """Write all files of one episode."""
    samples, placed = recording.record(plan.rows, lambda row: studio.speak(plan, row), plan.sound)
    recording.encode(samples, out / f"{plan.name}.mp3", plan.sound)
    layout, ending = LAYOUTS[plan.toml["layout"]]
    transcript, placed = layout(plan.toml.get("heading", ""), placed)
    seconds = round(len(samples) / RATE, 3)
    known = {"audio": f"{plan.name}.mp3", "duration": seconds, "rows": list(recording.truth(placed))}
    turns = (f"SPEAKER {plan.name} 1 {s:.3f} {e - s:.3f} <NA> <NA> {who} <NA> <NA>" for s, e, who in recording.turns(placed))
    _write(out / f"{plan.name}.transcript.{ending}", transcript)
    _write(out / f"{plan.name}.truth.json", json.dumps(known, ensure_ascii=False, indent=1) + "\n")
    _write(out / f"{plan.name}.options.json", json.dumps(plan.toml.get("options", {}), ensure_ascii=False) + "\n")
    _write(out / f"{plan.name}.rttm", "\n".join(turns) + "\n")
    _tsv(out / f"{plan.name}.corrections.tsv", ("line", "original_span", "gold_span", "kind", "guessable", "note"), _errors(placed))
    _tsv(out / f"{plan.name}.traps.tsv", ("line", "text"), ((p.line, trap) for p in placed for trap in p.row.traps if p.line))
    words = sum(len(row.written.split()) for row in plan.rows)
    print(f"{plan.name}: {seconds / 60:.1f} min, {words} words, {sum(len(row.planted) for row in plan.rows)} errors planted", flush=True)


def _errors(placed: Sequence[Placed]) -> Iterable[tuple[object, ...]]:
    return ((p.line, e.wrong, e.right, e.kind, e.source, "") for p in placed for e in p.row.planted)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _tsv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        writer.writerows([header, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=names())
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    studio = Studio(arguments.out / "spoken")
    for name in arguments.names:
        build(Plan.of(name), studio, arguments.out)


if __name__ == "__main__":
    main()
