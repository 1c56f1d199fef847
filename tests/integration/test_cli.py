"""The `earmark` command against the running service, as a person or a program uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.conftest import KEY, Running
from tests.support.scripted import script

Earmark = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def earmark(service: Running, tmp_path: Path) -> Earmark:
    """Runs the command with the running service's address and key in its environment."""

    def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"EARMARK_URL": service.url, "EARMARK_API_KEY": KEY, "EARMARK_DATA_DIR": str(tmp_path)} | changes
        command = [sys.executable, "-m", "workers", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    return run


@pytest.fixture
def episode(tmp_path: Path) -> tuple[str, str]:
    audio, transcript = tmp_path / "episode.mp3", tmp_path / "episode.txt"
    audio.write_bytes(b"not really sound" * 100)
    transcript.write_text("Anna: In 1982 the Minutel was new.\n")
    return str(audio), str(transcript)


def test_submits_waits_and_writes_the_result(earmark: Earmark, episode: tuple[str, str], tmp_path: Path) -> None:
    done = earmark("submit", *episode, "-o", str(tmp_path / "out.json"), "--reference", "e1")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["schema_version"] == 1
    assert "transcribe: done" in done.stderr
    assert "0 corrected" in done.stdout
    assert not list(tmp_path.glob(".*.part"))


def test_prints_json_for_programs_and_nothing_else(earmark: Earmark, episode: tuple[str, str], tmp_path: Path) -> None:
    submitted = earmark("submit", *episode, "--json")
    job: Any = json.loads(submitted.stdout)
    waited = earmark("submit", *episode, "-o", str(tmp_path / "out.vtt"), "--json")
    assert json.loads(waited.stdout)["format"] == "vtt"
    assert (tmp_path / "out.vtt").read_text().startswith("WEBVTT")
    assert json.loads(earmark("status", job["id"], "--json").stdout)["id"] == job["id"]
    assert job["id"] in [listed["id"] for listed in json.loads(earmark("status", "--json").stdout)]


def test_fetches_a_result_in_any_form(earmark: Earmark, service: Running) -> None:
    job_id = service.submit()
    service.wait_for_end(job_id)
    assert earmark("fetch", job_id, "--format", "txt").stdout.strip() == "Hello world"


def test_keeps_the_glossary_of_a_show_on_the_service(earmark: Earmark, episode: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_text("Minitel = Minutel\nAC/DC\n")
    assert earmark("glossary", "import", "paris", str(tmp_path / "terms.txt")).returncode == 0
    assert earmark("glossary", "add", "paris", "Qwen").returncode == 0
    assert earmark("glossary", "remove", "paris", "AC/DC").returncode == 0
    assert earmark("glossary", "show", "paris").stdout == "Minitel = Minutel\nQwen\n"
    assert {"show": "paris", "terms": 2, "leave_alone": 0} in json.loads(earmark("glossary", "list", "--json").stdout)
    job = json.loads(earmark("submit", *episode, "--show", "paris", "--learn", "--tag", "news", "--json").stdout)
    assert (job["show"], job["tags"]) == ("paris", ["news"])
    refused = earmark("glossary", "remove", "paris", "Nobody")
    assert (refused.returncode, "no term 'Nobody'" in refused.stderr) == (3, True)


def test_cancels(earmark: Earmark, service: Running) -> None:
    job_id = service.submit(transcribe="work:60")
    assert earmark("cancel", job_id).stdout.strip() in {"cancelling", "cancelled"}
    assert service.wait_for_end(job_id)["state"] == "cancelled"


def test_says_what_is_wrong_in_one_line_and_by_its_exit_code(earmark: Earmark, episode: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    audio, transcript = episode
    cases: list[tuple[tuple[str, ...], dict[str, str], int, str]] = [
        (("fetch", "0190"), {}, 3, "there is no job 0190 (not_found)"),
        (("status",), {"EARMARK_API_KEY": "wrong"}, 3, "not an API key"),
        (("status",), {"EARMARK_URL": "http://127.0.0.1:1"}, 5, "earmark up"),
        (("status",), {"EARMARK_PORT": "many"}, 2, "EARMARK_PORT"),
        (("submit", audio, str(tmp_path / "empty.txt")), {}, 3, "(transcript_empty)"),
        (("submit", audio, transcript, "--format", "docx"), {}, 3, "known are json"),
        (("submit", audio, transcript, "--min-speakers", "3", "--max-speakers", "2"), {}, 3, "--min-speakers"),
        (("submit", audio, transcript, "--wait", "--description", script(decode="refuse")), {}, 6, "the script finds no sound in it"),
        (("submit", audio, "nowhere.txt"), {}, 2, "nowhere.txt"),
        (("api",), {"EARMARK_HOST": "192.0.2.1", "EARMARK_API_KEY": "", "EARMARK_BROKER_URL": "redis://127.0.0.1:1"}, 3, "set but empty"),
        (("api",), {}, 5, "EARMARK_BROKER_URL"),
        (("worker", "--queues", "cpu,fast"), {}, 3, "no queue fast"),
        (("worker", "--device", "gpu"), {}, 4, "There is no device 'gpu': EARMARK_DEVICE (--device) is auto, cpu, cuda or cuda:N"),
        (("worker", "--device", "cuda:99"), {}, 4, "EARMARK_DEVICE is cuda:99, but CTranslate2 sees"),
        (("align", audio, transcript, "--device", "gpu"), {}, 4, "There is no device 'gpu'"),
        (("align", audio, transcript), {"EARMARK_DEVICE": "cuda0"}, 4, "There is no device 'cuda0'"),
        (("migrate",), {"EARMARK_DATABASE_URL": "nonsense"}, 5, "database URL"),
    ]
    for arguments, changes, code, says in cases:
        ended = earmark(*arguments, **changes)
        assert (ended.returncode, "Traceback" in ended.stderr) == (code, False), f"{arguments}: {ended.stderr}"
        assert says in " ".join(ended.stderr.split()), f"{arguments}: {ended.stderr}"


def test_up_starts_everything_and_ctrl_c_stops_it(tmp_path: Path) -> None:
    environment = os.environ | {"EARMARK_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "workers", "up", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True) as up:
        assert up.stdout is not None
        first = up.stdout.readline()
        children = _children_of(up.pid)
        up.send_signal(signal.SIGINT)
        rest = up.stdout.read()
    assert first.startswith("Earmark is ready at http://127.0.0.1:")
    assert "curl -F audio=@" in rest
    assert "stopped" in rest
    assert up.returncode == 0
    assert len(children) >= 3
    _all_gone(children)


def test_up_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    environment = os.environ | {"EARMARK_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "workers", "up", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True) as up:
        assert up.stdout is not None
        up.stdout.readline()
        family = psutil.Process(up.pid).children(recursive=True)
        names = {process.name() for process in family}
        up.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    assert "valkey-server" in names


def _children_of(pid: int) -> list[int]:
    said = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True)
    return [int(line) for line in said.stdout.split()]


def _all_gone(pids: list[int]) -> None:
    until = time.monotonic() + 5
    while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < until, f"processes {left} were left behind"
        time.sleep(0.1)
