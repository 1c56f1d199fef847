"""Speak a podcast from its script, and write the noisy transcript and the truth that go with it.

    python -m docs.demo.make_recording [FOLDER]

FOLDER (by default this one) holds what is made by hand: `heading.md`, `script.tsv` (speaker, spoken, written, presence:
both | transcript_only | audio_only), `voices.tsv` (speaker, voice, speed) and `pronunciations.tsv` (term, phonemes in the
alphabet of misaki). Made from it: `episode.mp3`, `transcript.md` and `truth.json`.

Not part of the application. It needs the voices of tests/episodes: run it with their environment (tests/episodes/README.md).
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from tests.episodes.layout import markdown
from tests.episodes.plan import Tone
from tests.episodes.recording import RATE, encode, record, truth
from tests.episodes.script import Row
from tests.episodes.voices import Voices, pronounce


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def main(folder: Path) -> None:
    rows = [Row(row["speaker"], row["spoken"], row["written"], row["presence"]) for row in read(folder / "script.tsv")]
    terms = {row["term"]: row["phonemes"] for row in read(folder / "pronunciations.tsv")}
    voices = Voices()
    cast = {row["speaker"]: voices.voice(Tone(row["voice"], float(row["speed"]))) for row in read(folder / "voices.tsv")}
    samples, placed = record(rows, lambda row: cast[row.speaker](pronounce(row.spoken, terms)))
    encode(samples, folder / "episode.mp3")
    transcript, placed = markdown((folder / "heading.md").read_text(encoding="utf-8"), placed)
    (folder / "transcript.md").write_text(transcript, encoding="utf-8")
    known = {"audio": "episode.mp3", "duration": round(len(samples) / RATE, 3), "rows": list(truth(placed))}
    (folder / "truth.json").write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{folder / 'episode.mp3'}: {len(samples) / RATE:.1f} s, {len(placed)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
