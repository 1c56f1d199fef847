"""The examples of the documentation do what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.integration.conftest import KEY, Running

CLIENT = Path(__file__).parents[2] / "docs" / "client.py"


def test_the_python_client_submits_watches_and_fetches(service: Running, tmp_path: Path) -> None:
    audio, transcript = tmp_path / "episode.mp3", tmp_path / "episode.txt"
    audio.write_bytes(b"not really sound" * 100)
    transcript.write_text("Anna: In 1982 the Minutel was new.\n")
    command = [sys.executable, str(CLIENT), service.url, KEY, str(audio), str(transcript)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema_version"] == 1
    assert "succeeded" in done.stderr.splitlines()[-1]
