"""Moonshine, a recogniser of another kind than Whisper, as an ear that is told nothing of two spellings.

Its encoder and decoder are ONNX files, run by onnxruntime, which comes with faster-whisper. Jeffries et al., "Moonshine: Speech Recognition
for Live Transcription and Voice Commands", 2024.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer, models, normalizers

from models.protocols import Contest
from models.waveform import SAMPLE_RATE
from service.domain.document import ModelUse

ENCODER, DECODER, VOCABULARY = "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"

BEGIN, END = 1, 2
"""The tokens before and after a text."""

FIRST_BYTE, FIRST_PIECE = 3, 259
"""The vocabulary is Llama's: unknown, begin and end, the 256 bytes, then the pieces in the order in which they are joined."""

UNKNOWN = "<unk>"

MOST_TOKENS = 192
"""The decoder's 194 positions without the first and the last."""

FLOOR = math.log(1e-8)
"""A token's probability is never taken for less, so that one impossible token does not hide all others: as Whisper's."""

MOST_AT_ONCE = 4
"""Texts that are scored together: each run of the decoder makes its weights ready anew, and each text takes memory."""

Floats = npt.NDArray[np.float32]


class Moonshine:
    """The model in `folder`. Implements `protocols.Ear`. It runs on the CPU whatever the device, with so many `threads`."""

    def __init__(self, folder: Path, uses: ModelUse, threads: int = 1) -> None:
        self.uses = uses
        self._folder, self._threads = folder, threads

    @cached_property
    def _network(self) -> Network:
        return Network(self._folder, self._threads)

    def hear(self, contests: tuple[Contest, ...]) -> tuple[float, ...]:
        """Teacher-forced with the sound and with silence: the difference is what the sound says. 0 for more text than it takes in."""
        usual = self._network.scores(self._network.silence, {text for contest in contests for text in _texts(contest)})
        found: dict[Contest, float] = {}
        for _, same in groupby(sorted(set(contests), key=attrgetter("span", "before", "after")), key=attrgetter("span")):
            stretch = tuple(same)
            sound = self._network.encoded(stretch[0].waveform.crop(stretch[0].span))
            said = self._network.scores(sound, {text for contest in stretch for text in _texts(contest)})
            found |= {contest: _preference(contest, said, usual) for contest in stretch}
        return tuple(found[contest] for contest in contests)


def _texts(contest: Contest) -> tuple[str, str]:
    return contest.text_before, contest.text_after


def _preference(contest: Contest, said: Mapping[str, float], usual: Mapping[str, float]) -> float:
    before, after = _texts(contest)
    if before not in said or after not in said:
        return 0.0
    return round((said[after] - said[before]) - (usual[after] - usual[before]), 2)


class Network:
    """The loaded model. `silence` is the encoder's output for a second of it."""

    def __init__(self, folder: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # they keep what the longest stretch took: 0.4 GB more
        self._encoder, self._decoder = (
            onnxruntime.InferenceSession(str(folder / file), options, providers=["CPUExecutionProvider"]) for file in (ENCODER, DECODER)
        )
        self._tokenizer = tokenizer(folder / VOCABULARY)
        self.silence = self.encoded(np.zeros(SAMPLE_RATE, np.float32))

    def encoded(self, samples: Floats) -> Floats:
        """Of samples at 16 kHz, shape (num_samples,), the encoder's output, shape (1, num_steps, width)."""
        output: Floats = self._encoder.run(None, {"input_values": samples[None]})[0]
        return output

    def scores(self, sound: Floats, texts: Collection[str]) -> dict[str, float]:
        """Of the texts that are short enough, how likely each is for this sound: summed natural log-probabilities of its tokens."""
        tokens = {text: self._tokenizer.encode(text).ids for text in texts}
        fitting = sorted((text for text in texts if len(tokens[text]) <= MOST_TOKENS), key=lambda text: (len(tokens[text]), text))
        found: dict[str, float] = {}
        for first in range(0, len(fitting), MOST_AT_ONCE):
            together = fitting[first : first + MOST_AT_ONCE]
            found |= zip(together, self._scored(sound, [tokens[text] for text in together]), strict=True)
        return found

    def _scored(self, sound: Floats, texts: Sequence[Sequence[int]]) -> list[float]:
        longest = max(map(len, texts)) + 1
        tokens = np.array([[BEGIN, *text, *[END] * (longest - len(text))] for text in texts])
        logits: Floats = self._decoder.run(["logits"], self._asked(tokens[:, :-1], sound))[0]
        return [_likelihood(row, [*text, END]) for row, text in zip(logits, texts, strict=True)]

    def _asked(self, tokens: npt.NDArray[np.int64], sound: Floats) -> dict[str, Any]:
        """The decoder's inputs for whole texts: nothing is remembered of tokens before."""
        past = (given for given in self._decoder.get_inputs() if given.name.startswith("past_key_values"))
        nothing = {given.name: np.zeros((len(tokens), given.shape[1], 0, given.shape[3]), np.float32) for given in past}
        return nothing | {
            "input_ids": tokens,
            "encoder_hidden_states": np.repeat(sound, len(tokens), axis=0),
            "use_cache_branch": np.array([False]),
        }


def _likelihood(logits: Floats, tokens: Sequence[int]) -> float:
    """Summed log-probability of these tokens; `logits` has shape (at least as many, size of the vocabulary)."""
    rows = logits[: len(tokens)]
    highest = rows.max(axis=-1)
    every = highest + np.log(np.exp(rows - highest[:, None]).sum(axis=-1))
    return float(np.maximum(rows[np.arange(len(tokens)), tokens] - every, FLOOR).sum())


def tokenizer(file: Path) -> Tokenizer:
    """Llama's byte-pair encoding: of all neighbours that make a piece, those of the first piece are joined first."""
    tokens = list(_tokens(file.read_bytes()))
    pieces = {piece.decode(): FIRST_PIECE + k for k, piece in enumerate(tokens[FIRST_PIECE:]) if piece}
    numbered = {f"<0x{k:02X}>": FIRST_BYTE + k for k in range(FIRST_PIECE - FIRST_BYTE)} | {UNKNOWN: 0} | pieces
    merges = [(piece[:k], piece[k:]) for piece in pieces for k in range(1, len(piece)) if piece[:k] in pieces and piece[k:] in pieces]
    found = Tokenizer(models.BPE(numbered, merges, unk_token=UNKNOWN, byte_fallback=True, fuse_unk=True))
    found.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return found


def _tokens(packed: bytes) -> Iterator[bytes]:
    """Each token of the file: its length, in one byte or, from 128 on, the low seven bits and then the others, and its bytes."""
    place = 0
    while place < len(packed):
        length, place = packed[place], place + 1
        if length >= 128:
            length, place = length - 128 + 128 * packed[place], place + 1
        yield packed[place : place + length]
        place += length
