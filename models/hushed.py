"""pyannote.audio, imported once, without its telemetry, without its complaint about torchcodec, and without a compiler.

Earmark gives it decoded sound, so its own decoder is never needed; and no recording's length leaves this machine. Nothing is compiled
here, and the triton that comes with torch for GPUs, which lightning would import, takes 80 MB.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings

os.environ["PYANNOTE_METRICS_ENABLED"] = "false"  # read when pyannote.audio is imported
sys.modules.setdefault("triton", None)  # type: ignore[arg-type]  # to import it is an ImportError, as where torch comes without it
logging.getLogger("torch.utils.flop_counter").setLevel(logging.ERROR)  # it would say so

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*torchcodec is not installed correctly")
    from pyannote.audio import Inference, Model, Pipeline
    from pyannote.core import Annotation, Segment

warnings.filterwarnings("ignore", message=r"std\(\): degrees of freedom", module=r"pyannote\.audio")  # it tries ever shorter sounds

__all__ = ["Annotation", "Inference", "Model", "Pipeline", "Segment"]
