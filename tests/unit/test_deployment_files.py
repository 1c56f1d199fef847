"""No container engine runs in the tests: what can be known of the images and the compose files without one is checked here."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from typer.main import get_command

from models.catalog import Catalog
from models.choice import Choice
from models.entries import COMMUNITY_1, ENTRIES
from service.api.deps import Parts
from service.settings import Settings
from service.stages import QUEUES, STAGES
from workers.cli import app

ROOT = Path(__file__).parents[2]
DOCKERFILES = sorted(ROOT.glob("docker/*.Dockerfile"))
COMPOSE_FILES = sorted(ROOT.glob("docker/compose*.yaml"))
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")

a_dockerfile = pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
a_compose_file = pytest.mark.parametrize("compose_file", COMPOSE_FILES, ids=lambda path: path.name)


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Each instruction and its arguments, continued lines joined."""
    lines = [line for line in dockerfile.read_text().splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    pairs = [line.split(maxsplit=1) for line in joined.splitlines()]
    return [(word, rest) for word, rest in pairs]


def arguments(dockerfile: Path, instruction: str) -> list[str]:
    return [rest for word, rest in instructions(dockerfile) if word == instruction]


def services(compose_file: Path) -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(compose_file.read_text())["services"])


def resolved(text: str) -> str:
    """`text` with each variable's default in its place, `1` where it has none."""
    return VARIABLE.sub(lambda found: found[3] if found[2] == "-" else "1", text)


def our_command(words: list[str]) -> dict[str, Any]:
    """The parameters of a command line of ours, parsed as `earmark` would; a usage error when there is no such command or option."""
    program, name, *rest = [resolved(word) for word in words]
    assert program == "earmark"
    group: Any = get_command(app)
    if name == "models":
        group, (name, *rest) = group.commands[name], rest
    return dict(group.commands[name].make_context(name, rest).params)


def test_there_is_something_to_check() -> None:
    assert [path.name for path in DOCKERFILES] == ["api.Dockerfile", "worker.Dockerfile"]
    assert [path.name for path in COMPOSE_FILES] == ["compose.gpu.yaml", "compose.yaml"]


@a_dockerfile
def test_what_an_image_copies_exists_and_is_sent_to_the_builder(dockerfile: Path) -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [source for copy in arguments(dockerfile, "COPY") for source in copy.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert source in allowed


SERVES = {"cpu": {"cpu"}, "gpu": {"cpu", "cuda"}}
"""The devices that the worker's image serves, by the build argument `DEVICE`."""


@pytest.mark.parametrize("built_for", SERVES)
def test_the_workers_image_has_the_models_of_every_device_it_serves(built_for: str, tmp_path: Path) -> None:
    (pull,) = (run for run in arguments(ROOT / "docker/worker.Dockerfile", "RUN") if "models pull" in run)
    (earmark := tmp_path / "earmark").write_text('#!/bin/sh\necho "$@"\n')
    earmark.chmod(0o755)
    script = pull.partition(" earmark ")[1:]
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DEVICE": built_for}
    asked = subprocess.run(["sh", "-c", "".join(script)], env=environment, check=True, capture_output=True, text=True).stdout
    profiles = {our_command(["earmark", *line.split()])["profile"] for line in asked.splitlines()}
    there = {entry.name for entry in ENTRIES if profiles & set(entry.profiles)}
    for device in SERVES[built_for]:
        needed = chain.from_iterable(Choice(Settings(), Catalog(tmp_path), device).by_stage.values())
        assert set(needed) <= there, device
    assert (COMMUNITY_1.name in there) is ("cuda" in SERVES[built_for])


@a_dockerfile
def test_base_images_are_pinned_to_a_version(dockerfile: Path) -> None:
    bases = [line.split()[0] for line in arguments(dockerfile, "FROM")]
    pinned = [base for base in bases if re.search(r":\d+\.\d+\.\d+-", base)]
    built_here = [base for base in bases if base == "${DEVICE}-base"]
    assert pinned
    assert pinned + built_here == bases


@a_dockerfile
def test_an_image_runs_one_of_our_commands_as_an_ordinary_user(dockerfile: Path) -> None:
    order = [word for word, _ in instructions(dockerfile)]
    assert int(arguments(dockerfile, "USER")[-1]) > 0
    assert order.index("USER") < order.index("CMD")
    our_command(json.loads(arguments(dockerfile, "CMD")[-1]))


@a_dockerfile
def test_an_image_installs_extras_that_exist(dockerfile: Path) -> None:
    (extras,) = re.findall(r"pip install .*'\.\[(.*)\]'", "\n".join(arguments(dockerfile, "RUN")))
    declared = (ROOT / "pyproject.toml").read_text()
    assert all(re.search(rf"^{extra} = \[", declared, re.MULTILINE) for extra in extras.split(","))


def test_the_data_files_of_the_packages_are_installed_with_them() -> None:
    patterns = re.search(r"package-data\]\n\"\*\" = (\[.*\])", (ROOT / "pyproject.toml").read_text())
    assert patterns
    files = [path for name in ("service", "workers", "models") for path in (ROOT / name).rglob("*.*") if path.is_file()]
    data = [path for path in files if path.suffix not in {".py", ".pyc", ".md"}]
    assert [path for path in data if not any(fnmatch(path.name, pattern) for pattern in json.loads(patterns[1]))] == []


@a_compose_file
def test_services_run_real_commands_with_real_options(compose_file: Path) -> None:
    ours = [service for service in services(compose_file).values() if resolved(service["image"]).startswith("earmark")]
    assert ours
    for service in ours:
        our_command(service["command"])


@a_compose_file
def test_services_set_only_settings_that_exist(compose_file: Path) -> None:
    known = {f"EARMARK_{name.upper()}" for name in Settings.model_fields}
    for service in services(compose_file).values():
        assert {name for name in service.get("environment", {}) if name.startswith("EARMARK")} <= known


@a_compose_file
def test_what_services_refer_to_is_declared(compose_file: Path) -> None:
    whole = yaml.safe_load(compose_file.read_text())
    for service in whole["services"].values():
        assert set(service.get("depends_on", {})) <= set(whole["services"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(whole["volumes"])
        build = service.get("build", {})
        assert set(build.get("secrets", [])) <= set(whole.get("secrets", {}))
        assert not build or (compose_file.parent / build["context"] / build["dockerfile"]).is_file()


@a_compose_file
def test_every_variable_is_in_the_example(compose_file: Path) -> None:
    example = (ROOT / "docker/.env.example").read_text()
    for name, *_ in VARIABLE.findall(compose_file.read_text()):
        assert re.search(rf"^#?{name}=", example, re.MULTILINE), name


@a_compose_file
def test_no_secret_has_a_default(compose_file: Path) -> None:
    defaults = {name for name, kind, _ in VARIABLE.findall(compose_file.read_text()) if kind == "-"}
    assert not [name for name in defaults if "PASSWORD" in name or "KEY" in name]


def test_the_worker_serves_every_queue_unless_told_otherwise() -> None:
    command = services(ROOT / "docker/compose.yaml")["worker"]["command"]
    assert our_command(command)["queues"].split(",") == list(QUEUES)


def test_the_broker_neither_forgets_nor_evicts() -> None:
    command = services(ROOT / "docker/compose.yaml")["broker"]["command"][-1]
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_the_systemd_unit_starts_a_command_of_ours_on_any_device() -> None:
    unit = (ROOT / "docker" / "earmark-worker@.service").read_text()
    (start,) = re.findall(r"^ExecStart=/opt/earmark/bin/(.*) \$QUEUES$", unit, re.MULTILINE)
    (queues,) = re.findall(r"QUEUES=(--queues=\w+(?:,\w+)*)", unit)
    for device, more in (("cuda:1", []), ("cpu", [queues])):
        params = our_command([*start.replace("%i", device).split(), *more])
        assert params["device"] == device
    assert set(params["queues"].split(",")) < set(QUEUES)


def keda_query() -> str:
    (trigger,) = yaml.safe_load((ROOT / "docker" / "keda.yaml").read_text())["spec"]["triggers"]
    return str(trigger["metadata"]["query"])


def test_keda_asks_for_the_stages_of_its_workers_queue() -> None:
    (stages,) = re.findall(r'stage=~"([a-z|]+)"', keda_query())
    assert set(stages.split("|")) == {stage.name for stage in STAGES if stage.queue == "gpu"}


def test_an_idle_service_shows_every_figure_that_keda_adds_up(api: TestClient) -> None:
    """A sum in PromQL is empty where one of its operands is, and what is empty starts nobody."""
    shown = list(samples(api))
    for name, selector in re.findall(r"(earmark_\w+)(?:\{(.*?)\})?", keda_query()):
        wanted: list[dict[str, str]] = [{}]
        for label, values in re.findall(r'(\w+)=~?"([^"]+)"', selector):
            wanted = [labels | {label: value} for labels in wanted for value in values.split("|")]
        for labels in wanted:
            assert (name, labels, 0) in shown


def test_a_voice_that_waits_alone_starts_a_worker(api: TestClient, parts: Parts) -> None:
    clip = parts.store.scratch()
    clip.write_bytes(b"sound")
    voice = parts.voices.begin("ann", "Ada", "", clip)
    assert ("earmark_voices_waiting", {}, 1) in samples(api)
    parts.voices.finish(voice.id, lambda _: "nobody speaks")
    assert ("earmark_voices_waiting", {}, 0) in samples(api)


def samples(api: TestClient) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in text_string_to_metric_families(api.get("/metrics").text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value
