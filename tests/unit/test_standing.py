"""How much work is said to be left of a job, by what its stages have taken."""

from __future__ import annotations

import pytest

from service.stages import STAGES, part_names
from service.standing import LEAST_SHARE, SHARES, seconds_left
from service.tables import Job, StageRun, StageState

NOW_MS = 1_000_000


def done(seconds: float) -> dict[str, object]:
    return {"state": StageState.DONE, "started_ms": NOW_MS - 500_000, "finished_ms": NOW_MS - 500_000 + round(1000 * seconds)}


def running(seconds: float, share: float) -> dict[str, object]:
    progress = {"progress_done_ms": round(share * 100_000), "progress_total_ms": 100_000}
    return {"state": StageState.RUNNING, "started_ms": NOW_MS - round(1000 * seconds), **progress}


def job(**runs: dict[str, object]) -> Job:
    """Its other stages wait."""
    names = dict.fromkeys([stage.name for stage in STAGES] + list(runs))
    return Job(
        audio_ms=100_000, runs=[StageRun(stage=name, attempt=1, **({"state": StageState.PENDING} | runs.get(name, {}))) for name in names]
    )


def test_what_is_left_goes_as_what_is_done_went() -> None:
    assert seconds_left(job(decode=done(2), transcribe=running(20, 0.5)), NOW_MS) == pytest.approx(22 * 78 / 22)
    all_but_one = {name: done(share) for name, share in SHARES.items() if name != "time"}
    assert seconds_left(job(**all_but_one, time=running(6, 0.5)), NOW_MS) == pytest.approx(6)
    assert seconds_left(job(**all_but_one, time=done(12)), NOW_MS) == 0


def test_a_stage_that_cost_nothing_says_nothing_of_the_pace() -> None:
    without_voices = job(decode=done(2), diarize=done(0.1), transcribe=running(20, 0.5))
    assert seconds_left(without_voices, NOW_MS) == pytest.approx(22 * 56 / 22)


def test_nothing_is_said_before_the_pace_is_known() -> None:
    assert seconds_left(job(), NOW_MS) is None
    assert seconds_left(job(decode=done(2), transcribe=running(1, (100 * LEAST_SHARE - 2.1) / 40)), NOW_MS) is None
    assert seconds_left(job(**{stage.name: done(0) for stage in STAGES}), NOW_MS) is None


def test_parts_are_one_stage_from_the_first_ones_beginning() -> None:
    first, second = part_names("transcribe", 2)
    parts = {first: running(20, 0.5), second: running(10, 0.0)}
    assert seconds_left(job(decode=done(2), **parts), NOW_MS) == pytest.approx(22 * 78 / 22)
