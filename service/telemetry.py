"""OpenTelemetry, for those who want it: a span for each stage and each request, and how long they take.

Off unless `EARMARK_OTLP_ENDPOINT` names a collector.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from service.errors import Unavailable
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Instruments:
    """OpenTelemetry's tracer, and its histogram of seconds."""

    tracer: Any
    seconds: Any


_instruments: list[Instruments] = []
"""None while it is off; else those of this process."""


def start(settings: Settings, process: str) -> None:
    """Send spans and figures of this process to the collector from now on. Raises `Unavailable` when the packages are missing."""
    if not settings.otlp_endpoint or _instruments:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415 - optional
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise Unavailable("EARMARK_OTLP_ENDPOINT is set and OpenTelemetry is not installed: pip install 'earmark[telemetry]'") from error
    resource, collector = Resource.create({"service.name": f"earmark-{process}"}), settings.otlp_endpoint.rstrip("/")
    traces = TracerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{collector}/v1/traces")))
    figures = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter(f"{collector}/v1/metrics"))], resource)
    seconds = figures.get_meter("earmark").create_histogram("earmark.duration", "s", "How long stages and requests take.")
    _instruments.append(Instruments(traces.get_tracer("earmark"), seconds))


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[None]:
    """What happens in this block is one span, and its length one figure under its name. Nothing happens while it is off."""
    if not _instruments:
        yield
        return
    ours, begun = _instruments[0], time.monotonic()
    try:
        with ours.tracer.start_as_current_span(name, attributes={f"earmark.{key}": value for key, value in attributes.items()}):
            yield
    finally:
        ours.seconds.record(time.monotonic() - begun, {"earmark.name": name.partition(":")[0]})
