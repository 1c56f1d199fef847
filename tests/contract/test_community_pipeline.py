"""The complete pipeline of the hub, built from a folder like the hub's: the real code, the real segmentation, voices that know nothing.

The real folder needs an account; that it is the one pinned is the catalog's business, and that it is good is its makers'.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.embedding import WeSpeakerResNet34

from models.catalog import Catalog
from models.entries import COMMUNITY_1, SEGMENTATION, WeightFile
from models.kit import Kit
from models.protocols import Voices
from models.pyannote import Pyannote
from models.waveform import Waveform
from service.domain.span import Span
from service.errors import ModelCorrupt, ModelError
from workers import audio

CONFIG = b"""
dependencies:
  pyannote.audio: 4.0.0
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: VBxClustering
    segmentation: $model/segmentation
    segmentation_batch_size: 32
    embedding: $model/embedding
    embedding_batch_size: 32
    embedding_exclude_overlap: true
    plda: $model/plda
params:
  clustering: {threshold: 0.6, Fa: 0.07, Fb: 0.8}
  segmentation: {min_duration_off: 0.0}
"""


def voices_that_know_nothing() -> bytes:
    torch.manual_seed(1)
    model = WeSpeakerResNet34()
    model.specifications = Specifications(Problem.REPRESENTATION, Resolution.CHUNK, 5.0, classes=["one"])
    checkpoint = {"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams), "pytorch-lightning_version": "2.0.0"}
    model.on_save_checkpoint(checkpoint)
    out = io.BytesIO()
    torch.save(checkpoint, out)
    return out.getvalue()


def arrays(named: Mapping[str, npt.NDArray[np.float64]]) -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **named)
    return out.getvalue()


@pytest.fixture(scope="module")
def catalog(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog whose community-1 is made of what is at hand, pinned by its own digests."""
    files = {
        "config.yaml": CONFIG,
        "segmentation/pytorch_model.bin": kit.catalog.read(SEGMENTATION.name, "pytorch_model.bin"),
        "embedding/pytorch_model.bin": voices_that_know_nothing(),
        "plda/xvec_transform.npz": arrays({"mean1": np.zeros(256), "mean2": np.zeros(128), "lda": np.eye(256, 128)}),
        "plda/plda.npz": arrays({"mu": np.zeros(128), "tr": np.eye(128), "psi": np.linspace(2, 1, 128)}),
    }
    folder = tmp_path_factory.mktemp("models")
    pinned = []
    for name, content in files.items():
        path = folder / COMMUNITY_1.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        pinned.append(WeightFile(name, hashlib.sha256(content).hexdigest(), len(content)))
    return Catalog(folder, entries=(replace(COMMUNITY_1, files=tuple(pinned)),))


@pytest.fixture
def head(demo: Waveform, tmp_path: Path) -> Waveform:
    path = tmp_path / "head.wav"
    path.write_bytes(audio.clip(demo, Span(0, 16_000)))
    return Waveform(path)


@pytest.mark.filterwarnings("ignore:std")  # models.hushed says so too, but pytest starts from its own filters
def test_the_pipeline_of_the_hub_runs_without_the_hub(catalog: Catalog, head: Waveform) -> None:
    diarizer = Pyannote(catalog, COMMUNITY_1.name, device="cpu")
    heard = diarizer.diarize(Voices(head))
    assert heard.turns
    assert heard.turns[0].span.start == pytest.approx(600, abs=100)
    assert diarizer.uses.revision == COMMUNITY_1.revision


@pytest.mark.filterwarnings("ignore:std")
def test_on_a_gpu_short_of_memory_it_goes_on_in_smaller_batches(catalog: Catalog, head: Waveform, caplog: pytest.LogCaptureFixture) -> None:
    short, told = Short(catalog, COMMUNITY_1.name, device="cpu"), list[int]()
    with caplog.at_level(logging.WARNING, logger="models"):
        heard = short.diarize(Voices(head, report=lambda done, _: told.append(done)))
    assert caplog.messages == ["out of memory; batches are of 16 from now on"]
    assert (short.pipeline.segmentation_batch_size, short.pipeline.embedding_batch_size) == (16, 16)
    assert told == sorted(told)
    assert heard == Pyannote(catalog, COMMUNITY_1.name, device="cpu").diarize(Voices(head))
    short.holds = 8
    with pytest.raises(ModelError, match=r"with a batch of 16; set EARMARK_DIARIZER to segmentation-3\.0"):
        short.diarize(Voices(head))


class Short(Pyannote):
    """Its memory suffices to embed as many voices at once as it `holds`."""

    holds = 16

    @cached_property
    def pipeline(self) -> Any:
        pipeline = super()._pipeline

        def crowded(_: object, given: tuple[torch.Tensor, ...]) -> None:
            if len(given[0]) > self.holds:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

        pipeline._embedding.model_.register_forward_pre_hook(crowded)
        return pipeline

    @property
    def _pipeline(self) -> Any:
        return self.pipeline


def test_a_pickle_that_is_not_the_pinned_one_is_not_loaded(catalog: Catalog, head: Waveform) -> None:
    pickle = catalog.folder / COMMUNITY_1.name / "embedding" / "pytorch_model.bin"
    honest = pickle.read_bytes()
    pickle.write_bytes(honest[:-1] + b"!")
    try:
        with pytest.raises(ModelCorrupt, match=r"pytorch_model\.bin of speaker-diarization-community-1: its SHA-256 differs"):
            Pyannote(catalog, COMMUNITY_1.name, device="cpu").diarize(Voices(head))
    finally:
        pickle.write_bytes(honest)
