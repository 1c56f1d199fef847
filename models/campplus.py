"""CAM++ as pyannote.audio's speaker embedding: whose voice it is, told from the frames in which it speaks.

Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware Masking", Interspeech 2023.
"""

from __future__ import annotations

import io
import math
from types import ModuleType

import torch
from torchaudio.compliance import kaldi

from models.catalog import Catalog
from models.hushed import Model
from models.waveform import SAMPLE_RATE

NAME = "campplus-zh-en"
DIMENSION = 192
NUM_MEL_BINS = 80

FRAME_SAMPLES = SAMPLE_RATE // 40
"""What Kaldi looks at for one frame: 25 ms, every 10 ms."""

MIN_FRAMES = 30
"""Frames of 10 ms. Less than 0.3 s of a voice does not tell whose it is."""


MARKED = 0.5
"""A frame belongs to a voice when its weight is greater."""


class CamPlusPlus(Model):  # type: ignore[misc]  # pyannote.audio is not typed
    """The network, and Kaldi's features before it as 3D-Speaker trained it: 80 mel bins, mean of the utterance subtracted."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__(sample_rate=SAMPLE_RATE, num_channels=1)
        self.network = network

    @property
    def dimension(self) -> int:
        return DIMENSION

    def forward(self, waveforms: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
        """One embedding per waveform, shape (batch, 192); NaN where less than `MIN_FRAMES` are marked.

        `waveforms` : (batch, 1, num_samples) in [-1, 1]. `weights` : (batch, num_frames) at any frame rate; what they do
        not mark is left out, so that a voice is embedded without the others of its chunk.
        """
        embeddings = torch.full((len(waveforms), DIMENSION), math.nan, device=waveforms.device)
        features: torch.Tensor = fbank(waveforms[0])
        for index, waveform in enumerate(waveforms):
            if index and not torch.equal(waveform, waveforms[index - 1]):  # the pipeline asks for a chunk once per voice in it
                features = fbank(waveform)
            spoken = features if weights is None else features[_stretched(weights[index], len(features)) > MARKED]
            if len(spoken) >= MIN_FRAMES:
                embeddings[index] = self.network((spoken - spoken.mean(dim=0))[None])[0]
        return embeddings


def fbank(waveform: torch.Tensor) -> torch.Tensor:
    """Log mel energies of a (1, num_samples) waveform, shape (num_frames, 80), one frame per 10 ms."""
    features: torch.Tensor = kaldi.fbank(waveform, num_mel_bins=NUM_MEL_BINS, sample_frequency=SAMPLE_RATE)
    return features


def _stretched(weights: torch.Tensor, num_frames: int) -> torch.Tensor:
    return torch.nn.functional.interpolate(weights[None, None].float(), size=num_frames, mode="nearest")[0, 0]


def load(catalog: Catalog) -> CamPlusPlus:
    """The model from the catalog's files. Raises `ModelMissing` or `ModelCorrupt`."""
    definition = ModuleType("campplus_definition")
    exec(compile(catalog.read(NAME, "camplusplus.py"), "camplusplus.py", "exec"), vars(definition))  # noqa: S102  pinned to the byte: decision 12
    network = definition.CAMPPlus(feat_dim=NUM_MEL_BINS, embedding_size=DIMENSION)
    weights = torch.load(io.BytesIO(catalog.read(NAME, "campplus_cn_en_common.pt")), map_location="cpu", weights_only=True)
    network.load_state_dict(weights)
    return CamPlusPlus(network.eval())
