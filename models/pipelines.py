"""The two pipelines of pyannote.audio that Earmark knows how to build. Importing this takes 60 MB: `models.pyannote` does so late."""

from __future__ import annotations

import io
import warnings
from typing import Any

import torch
import yaml
from pyannote.audio.core.plda import PLDA
from pyannote.audio.pipelines import SpeakerDiarization

from models import campplus
from models.catalog import Catalog
from models.entries import COMMUNITY_1, SEGMENTATION
from models.hushed import Model, Pipeline
from models.waveform import SAMPLE_RATE, Waveform

STEP = 0.25
"""Windows of 10 s begin every 2.5 s."""

FULL_SCALE = 32768

CLUSTERING = {"method": "centroid", "min_cluster_size": 12, "threshold": 0.7}


def stock(catalog: Catalog, threads: int) -> Any:
    """Pyannote's own pipeline on the same weights, with agglomerative clustering. Raises `ModelMissing` or `ModelCorrupt`."""
    torch.set_num_threads(threads or 1)  # two that wait for each other are slower than one (docs/benchmarks.md)
    pipeline = SpeakerDiarization(
        segmentation=_model(catalog, SEGMENTATION.name, "pytorch_model.bin"),
        segmentation_step=STEP,
        segmentation_batch_size=8,
        embedding=hearing_pcm(campplus.load(catalog)),
        embedding_batch_size=24,
        embedding_exclude_overlap=True,
        plda=NoPLDA(),
        clustering="AgglomerativeClustering",
    )
    return pipeline.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": CLUSTERING})


def community_1(catalog: Catalog, threads: int) -> Any:
    """pyannote/speaker-diarization-community-1, as its own configuration says. Raises `ModelMissing` or `ModelCorrupt`."""
    torch.set_num_threads(threads or 1)
    name = COMMUNITY_1.name
    plda = (io.BytesIO(catalog.read(name, f"plda/{part}.npz")) for part in ("xvec_transform", "plda"))
    config = yaml.safe_load(catalog.read(name, "config.yaml"))
    config["pipeline"]["params"] |= {
        "segmentation": _model(catalog, name, "segmentation/pytorch_model.bin"),
        "embedding": _model(catalog, name, "embedding/pytorch_model.bin"),
        "plda": PLDA(*plda),
    }
    return Pipeline.from_pretrained(config)


def _model(catalog: Catalog, name: str, file: str) -> Any:
    """A checkpoint is a pickle: it is loaded from bytes whose digest was just found right, and from nowhere else."""
    return hearing_pcm(Model.from_pretrained(io.BytesIO(catalog.read(name, file))))


def hearing_pcm(model: Any) -> Any:
    """The model, taking 16-bit samples too: the recording stays mapped from disk, and only the chunks at work become floats."""
    model.register_forward_pre_hook(lambda _, sounds: tuple(s / FULL_SCALE if s.dtype == torch.int16 else s for s in sounds))
    return model


class NoPLDA(PLDA):  # type: ignore[misc]  # pyannote.audio is not typed
    """The pipeline insists on one, and would download it, though agglomerative clustering has no use for it."""

    def __init__(self) -> None:
        pass


def waveform(recording: Waveform) -> dict[str, Any]:
    """A recording as pyannote's pipelines take it: samples, never a file's name, which it would decode itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")  # nor is it written to
        return {"waveform": torch.from_numpy(recording.pcm)[None], "sample_rate": SAMPLE_RATE, "uri": "recording"}
