"""pyannote.audio, imported once, without its telemetry and without its complaint about torchcodec.

Earmark gives it decoded sound, so its own decoder is never needed; and no recording's length leaves this machine.
"""

from __future__ import annotations

import os
import warnings

os.environ["PYANNOTE_METRICS_ENABLED"] = "false"  # read when pyannote.audio is imported

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*torchcodec is not installed correctly")
    from pyannote.audio import Inference, Model, Pipeline
    from pyannote.core import Annotation, Segment

warnings.filterwarnings("ignore", message=r"std\(\): degrees of freedom", module=r"pyannote\.audio")  # it tries ever shorter sounds

__all__ = ["Annotation", "Inference", "Model", "Pipeline", "Segment"]
