"""Logs: one line for each event, as text or as JSON, with the request or the job and stage it belongs to, and without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from service.settings import Settings

_about: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039 - never changed, always replaced

_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"em_([0-9a-f]{12})_[\w-]+"), r"em_\1_***"),
    (re.compile(r"whsec_[\w+/=-]+"), "whsec_***"),
    (re.compile(r"hf_\w{8,}"), "hf_***"),
    (re.compile(r"(?i)((?:x-api-key|authorization)\W{1,6}(?:bearer\s+|basic\s+)?)[^\s'\",}]+"), r"\1***"),
    (re.compile(r"(?i)\b(\w+(?:\+\w+)?://)[^\s/@'\"]*@"), r"\1***@"),
    (re.compile(r"(?i)\b(https?://[^\s?'\"]+)\?[^\s'\"]+"), r"\1?***"),
)
"""Keys, webhook secrets, tokens, headers that let in, passwords in addresses, and queries (where signed addresses carry theirs)."""


def redacted(line: str) -> str:
    """The line without what lets anybody in anywhere.

    >>> redacted("GET https://user:pass@example.com/e.mp3?sig=abc with Authorization: Bearer x")
    'GET https://***@example.com/e.mp3?*** with Authorization: Bearer ***'
    """
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    return line


@contextmanager
def about(**facts: str) -> Iterator[None]:
    """What is logged in this block, and in what it calls, belongs to these: `job_id`, `stage`, `request_id`."""
    token = _about.set(_about.get() | facts)
    try:
        yield
    finally:
        _about.reset(token)


class Text(logging.Formatter):
    """For people."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in _about.get().items())
        head = f"{_instant(record)} {record.levelname} {record.name}"
        return redacted(" ".join(part for part in (head, facts and f"[{facts}]", _said(self, record)) if part))


class Json(logging.Formatter):
    """For programs: an object a line."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {"time": _instant(record), "level": record.levelname.lower(), "logger": record.name, **_about.get()}
        return json.dumps(facts | {"message": redacted(_said(self, record))}, ensure_ascii=False)


def configure(settings: Settings) -> None:
    """Everything of this process goes to standard error, in the form the settings name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if settings.log_format == "json" else Text())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error", "celery"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in ("httpx", "httpcore", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _said(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    trace = f"\n{formatter.formatException(record.exc_info)}" if record.exc_info else ""
    return record.getMessage() + trace


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
