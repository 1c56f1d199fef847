"""A small language model: which of two spellings the words around them expect."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import ctranslate2
from platformdirs import user_cache_path
from tokenizers import Tokenizer

from models.batch import memory_or
from models.profiles import CPU, Profile
from models.protocols import Phrasing
from models.warm import SHORTEST_IDLE_SECONDS, Warm
from service.domain.document import ModelUse
from service.errors import ModelError

START = "<|endoftext|>"
"""What documents were divided by when it learnt."""

MOST_BEFORE = 256
"""Tokens before a place: more than its words take, unless one of them is endless."""

WAY_OUT = "EARMARK_DEVICE=cpu has it read there"

MADE_BY = Path(__file__).with_name("llama.py")
"""In a process of its own: it takes torch and half a gigabyte, and is done once."""


class LanguageModel:
    """A model of the Llama kind in a file of the GGUF format, put into CTranslate2's once. Implements `protocols.Reader`."""

    def __init__(self, file: Path, uses: ModelUse, profile: Profile = CPU) -> None:
        self.uses = uses
        self._file, self._profile = file, profile
        self._weights = Warm(self._load, max(profile.idle_seconds, SHORTEST_IDLE_SECONDS))

    def _load(self) -> tuple[Any, Tokenizer]:
        folder = converted(self._file)
        kind, _, index = self._profile.device.partition(":")
        streams = self._profile.streams
        generator = ctranslate2.Generator(
            str(folder),
            device=kind,
            device_index=int(index or 0),
            compute_type=self._profile.compute_type,
            inter_threads=streams,
            intra_threads=self._profile.threads // streams,
        )
        return generator, Tokenizer.from_file(str(folder / "tokenizer.json"))

    def wake(self) -> None:
        """Load the weights."""
        with self._weights.in_use():
            pass

    def prefer(self, phrasings: Sequence[Phrasing]) -> tuple[float, ...]:
        """By how many nats each text is likelier with the other spelling, from where the spellings begin."""
        with memory_or(f"for {self.uses.name}; {WAY_OUT}"), self._weights.in_use() as (generator, tokenizer):
            pairs = [tuple(_tokens(tokenizer, phrasing, text) for text in (phrasing.written, phrasing.instead)) for phrasing in phrasings]
            texts = list(dict.fromkeys(tokens for pair in pairs for tokens, _ in pair))
            one_by_one = {"max_batch_size": 1, "max_input_length": 0}  # several at once take memory, and not less time
            said = generator.score_batch([list(text) for text in texts], **one_by_one)
            known = dict(zip(texts, (scored.log_probs for scored in said), strict=True))
        return tuple(sum(known[after][b:]) - sum(known[before][a:]) for (before, a), (after, b) in pairs)


def _tokens(tokenizer: Tokenizer, phrasing: Phrasing, text: str) -> tuple[tuple[str, ...], int]:
    """Those of the place with this text, and how many of them, but for the first of all, stand before it."""
    before = tokenizer.encode(phrasing.before).tokens[-MOST_BEFORE:]
    rest = " ".join(filter(None, (text, phrasing.after)))
    return (START, *before, *tokenizer.encode(f" {rest}" if before else rest).tokens), len(before)


def converted(file: Path) -> Path:
    """The folder in which the model stands as CTranslate2 reads it: made beside the file unless it is there, or in the user's cache where
    nothing can be written there. Raises `ModelError`.
    """
    name = f"ctranslate2-{hashlib.sha256(f'{file.stat().st_size}'.encode() + MADE_BY.read_bytes()).hexdigest()[:16]}"
    homes = (file.parent, user_cache_path("earmark") / "models" / file.stem)
    for home in homes:
        if (home / name).is_dir():
            return home / name
    for home in homes:
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=home, prefix=".incoming-") as incoming:
                made = Path(incoming) / name
                made.mkdir()
                _convert(file, made)
                with suppress(OSError):  # another process was sooner
                    made.replace(home / name)
            if (home / name).is_dir():
                return home / name
    raise ModelError(f"{file} could not be made ready for use: neither {' nor '.join(map(str, homes))} can be written to")


def _convert(file: Path, folder: Path) -> None:
    command = [sys.executable, "-P", str(MADE_BY), str(file), str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  our own arguments, no shell
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise ModelError(f"{file} could not be made ready for use: {said[-1]}")
