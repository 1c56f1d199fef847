"""Whole examples for the OpenAPI description: each is an answer as it looks. A test holds them against their schemas."""

from __future__ import annotations

from typing import Any

JOB_ID = "01890a5d-ac96-774b-bcce-b302099a8057"

STAGE: dict[str, Any] = {
    "name": "transcribe",
    "state": "running",
    "attempt": 1,
    "audio_seconds_done": 31.2,
    "audio_seconds_total": 70.0,
    "seconds": None,
}

VOICE: dict[str, Any] = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8059",
    "name": "Ada Lovelace",
    "show": "paris-startups",
    "state": "ready",
    "model": "campplus-zh-en@0.2.2",
    "error": None,
    "created_at": "2026-01-01T12:00:00Z",
}

JOB: dict[str, Any] = {
    "id": JOB_ID,
    "state": "running",
    "stage": "transcribe",
    "progress": {
        "fraction": 0.272,
        "audio_seconds_done": 31.2,
        "audio_seconds_total": 70.0,
        "stages_done": 2,
        "stages_total": 9,
        "eta_seconds": 48.2,
        "queue_position": None,
    },
    "attempt": 1,
    "reference": "episode 12",
    "tags": ["interviews"],
    "show": "paris-startups",
    "audio": {"name": "episode.mp3", "sha256": "9f86d081", "url": None, "bytes": 561000, "seconds": 70.0},
    "transcript": {"name": "transcript.md", "sha256": "60303ae2", "url": None},
    "error": None,
    "warnings": [],
    "degraded": [],
    "stages": [STAGE],
    "created_at": "2026-01-01T12:00:00Z",
    "started_at": "2026-01-01T12:00:01Z",
    "finished_at": None,
    "result_url": None,
    "revision": 0,
    "delete_after_seconds": None,
}

WORKER: dict[str, Any] = {
    "name": "earmark-5f2a90c1@gpu-box",
    "device": "cpu",
    "profile": "cpu",
    "models": [{"stage": "transcribe", "name": "faster-whisper-tiny.en", "revision": "0d3d19a32d3338f10357c0889762bd8d64bbdeba"}],
    "languages": ["en"],
    "queues": ["io", "cpu", "align", "gpu", "deliver"],
    "slots": 2,
    "busy": 1,
}

RESULT: dict[str, Any] = {
    "schema_version": 1,
    "job_id": JOB_ID,
    "segments": [{"id": 0, "start": 0.61, "end": 14.2, "speaker": "S1", "text": "In 1982 the Minitel was new."}],
    "corrections": [{"id": 0, "before": "Minutel", "after": "Minitel", "applied": True, "decided": False, "confidence": 0.97}],
}
"""In part: docs/formats.md has every field."""

REBASE: dict[str, Any] = {"audio": {"url": "https://example.com/episode-other-adverts.mp3"}}

GLOSSARY_IN: dict[str, Any] = {
    "terms": [{"text": "Minitel", "sounds_like": ["Minutel"]}, "Qwen"],
    "leave_alone": [{"before": "Julian", "after": "Julien"}],
}

GLOSSARY: dict[str, Any] = {
    "show": "paris-startups",
    "terms": [
        {"text": "Minitel", "sounds_like": ["Minutel"], "learned": True},
        {"text": "Qwen", "sounds_like": [], "learned": False},
    ],
    "leave_alone": [{"before": "Julian", "after": "Julien"}],
}

WEBHOOK: dict[str, Any] = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "url": "https://example.com/earmark",
    "events": ["job.succeeded", "job.failed"],
    "enabled": True,
    "created_at": "2026-01-01T12:00:00Z",
}

DELIVERY: dict[str, Any] = {
    "id": "msg_01890a5dac96774bbcceb302099a8059",
    "webhook_id": WEBHOOK["id"],
    "job_id": JOB_ID,
    "event": "job.succeeded",
    "state": "delivered",
    "attempts": 1,
    "last_status": 204,
    "last_error": None,
    "created_at": "2026-01-01T12:01:00Z",
    "delivered_at": "2026-01-01T12:01:02Z",
    "next_attempt_at": None,
}
