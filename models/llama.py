"""Puts a language model of the Llama kind, in a file of the GGUF format, into a folder as CTranslate2 reads it.

python -m models.llama FILE FOLDER
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

Floats = npt.NDArray[np.float32]


def convert(file: Path, folder: Path) -> None:
    """Llama's layers by their names in the file. Its queries and keys are laid for rotating neighbours, as llama.cpp wants them."""
    read = GGUFReader(file)

    def told(name: str) -> Any:
        return read.fields[name].contents()

    def weights(*names: str) -> Floats:
        found = (next(tensor for tensor in read.tensors if tensor.name == name) for name in names)
        return np.concatenate([dequantize(t.data, t.tensor_type).astype(np.float32).reshape(t.shape[::-1]) for t in found])

    def give(layer: Any, *names: str) -> None:
        """In eight bits, each row on its own scale, as CTranslate2 does it; one tensor at a time, so that little is held."""
        rows = weights(*names)
        layer.weight_scale = np.float32(127) / np.maximum(np.abs(rows).max(axis=1), np.float32(1e-12))
        layer.weight = np.rint(rows * layer.weight_scale[:, None]).astype(np.int8)

    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        told("llama.block_count"),
        told("llama.attention.head_count"),
        num_heads_kv=told("llama.attention.head_count_kv"),
        activation=common_spec.Activation.SWISH,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        rotary_base=told("llama.rope.freq_base"),
    )
    decoder = spec.decoder
    decoder.scale_embeddings = False
    give(decoder.embeddings, "token_embd.weight")
    give(decoder.projection, "token_embd.weight")
    decoder.layer_norm.gamma = weights("output_norm.weight")
    for number, layer in enumerate(decoder.layer):
        block = f"blk.{number}"
        layer.self_attention.layer_norm.gamma = weights(f"{block}.attn_norm.weight")
        give(layer.self_attention.linear[0], *(f"{block}.attn_{part}.weight" for part in "qkv"))
        give(layer.self_attention.linear[1], f"{block}.attn_output.weight")
        layer.ffn.layer_norm.gamma = weights(f"{block}.ffn_norm.weight")
        give(layer.ffn.linear_0, f"{block}.ffn_gate.weight")
        give(layer.ffn.linear_0_noact, f"{block}.ffn_up.weight")
        give(layer.ffn.linear_1, f"{block}.ffn_down.weight")
    vocabulary, merges = told("tokenizer.ggml.tokens"), told("tokenizer.ggml.merges")
    spec.register_vocabulary(vocabulary)
    spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = vocabulary[0]
    spec.config.layer_norm_epsilon = told("llama.attention.layer_norm_rms_epsilon")
    spec.validate()
    spec.optimize()
    spec.save(str(folder))
    numbered, pairs = {token: k for k, token in enumerate(vocabulary)}, [tuple(merge.split(" ")) for merge in merges]
    tokenizer = Tokenizer(models.BPE(numbered, pairs))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.save(str(folder / "tokenizer.json"))


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:]))
