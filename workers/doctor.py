"""`earmark doctor`: looks at everything Earmark stands on, and says what to do where it does not hold."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from typing import Literal

import httpx

from models import cuda, devices, lexicon, profiles
from models.catalog import Catalog, State
from models.choice import Choice
from service.database import Database
from service.errors import EarmarkError
from service.queue import Broker
from service.settings import Settings
from service.store import FolderStore
from workers.broker import can_embed

API_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `note` is worth knowing and no obstacle."""

    what: str
    verdict: Literal["ok", "note", "wrong"]
    said: str


def examine(settings: Settings, url: str | None = None) -> list[Finding]:
    """Everything, in the order in which one would mend it. `url` is where the API is; by default where the settings have it listen."""
    looks: dict[str, Callable[[Settings], Finding]] = {
        "python": _python,
        "device": _device,
        "cuda": _cuda,
        "models": _models,
        "lexicon": _lexicon,
        "store": _store,
        "database": _database,
        "broker": _broker,
        "workers": _workers,
        "api": lambda settings: _api(settings, url or f"http://{settings.host}:{settings.port}"),
    }
    return [_safely(what, look, settings) for what, look in looks.items()]


def _safely(what: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except (EarmarkError, OSError, httpx.HTTPError, ValueError) as error:
        return Finding(what, "wrong", str(error))


def missing_packages() -> list[str]:
    """What a worker needs and this Python does not have."""
    return [name for name in ("av", "faster_whisper", "pocketsphinx", "pyannote.audio") if not _installed(name)]


def _python(_: Settings) -> Finding:
    missing = missing_packages()
    said = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    if missing:
        return Finding("python", "note", f"{said}; no worker can run here without {', '.join(missing)}: pip install 'earmark[worker]'")
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("python", "ok" if good else "wrong", said if good else f"{said}; Earmark needs 3.11 to 3.13")


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _device(settings: Settings) -> Finding:
    if not _installed("ctranslate2"):
        return Finding("device", "note", "not looked at: no recogniser is installed")
    import ctranslate2  # noqa: PLC0415 - an optional dependency

    profile = profiles.of(settings)
    gpus = ctranslate2.get_cuda_device_count()
    how = f"{profile.compute_type}, {profile.threads} threads, batch {profile.batch}, queues {', '.join(profile.queues)}"
    return Finding("device", "ok", f"{gpus} CUDA devices; models run on {profile.device} ({how})")


def _cuda(settings: Settings) -> Finding:
    if not (_installed("ctranslate2") and _installed("torch")):
        return Finding("cuda", "note", "not looked at: no recogniser or no torch is installed")
    return judge_cuda([cuda.of_ctranslate2(), cuda.of_torch()], cuda.driver(), wanted=profiles.wanted_device(settings))


OLDEST_DRIVERS = {12: "525", 13: "580"}
"""The first of NVIDIA's Linux drivers that serves each CUDA major, by the release notes of CUDA 12.0 and 13.0."""


def judge_cuda(needs: Sequence[cuda.Needs], driver: cuda.Driver | None, wanted: str) -> Finding:
    """Whether each library was built for CUDA and finds what it wants of it, and what to do where not. What is missing is an obstacle only
    to who asks for a GPU, or has one that would be used.
    """
    asked, without = wanted.startswith("cuda"), [n for n in needs if n.major is None]
    if not asked and (driver is None or wanted == "cpu"):
        return Finding("cuda", "ok", f"{'no GPU is asked for' if driver else 'no NVIDIA driver, and none is asked for'}; {_wants(needs)}")
    faults = [f"{n.library} was built without CUDA: {_way_to(n)}" for n in without if asked]
    faults += [f"{n.library} finds no {' or '.join(n.missing)}: {_way_to(n)}" for n in needs if n.missing]
    if driver is None:
        faults.append(f"no NVIDIA driver answers (libcuda.so.1): install it until nvidia-smi shows the GPU; {_wants(needs)}")
        return Finding("cuda", "wrong", "; ".join(faults))
    faults += [_too_old(driver, n.library, n.major) for n in needs if n.major and n.major > driver.major]
    if faults:
        return Finding("cuda", "wrong", "; ".join(faults))
    found = f"the driver serves CUDA {driver.major}.{driver.minor}; {_wants(needs)}"
    return Finding("cuda", "note", found) if without else Finding("cuda", "ok", f"{found}, and all of it is found")


def _too_old(driver: cuda.Driver, library: str, major: int) -> str:
    return (
        f"{library} wants CUDA {major}, and the driver serves {driver.major}.{driver.minor} at most: install driver"
        f" {OLDEST_DRIVERS.get(major, 'of a later series')} or newer, or a build of {library.partition(' ')[0]} for CUDA {driver.major}"
    )


def _wants(needs: Sequence[cuda.Needs]) -> str:
    return ", ".join(f"{n.library} wants CUDA {n.major}" if n.major else f"{n.library} was built without CUDA" for n in needs)


def _way_to(needs: cuda.Needs) -> str:
    if needs.library.startswith("torch"):
        return "pip install --force-reinstall torch brings its own, unless an index of builds for processors is set (PIP_EXTRA_INDEX_URL)"
    if needs.major is None:
        return "pip install --force-reinstall ctranslate2 on Linux on x86-64 has it"
    return f"pip install nvidia-cublas-cu{needs.major}, which stands beside torch's own CUDA and does not touch it"


def _models(settings: Settings) -> Finding:
    wanted = profiles.wanted_device(settings)
    if wanted == "auto":
        wanted = devices.for_whisper(wanted) if _installed("ctranslate2") else "cpu"
    return judge_models(Choice(settings, Catalog(settings.models_dir, settings.hf_token), wanted))


def judge_models(choice: Choice) -> Finding:
    """Whether the models are there that are used on the device that is asked for, also where it is not."""
    catalog = choice.catalog
    needed = list(chain.from_iterable(choice.by_stage.values()))
    states = {name: catalog.state(name) for name in dict.fromkeys([*needed, *catalog.entries])}
    there, corrupt = ([name for name, state in states.items() if state is one] for one in (State.INSTALLED, State.CORRUPT))
    if corrupt:
        return Finding("models", "wrong", f"{', '.join(corrupt)} are damaged: earmark models pull {' '.join(corrupt)}")
    if missing := [name for name in needed if states[name] is State.MISSING]:
        said = f"on {choice.device}, {', '.join(missing)} are missing from {catalog.folder}: earmark models pull {' '.join(missing)}"
        return Finding("models", "wrong", said)
    spare = [name for name in there if name not in needed]
    said = f"{', '.join(needed)} in {catalog.folder}" + (f"; there, and not used on {choice.device}: {', '.join(spare)}" if spare else "")
    return Finding("models", "ok", said)


def _lexicon(_: Settings) -> Finding:
    return Finding("lexicon", "ok", f"version {lexicon.version()}, {lexicon.size():,} entries")


def _store(settings: Settings) -> Finding:
    store = FolderStore(settings.store, settings.min_free_bytes)
    store.prepare()
    return Finding("store", "ok", f"{store.free_bytes() / 1e9:,.1f} GB free in {settings.store}")


def _database(settings: Settings) -> Finding:
    database = Database(settings.database)
    if settings.database_url is None and not (settings.data_dir / "earmark.db").exists():
        return Finding("database", "ok", f"{database.place} will be made by the first `earmark up`")
    database.ping()
    return Finding("database", "ok", database.place)


def _broker(settings: Settings) -> Finding:
    if settings.broker_url:
        Broker(settings).ping()
        return Finding("broker", "ok", "the one of EARMARK_BROKER_URL answers")
    if can_embed():
        return Finding("broker", "ok", "`earmark up` starts its own; `earmark api` and `worker` need EARMARK_BROKER_URL")
    return Finding(
        "broker", "note", "`earmark align` needs none; for `earmark up`: pip install 'earmark[embedded]', or set EARMARK_BROKER_URL"
    )


def _workers(settings: Settings) -> Finding:
    if not settings.broker_url:
        return Finding("workers", "ok", "`earmark up` starts one")
    names = Broker(settings).workers()
    if not names:
        return Finding("workers", "note", "none answers, so jobs wait: start one with `earmark worker`")
    return Finding("workers", "ok", ", ".join(sorted(names)))


def _api(settings: Settings, url: str) -> Finding:
    """The running service as its callers see it: what it stands on, and who works for it."""
    headers = {"X-API-Key": settings.api_key} if settings.api_key else {}
    with httpx.Client(base_url=url, headers=headers, timeout=API_SECONDS, trust_env=False) as http:
        try:
            checks = http.get("/readyz").json()["checks"]
        except httpx.ConnectError:
            return Finding("api", "note", f"nothing answers at {url}: `earmark up` starts it; --url names another")
        except (KeyError, TypeError, ValueError):
            return Finding("api", "wrong", f"what answers at {url} is not Earmark; --url names another address")
        if ill := [f"{what}: {said}" for what, said in checks.items() if said != "ok"]:
            return Finding("api", "wrong", f"{url} answers and is not ready: {'; '.join(ill)}")
        answer = http.get("/v1/capabilities")
    if not answer.is_success:
        return Finding("api", "note", f"{url} is ready; to ask what it can do, set EARMARK_API_KEY (it answers {answer.status_code})")
    can = answer.json()
    workers = [f"{w['name']} ({w['device']}, {w['busy']} of {w['slots']} slots busy)" for w in can["workers"] or []]
    said = f"{url} is ready, version {can['version']}; workers: {', '.join(workers) or 'none answers, so jobs wait'}"
    return Finding("api", "ok" if workers else "note", said)
