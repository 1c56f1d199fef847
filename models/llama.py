"""Puts a language model of the Llama kind, in a file of the GGUF format, into a folder as CTranslate2 reads it.

    python models/llama.py FILE FOLDER

The names of tensors and fields are llama.cpp's (gguf-py); its queries and keys are laid for rotating neighbours, which is CTranslate2's
`rotary_interleave`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import common_spec, transformer_spec
from gguf import GGUFReader
from gguf.quants import dequantize
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

LARGEST = np.float32(127)
"""What the largest weight of a row becomes in eight bits."""

Floats = npt.NDArray[np.float32]


class File:
    """The file, memory-mapped."""

    def __init__(self, path: Path) -> None:
        self._read = GGUFReader(path)
        self._tensors = {tensor.name: tensor for tensor in self._read.tensors}

    def told(self, field: str) -> Any:
        return self._read.fields[field].contents()

    def weights(self, *names: str) -> Floats:
        """Of these tensors, one below the other, shape (outputs, inputs) or (size,)."""
        found = [self._tensors[name] for name in names]
        return np.concatenate([dequantize(t.data, t.tensor_type).astype(np.float32).reshape(t.shape[::-1]) for t in found])


def convert(path: Path, folder: Path) -> None:
    file = File(path)
    network(file).save(str(folder))
    tokenizer(file).save(str(folder / "tokenizer.json"))


def network(file: File) -> Any:
    """Its layers, in eight bits."""
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        file.told("llama.block_count"),
        file.told("llama.attention.head_count"),
        num_heads_kv=file.told("llama.attention.head_count_kv"),
        activation=common_spec.Activation.SWISH,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        rotary_base=file.told("llama.rope.freq_base"),
    )
    decoder = spec.decoder
    decoder.scale_embeddings = False
    for layer in (decoder.embeddings, decoder.projection):
        _give(layer, file.weights("token_embd.weight"))
    decoder.layer_norm.gamma = file.weights("output_norm.weight")
    for number, layer in enumerate(decoder.layer):
        _fill(layer, file, f"blk.{number}")
    vocabulary = file.told("tokenizer.ggml.tokens")
    spec.register_vocabulary(vocabulary)
    spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = vocabulary[0]
    spec.config.layer_norm_epsilon = file.told("llama.attention.layer_norm_rms_epsilon")
    spec.validate()
    spec.optimize()
    return spec


def _fill(layer: Any, file: File, block: str) -> None:
    attention, forward = layer.self_attention, layer.ffn
    attention.layer_norm.gamma = file.weights(f"{block}.attn_norm.weight")
    _give(attention.linear[0], file.weights(*(f"{block}.attn_{part}.weight" for part in "qkv")))
    _give(attention.linear[1], file.weights(f"{block}.attn_output.weight"))
    forward.layer_norm.gamma = file.weights(f"{block}.ffn_norm.weight")
    for linear, part in ((forward.linear_0, "gate"), (forward.linear_0_noact, "up"), (forward.linear_1, "down")):
        _give(linear, file.weights(f"{block}.ffn_{part}.weight"))


def _give(layer: Any, rows: Floats) -> None:
    """Weights of shape (outputs, inputs), each row on its own scale, as CTranslate2 quantizes to int8 (docs/quantization.md there)."""
    layer.weight_scale = LARGEST / np.maximum(np.abs(rows).max(axis=1), np.float32(1e-12))
    layer.weight = np.rint(rows * layer.weight_scale[:, None]).astype(np.int8)


def tokenizer(file: File) -> Tokenizer:
    """Byte-pair encoding as GPT-2 has it, each digit by itself: `tokenizer.ggml.pre` "smollm"."""
    numbered = {token: k for k, token in enumerate(file.told("tokenizer.ggml.tokens"))}
    found = Tokenizer(models.BPE(numbered, [tuple(merge.split(" ")) for merge in file.told("tokenizer.ggml.merges")]))
    by_digit, by_byte = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.pre_tokenizer = pre_tokenizers.Sequence([by_digit, by_byte])
    found.decoder = decoders.ByteLevel()
    return found


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:]))
