"""The same passages with their sound, as users have it: what is left of the mistakes after the second look."""

from __future__ import annotations

import random
import tempfile
import wave
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from models.waveform import SAMPLE_RATE, SAMPLES_PER_MS, Waveform
from service.domain.align import Alignment
from service.domain.document import Recording
from service.domain.options import Options
from service.domain.script import Reference
from service.domain.span import Span
from service.domain.speech import Hypothesis
from tests.bench.align.episodes import ADVERTS, Piece, heard, misheard
from tests.bench.align.mismatch import CHANGES, Found, measure, row
from tests.bench.align.runs import Runs
from workers.desk import Decoded, Desk, Episode
from workers.looking import look_again
from workers.shelf import MemoryShelf

ADVERT_WORDS = 40
"""At least so many words of another episode are spoken in the place of an advertisement."""


def spoken_passages(parts: Sequence[Piece], chance: random.Random) -> list[Piece]:
    """Passages of an episode that another one's listeners hear for advertisements, one for each that is written."""
    ends = list(accumulate((len(p.heard or ()) for p in parts), initial=0))
    firsts = [k for k, n in enumerate(ends) if ends[-1] - n >= 2 * ADVERT_WORDS and parts[k].heard]
    return [_passage(parts[k : bisect_left(ends, ends[k] + ADVERT_WORDS)]) for k in chance.sample(firsts, len(ADVERTS))]


def _passage(parts: Sequence[Piece]) -> Piece:
    return Piece(None, heard(list(parts)).words, sum(p.lasts for p in parts), parts[0].recording, parts[0].begins)


def table(runs: Runs, bases: Sequence[list[Piece]], rates: tuple[float, ...] = (0.0, 0.2)) -> Iterator[str]:
    """One row per change and rate of added recognition errors; each episode's advertisements are passages of the next."""
    for change in CHANGES:
        for rate in rates:
            before, after = Found(), Found()
            for n, base in enumerate(bases):
                chance = random.Random(1000 * n + int(100 * rate))
                parts = change(base, chance, spoken_passages(bases[(n + 1) % len(bases)], chance))
                said = misheard(heard(parts), rate, chance)
                measure(parts, said, before)
                _measure_sounding(runs, parts, said, after)
            yield row(change, rate, before, after)


def _measure_sounding(runs: Runs, parts: list[Piece], said: Hypothesis, into: Found) -> None:
    with tempfile.TemporaryDirectory() as folder, MemoryShelf() as shelf:
        sound = Path(folder) / "cut-up.wav"
        _write(sound, parts)
        desk = Desk(Episode(sound, b"", Options(language="en", diarize=False)), runs.kit, shelf)
        desk.keep("decode", Decoded(Recording(desk.episode.audio_sha256, said.duration_ms, "wav", SAMPLE_RATE, 1), Waveform(sound)))
        desk.keep("transcribe", said)

        def look(written: Reference, alignment: Alignment) -> Alignment:
            desk.keep("parse", written)
            return look_again(desk, alignment, lambda *_: None)

        measure(parts, said, into, look)


def _write(path: Path, parts: list[Piece]) -> None:
    """The sound of the pieces, one after the other, to the millisecond at which their words are."""
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        for part in parts:
            if part.heard is not None and part.recording is not None:
                sound = part.recording.crop_pcm(Span(part.begins, part.begins + part.lasts))
                wav.writeframes(sound.ljust(2 * SAMPLES_PER_MS * part.lasts, b"\0"))
