"""How alike a voice is to itself through other microphones, and to others: what the threshold of known voices rests on.

    python -m tests.bench.known [FOLDER ...]

Every voice with twelve seconds of its own in the shared recordings, and in the folders' episodes (an MP3 and an RTTM file each), is
enrolled from the first half of what it says, at most fifteen seconds, and heard again in the rest: as it is, as over a telephone, in a
room, and in noise; and, where a person is in several recordings, in the others. Synthetic voices are compared within their own episode
only: engines have one voice under several names. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from pathlib import Path
from statistics import median

import numpy as np
import torch

from models import campplus
from models.campplus import CamPlusPlus
from models.kit import Kit
from models.stretches import LONGEST_SECONDS
from models.waveform import SAMPLE_RATE, Samples, Waveform
from service.domain.known import ALIKE, recognise, similarity
from service.domain.span import Span
from service.domain.speech import KnownVoice, Voiceprint
from service.settings import Settings
from tests.support.rttm import read_rttm
from tests.support.shared import SHARED
from workers import audio

LEAST_SECONDS = 12
ENROLLED_SECONDS = 15
HEARD_SECONDS = 15
SHORTEST_SECONDS = 1.0
"""Of a turn that is used."""

ONE_PERSON = {"acoustic_corpus": "M", "cold_corpus": "M", "cold_corpus3": "M", "p001": "R", "p002": "R", "p003": "R"}
"""Recordings of one voice each, and whose it is: of M two were made with a cold and in another room (he says so), R reads a book."""

ONE_VOICE = {"mfa": "*_corpus*.wav", "sonnets": "*.mp3"}


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person says in one recording; `kin` names the person, `world` what he can be compared with."""

    name: str
    kin: str
    world: str
    stretches: tuple[Samples, ...]

    def halves(self) -> tuple[list[Samples], list[Samples]]:
        """What is enrolled, and what is heard afterwards."""
        half = min(ENROLLED_SECONDS, sum(map(len, self.stretches)) / SAMPLE_RATE / 2)
        ends = np.cumsum([len(one) / SAMPLE_RATE for one in self.stretches])
        cut = max(1, int(np.searchsorted(ends, half)))
        heard = [one for one, end in zip(self.stretches[cut:], ends[cut:], strict=True) if end - ends[cut - 1] <= HEARD_SECONDS]
        return list(self.stretches[:cut]), heard


def telephone(sound: Samples) -> Samples:
    """300 to 3400 Hz, in the 256 steps of mu-law."""
    bins = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    bins[(hertz < 300) | (hertz > 3400)] = 0
    narrow = np.fft.irfft(bins, len(sound))
    steps = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return np.asarray(np.sign(steps) * (256 ** np.abs(steps) - 1) / 255, np.float32)


def room(sound: Samples) -> Samples:
    """Echoes that take half a second to fade, together as loud as the voice itself."""
    length = SAMPLE_RATE // 2
    echo = np.random.default_rng(0).normal(size=length) * 10 ** (-3 * np.arange(length) / length)
    answer = np.concatenate([[1.0], echo / np.linalg.norm(echo)])
    size = len(sound) + len(answer)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(answer, size), size)[: len(sound)], np.float32)


def noise(sound: Samples) -> Samples:
    """Steady noise 15 dB below the voice."""
    level = np.sqrt(np.mean(sound**2)) * 10 ** (-15 / 20)
    return np.asarray(sound + np.random.default_rng(0).normal(0, level, len(sound)), np.float32)


MICROPHONES: dict[str, Callable[[Samples], Samples]] = {
    "as it is": lambda sound: sound,
    "telephone": telephone,
    "room": room,
    "noise": noise,
}


HEADER = (
    "| heard | the same person: pairs | lowest | median | recognised | others: pairs | three highest | taken for another |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An enrolled voice, and one that is heard."""

    enrolled: Voice
    heard: Voice
    cosine: float
    recognised: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    voices = list(_voices(parser.parse_args().folders))
    ear = campplus.load(Kit(Settings()).catalog)
    enrolled = {voice.name: _print(ear, voice.halves()[0]) for voice in voices}
    print(f"{len(voices)} voices, threshold {ALIKE}\n\n{HEADER}")
    for name, microphone in MICROPHONES.items():
        heard = {voice.name: _print(ear, [microphone(one) for one in voice.halves()[1]]) for voice in voices}
        pairs = list(_pairs(voices, enrolled, heard))
        others = [pair for pair in pairs if pair.enrolled.kin != pair.heard.kin]
        print(_row(name, [pair for pair in pairs if pair.enrolled.name == pair.heard.name], others), flush=True)
        elsewhere = [pair for pair in pairs if pair.enrolled.kin == pair.heard.kin and pair.enrolled.name != pair.heard.name]
        print(_row(f"{name}, in another recording", elsewhere, []), flush=True)


def _pairs(voices: Sequence[Voice], enrolled: dict[str, Voiceprint], heard: dict[str, Voiceprint]) -> Iterator[Pair]:
    for one, other in product(voices, voices):
        if one.world == other.world:
            known = [KnownVoice(one.kin, enrolled[one.name])]
            cosine = similarity(enrolled[one.name].vector, heard[other.name].vector)
            yield Pair(one, other, cosine, bool(recognise({"S1": heard[other.name]}, known)))


def _row(name: str, same: Sequence[Pair], others: Sequence[Pair]) -> str:
    own = sorted(pair.cosine for pair in same)
    rest = sorted((pair.cosine for pair in others), reverse=True)
    found, taken = (sum(pair.recognised for pair in pairs) for pairs in (same, others))
    wrong = f"{len(others)} | {', '.join(f'{cosine:.2f}' for cosine in rest[:3])} | {taken}" if others else "– | – | –"
    return f"| {name} | {len(same)} | {own[0]:.2f} | {median(own):.2f} | {found} | {wrong} |"


def _print(ear: CamPlusPlus, stretches: Sequence[Samples]) -> Voiceprint:
    """The mean direction, as the diarizer makes it."""
    with torch.inference_mode():
        found = np.array([ear(torch.from_numpy(one)[None, None])[0].numpy() for one in stretches])
    unit = found / np.linalg.norm(found, axis=1, keepdims=True) * np.array([[len(one)] for one in stretches])
    mean = unit.sum(axis=0)
    return Voiceprint(campplus.NAME, tuple((mean / np.linalg.norm(mean)).tolist()))


def _voices(folders: Sequence[Path]) -> Iterator[Voice]:
    recordings = [(path, "person") for path in sorted((SHARED / "audio").rglob("*.rttm"))]
    recordings += [(path, path.stem) for folder in folders for path in sorted(folder.glob("*.rttm"))]
    with tempfile.TemporaryDirectory() as scratch:
        for folder, pattern in ONE_VOICE.items():
            for path in sorted((SHARED / "audio" / folder).glob(pattern)):
                sound = _decoded(path, Path(scratch))
                yield Voice(path.stem, ONE_PERSON[path.stem], "person", tuple(_cut(sound, sound.span)))
        for rttm, world in recordings:
            sound = _decoded(next(p for p in (rttm.with_suffix(".wav"), rttm.with_suffix(".mp3")) if p.exists()), Path(scratch))
            yield from _of_recording(rttm, sound, world)


def _of_recording(rttm: Path, sound: Waveform, world: str) -> Iterator[Voice]:
    turns = read_rttm(rttm)
    alone = [t for t in turns if not any(t.span.overlap(other.span) for other in turns if other is not t)]
    for who, mine in groupby(sorted(alone, key=lambda turn: (turn.speaker, turn.span)), key=lambda turn: turn.speaker):
        stretches = tuple(cut for turn in mine for cut in _cut(sound, turn.span) if len(cut) >= SHORTEST_SECONDS * SAMPLE_RATE)
        if sum(map(len, stretches)) >= LEAST_SECONDS * SAMPLE_RATE:
            yield Voice(f"{rttm.stem} {who}", f"{rttm.stem} {who}", world, stretches)


def _cut(sound: Waveform, span: Span) -> Iterator[Samples]:
    longest = round(LONGEST_SECONDS * 1000)
    for start in range(span.start, span.end, longest):
        yield sound.crop(Span(start, min(start + longest, span.end)))


def _decoded(recording: Path, scratch: Path) -> Waveform:
    path = scratch / f"{recording.stem}.wav"
    audio.decode(recording, path, audio.Limits(), lambda *_: None)
    return Waveform(path)


if __name__ == "__main__":
    main()
