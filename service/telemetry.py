"""OpenTelemetry, for those who want it: a span for each stage and each request. Off unless `EARMARK_OTLP_ENDPOINT` names a collector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service.errors import Unavailable
from service.settings import Settings

_tracers: list[Any] = []
"""None while it is off; else the tracer of this process."""


def start(settings: Settings, process: str) -> None:
    """Send spans of this process to the collector from now on. Raises `Unavailable` when the packages are missing."""
    if not settings.otlp_endpoint or _tracers:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - optional
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise Unavailable("EARMARK_OTLP_ENDPOINT is set and OpenTelemetry is not installed: pip install 'earmark[telemetry]'") from error
    provider = TracerProvider(resource=Resource.create({"service.name": f"earmark-{process}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")))
    _tracers.append(provider.get_tracer("earmark"))


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[None]:
    """What happens in this block is one span. Nothing happens while it is off."""
    if not _tracers:
        yield
        return
    with _tracers[0].start_as_current_span(name, attributes={f"earmark.{key}": value for key, value in attributes.items()}):
        yield
