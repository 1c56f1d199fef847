"""A client of the REST API in one function: submit, watch, fetch.

    python docs/client.py URL KEY AUDIO TRANSCRIPT > result.json

Needs httpx alone. A larger client, typed, is made from the description: docs/api.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import uuid4

import httpx


def corrected(http: httpx.Client, audio: Path, transcript: Path) -> str:
    """The result's JSON. Raises `httpx.HTTPStatusError` for what the service refuses, `RuntimeError` for a job that fails."""
    files = {"audio": (audio.name, audio.read_bytes()), "transcript": (transcript.name, transcript.read_bytes())}
    headers = {"Idempotency-Key": str(uuid4())}  # sent again with the same key, it is the same job
    submitted = http.post("/v1/jobs", files=files, headers=headers).raise_for_status()
    address = submitted.headers["location"]
    with http.stream("GET", f"{address}/events", timeout=None) as events:
        for line in events.iter_lines():
            if line.startswith("data: "):
                job = json.loads(line.removeprefix("data: "))
                print(f"{job['state']} {job['stage'] or ''} {job['progress']['audio_seconds_done'] or 0:.0f} s", file=sys.stderr)
    if job["state"] != "succeeded":
        raise RuntimeError(f"the job {job['state']}: {job['error']}")
    return http.get(f"{address}/result", params={"format": "json"}).raise_for_status().text


if __name__ == "__main__":
    url, key, sound, text = sys.argv[1:]
    with httpx.Client(base_url=url, headers={"X-API-Key": key}, timeout=60) as client:
        print(corrected(client, Path(sound), Path(text)))
