"""What is made of a stage that goes wrong, in the service and in one process alike."""

from __future__ import annotations

from service.errors import EarmarkError, InputError, Stopped
from service.stages import stage_of


def is_spared(stage: str, error: Exception) -> bool:
    """Whether the job goes on without the stage: not when the input is at fault, nor when it was to stop."""
    return stage_of(stage).optional and not isinstance(error, InputError | Stopped)


def story_of(stage: str, error: Exception) -> tuple[str, str]:
    """The error's code, and what the caller is told; tracebacks stay in the log."""
    if isinstance(error, EarmarkError):
        return error.code, str(error)
    return EarmarkError.code, f"stage {stage} broke down ({type(error).__name__}); the log says more"
