"""The laws are asked with the same examples every time, so that what passes here passes elsewhere; `make hunt` looks for others.

No law is broken by a busy machine: Hypothesis is told to leave time out of account.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", unhurried, derandomize=True)
settings.register_profile("hunt", unhurried, max_examples=1000)
settings.load_profile("hunt" if os.environ.get("EARMARK_HUNT") == "1" else "steady")
