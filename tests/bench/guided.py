"""What guiding recognition by the page could spare whoever knew where the two differ: docs/decisions/0185.

    python -m tests.bench.guided [--episodes FOLDER] [--kept FOLDER] [--sound RECORDING]

Two tables. Where the page and what is recognised differ, in the episodes of the folder: so much would have to be decoded even by somebody
who knew these places beforehand. And what decoding a part of a window costs beside the whole, in the first window of RECORDING.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.catalog import Catalog
from models.entries import TINY_EN
from models.profiles import CPU
from models.protocols import Listening
from models.waveform import Waveform
from models.whisper import Whisper
from service.domain.align import Alignment, align
from service.domain.blocks import UNRELATED, Block, Range
from service.domain.document import Status
from service.domain.gaps import SHORTEST_GAP_WORDS
from service.domain.speech import Hypothesis
from service.settings import Settings
from tests.bench import episodes
from workers import audio, pipeline

WINDOW_MS = 30_000
"""What Whisper sees at once."""

JOINED_WORDS = 6
"""Places that are no farther apart are decoded at once: about what a call costs by itself."""

NEIGHBOURS = 1
"""Words on either side of a place that are decoded, too: one to begin with, and one to see that the decoder is back on the page."""

BEAMS = 5
"""What faster-whisper decodes with unless it is told otherwise, as the pipeline does not."""

BEFORE, ASKED, BACK = 30, 12, 4
"""Tokens of the page before a stretch, of the stretch, and after it: only these show that the decoder is back on the page."""

EARLIER = 10
"""Steps of 20 ms that it is told to begin before the time that forcing found, which is late: told that time it leaves words out."""

AGREEMENT = ("windows of 30 s", "agree to the word", "places that differ", "stretches to decode in a window", "their share of the words")


def agreement(folder: Path, kept: Path) -> Iterator[object]:
    """Of all episodes, as in `AGREEMENT`."""
    windows = agreeing = places = stretches = words = written = 0
    for name in episodes.names(folder):
        hypothesis, alignment = _compared(folder, kept, name)
        counted = hypothesis.duration_ms // WINDOW_MS + 1
        differing = _places(hypothesis, alignment)
        windows, agreeing, places = windows + counted, agreeing + counted - len(differing), places + sum(map(len, differing.values()))
        for some in differing.values():
            joined = list(_joined(some))
            stretches, words = stretches + len(joined), words + sum(end - first for first, end in joined)
        written += alignment.blocks[-1].tokens[1]
    yield from (windows, agreeing, places, f"{stretches / windows:.1f}", f"{words / written:.0%}")


def _compared(folder: Path, kept: Path, name: str) -> tuple[Hypothesis, Alignment]:
    with episodes.kept_desk(folder, name, kept, remember=True) as desk:
        for stage in () if desk.has("transcribe") else ("decode", "transcribe"):
            pipeline.run_stage(stage, desk)
        return desk.hypothesis, align(desk.episode.reference, desk.hypothesis)


def _places(hypothesis: Hypothesis, alignment: Alignment) -> dict[int, list[Range]]:
    """The tokens of what differs, by window."""
    out: dict[int, list[Range]] = {}
    for block in alignment.blocks:
        if block.status is not Status.MATCHED and not _lacking(block):
            word = hypothesis.words[min(block.words[0], len(hypothesis.words) - 1)]
            out.setdefault(word.span.start // WINDOW_MS, []).append(block.tokens)
    return out


def _lacking(block: Block) -> bool:
    """A passage that only one side has: it is not counted, though where the page has none all of it must be decoded."""
    return (not block.num_tokens and block.num_words >= SHORTEST_GAP_WORDS) or (not block.num_words and block.num_tokens >= UNRELATED)


def _joined(places: Sequence[Range]) -> Iterator[Range]:
    first, end = places[0][0] - NEIGHBOURS, places[0][1] + NEIGHBOURS
    for a, b in places[1:]:
        if a - NEIGHBOURS - end > JOINED_WORDS:
            yield first, end
            first = a - NEIGHBOURS
        end = b + NEIGHBOURS
    yield first, end


class Way(StrEnum):
    """How the decoder is told what stands before a stretch."""

    PREFIX = "as the window's own text"
    """CTranslate2 goes through it token by token, with all beams."""
    PROMPT = "as text before, and the time"
    """In one pass, as Whisper is told the text of the window before; it begins at the time that forcing found."""


@dataclass
class Window:
    """What the encoder saw at once: its output, frames (10 ms) that are not padding, and processor seconds by kind of call."""

    sound: Any = None
    frames: int = 0
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))


@contextmanager
def noting(window: Window, work: str) -> Iterator[None]:
    """Adds the processor time of the block, of all threads, to the window's."""
    begun = time.process_time()
    yield
    window.spent[work] += time.process_time() - begun


class Metered:
    """A CTranslate2 model that notes what its calls cost; there is a new window with every pass of the encoder."""

    def __init__(self, model: Any) -> None:
        self.model, self.windows = model, list[Window]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def encode(self, *given: Any, **more: Any) -> Any:
        window = Window()
        with noting(window, "encoder"):
            window.sound = self.model.encode(*given, **more)
        self.windows.append(window)
        return window.sound

    def generate(self, *given: Any, **more: Any) -> Any:
        with noting(self.windows[-1], "decoding in full"):
            return self.model.generate(*given, **more)

    def align(self, sound: Any, start: Any, texts: Any, frames: int, **more: Any) -> Any:
        self.windows[-1].frames = frames
        with noting(self.windows[-1], "word times"):
            return self.model.align(sound, start, texts, frames, **more)


@dataclass(frozen=True, slots=True)
class Forced:
    """Words of a window after one pass of the decoder: their tokens, and the step (20 ms) at which each begins."""

    tokens: list[int]
    steps: dict[int, int]


class Overheard(Whisper):
    """The pipeline's recogniser, which notes what each window costs."""

    metered: Metered

    def _load(self) -> Any:
        model = super()._load()
        model.model = self.metered = Metered(model.model)
        return model

    def force(self, window: Window, text: str) -> Forced:
        """Put the text through the decoder at once."""
        tokens = self._tokenizer.encode(f" {text}")
        with noting(window, "forcing"):
            aligned = self.metered.model.align(window.sound, list(self._tokenizer.sot_sequence), [tokens], window.frames)[0]
        steps: dict[int, int] = {}
        for token, step in aligned.alignments:
            steps.setdefault(token, step)
        return Forced(tokens, steps)

    def decode(self, window: Window, forced: Forced, first: int, way: Way) -> None:
        """From token `first` on, as many as a stretch has."""
        before, t = forced.tokens[:first], self._tokenizer
        if way is Way.PREFIX:
            start, prefix = [*t.sot_sequence, t.no_timestamps], before
        else:
            start, prefix = [t.sot_prev, *before, *t.sot_sequence], [t.timestamp_begin + max(0, forced.steps[first] - EARLIER)]
        most = len(prefix) + ASKED + BACK
        longest = max(2 * most, len(start) + most)  # CTranslate2 takes the smaller of half of it and what `start` leaves of it
        with noting(window, way):
            self.metered.model.generate(window.sound, [[*start, *prefix]], beam_size=BEAMS, max_length=longest)


def calls(ear: Overheard, waveform: Waveform) -> Iterator[tuple[str, float]]:
    """Processor seconds of each kind of call about the first window, which must hold `BEFORE` and `ASKED` tokens."""
    ear.wake()
    heard = ear.transcribe(Listening(waveform, "en"))
    window = ear.metered.windows[0]
    forced = ear.force(window, " ".join(word.text for word in heard.words if word.span.start < WINDOW_MS))
    for work in ("encoder", "decoding in full", "word times", "forcing"):
        yield f"{work}, {len(forced.tokens)} tokens", window.spent[work]
    for first, way in product((0, BEFORE), Way):
        window.spent[way] = 0.0
        ear.decode(window, forced, first, way)
        yield f"decoding {ASKED} + {BACK} tokens after {first}, told {way}", window.spent[way]


def recogniser() -> Overheard:
    """tiny.en as on a CPU, with one thread."""
    settings = Settings()
    catalog = Catalog(settings.models_dir, settings.hf_token)
    return Overheard(catalog.find(TINY_EN.name), catalog.uses(TINY_EN.name, "transcribe"), replace(CPU, threads=1, streams=1))


def row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=Path, default=Path("out/episodes"))
    parser.add_argument("--kept", type=Path, default=Path("out/bench/kept"))
    parser.add_argument("--sound", type=Path)
    arguments = parser.parse_args()
    if episodes.names(arguments.episodes):
        print(row(*AGREEMENT), row(*("---" for _ in AGREEMENT)), row(*agreement(arguments.episodes, arguments.kept)), sep="\n", flush=True)
    if arguments.sound:
        print("", row("about the first window", "processor time"), row("---", "---"), sep="\n")
        with TemporaryDirectory() as scratch:
            place = Path(scratch) / "sound.wav"
            audio.decode(arguments.sound, place, audio.Limits(), lambda *_: None)
            for name, seconds in calls(recogniser(), Waveform(place)):
                print(row(name, f"{1000 * seconds:.0f} ms"), flush=True)


if __name__ == "__main__":
    main()
