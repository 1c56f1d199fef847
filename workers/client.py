"""A client of the REST API, for the command line and the demo."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import quote

import httpx

from service.domain.options import LeftAlone, Options, Term
from service.errors import EarmarkError, InputError, NotFound, Unauthorized, Unavailable
from service.settings import Settings

TIMEOUT = httpx.Timeout(120, connect=5)
"""Seconds. The first byte of an answer may take as long as the store takes to write two gigabytes away."""

Sent = Callable[[int, int], None]
"""Told of bytes sent and bytes in all."""

NO_LABELS: Mapping[str, object] = {}

KINDS: dict[int, type[EarmarkError]] = {401: Unauthorized, 404: NotFound, 500: EarmarkError}


class Client:
    """The API at one address. Every method raises what the service says: `InputError`, `Unavailable` and their kin."""

    def __init__(self, url: str, api_key: str | None = None) -> None:
        headers = {"X-API-Key": api_key} if api_key else {}
        self.url = url
        self._http = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False)

    @classmethod
    def of(cls, url: str | None) -> Client:
        """At this address, or where the settings say that the service listens; with the settings' key."""
        settings = Settings()
        return cls(url or f"http://{settings.host}:{settings.port}", settings.api_key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def submit(
        self, audio: Path, transcript: Path, options: Options, labels: Mapping[str, object] = NO_LABELS, sent: Sent | None = None
    ) -> Any:
        """The job, as JSON. `labels` are what may be said of it beside its options: `reference`, `tags`, `learn`."""
        with audio.open("rb") as sound, transcript.open("rb") as text:
            files = {
                "audio": (audio.name, _Watched(sound, audio.stat().st_size, sent) if sent else sound),
                "transcript": (transcript.name, text),
            }
            fields = {"options": json.dumps({**asdict(options), **labels})}
            return self._ask("POST", "/v1/jobs", files=files, data=fields).json()

    def job(self, job_id: str) -> Any:
        return self._ask("GET", f"/v1/jobs/{job_id}").json()

    def jobs(self, limit: int = 20) -> Any:
        """The newest jobs."""
        return self._ask("GET", "/v1/jobs", params={"limit": limit}).json()["items"]

    def result(self, job_id: str, form: str) -> str:
        return self._ask("GET", f"/v1/jobs/{job_id}/result", params={"format": form}).text

    def cancel(self, job_id: str) -> Any:
        return self._ask("POST", f"/v1/jobs/{job_id}/cancel").json()

    def glossaries(self) -> Any:
        """The shows that have one, with how much is in each."""
        return self._ask("GET", "/v1/glossaries").json()

    def glossary(self, show: str) -> Any:
        return self._ask("GET", f"/v1/glossaries/{show}").json()

    def add_terms(self, show: str, terms: Sequence[Term]) -> None:
        self._ask("PATCH", f"/v1/glossaries/{show}", json={"terms": [asdict(term) for term in terms]})

    def remove_term(self, show: str, text: str) -> None:
        self._ask("DELETE", f"/v1/glossaries/{show}/terms/{quote(text)}")

    def allow(self, show: str, pair: LeftAlone) -> None:
        """Let a rejected correction be proposed again."""
        self._ask("DELETE", f"/v1/glossaries/{show}/leave-alone", params=asdict(pair))

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **request)
        except httpx.TransportError as error:
            raise Unavailable(f"no service answers at {self.url} ({error}); start one with `earmark up`, or give its --url") from error
        if response.is_error:
            raise _error_of(response)
        return response


def _error_of(response: httpx.Response) -> EarmarkError:
    try:
        problem = response.json()
        message = f"{problem['detail']} ({problem['code']})"
    except (ValueError, KeyError, TypeError):
        message = f"the service answered {response.status_code} {response.reason_phrase}"
    if response.status_code > 500:
        return Unavailable(message)
    return KINDS.get(response.status_code, InputError)(message)


class _Watched:
    """A file that tells how far it has been read."""

    def __init__(self, file: BinaryIO, size: int, sent: Sent) -> None:
        self._file = file
        self._size = size
        self._sent = sent

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._sent(self._file.tell(), self._size)
        return content

    def fileno(self) -> int:
        """By which httpx learns the length, and so does not have to send it in chunks."""
        return self._file.fileno()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()
