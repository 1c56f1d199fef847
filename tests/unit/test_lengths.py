"""Recordings of any length are joined from whole lines of episodes, and their transcripts say just those."""

from __future__ import annotations

import json
import wave
from pathlib import Path

from tests.bench.lengths import Line, joined
from tests.support.sound import by_suffix, tone, write


def episode(folder: Path, name: str, seconds: int) -> None:
    """One line a second, an advertisement nobody hears after the first."""
    write(folder / f"{name}.mp3", tone(seconds + 0.5), by_suffix(".mp3"))
    rows = [{"original": f"{name} {k}", "start": k, "end": k + 1} for k in range(seconds)]
    rows[1:1] = [{"original": "buy", "start": None, "end": None}, {"original": None, "start": 0.5, "end": 0.9}]
    (folder / f"{name}.truth.json").write_text(json.dumps({"rows": rows}))


def test_whole_lines_of_one_episode_after_the_other_and_again(tmp_path: Path) -> None:
    for name, seconds in (("a", 25), ("b", 10)):
        episode(tmp_path, name, seconds)
    (tmp_path / "joined").mkdir()
    recording, transcript = joined(tmp_path, 1, tmp_path / "joined")
    lines = transcript.read_text().splitlines()
    assert lines[:3] == ["a 0", "buy", "a 1"]
    assert lines[-1] == "a 24"
    assert [line for line in lines if line == "b 9"] == ["b 9"]
    with wave.open(str(recording)) as wav:
        assert wav.getnframes() == 60 * 16_000


def test_a_line_is_off_by_the_share_of_the_length_that_fits_worst() -> None:
    """Costs of 10 s and a tenth of the length, but for the last, which took a fifth more."""
    line = Line.through([300, 1200, 3600, 10_800], [40, 130, 370, 1308])
    assert 0.05 < line.furthest < 0.2
    assert Line.through([300, 1200, 3600], [40, 130, 370]) == Line(10.0, 0.1, 0.0)
