"""`python -m tests.support.scripted_worker`: a real worker with the stages of `tests.support.scripted`."""

from __future__ import annotations

from service.settings import Settings
from workers.app import Duty, serve

if __name__ == "__main__":
    serve(Settings(), Duty(include=("tests.support.scripted",), concurrency=2))
