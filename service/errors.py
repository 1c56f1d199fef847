"""Every error Earmark raises on purpose, drawn as a tree.

    EarmarkError
    ├── InputError                     the caller's input; 4xx, a retry cannot help
    │   ├── AudioUndecodable  AudioTooLong  AudioTooLarge  NoSpeech
    │   ├── TranscriptUnparseable  TranscriptEmpty  TranscriptTooLarge  TranscriptMismatch
    │   ├── UnsupportedLanguage  UnknownFormat  InvalidOptions
    │   ├── UrlForbidden  UrlRefused  UrlUnreachable
    │   ├── NotFound  NotReady  Conflict  Locked  Unauthorized  Forbidden
    │   └── SubmittedOtherwise  RateLimited  QuotaExceeded
    ├── ModelError
    │   └── ModelMissing  ModelCorrupt  ModelDied
    ├── Overdue
    ├── Unavailable                    the deployment; 5xx, a retry can help
    │   └── BrokerUnavailable  StoreFull  ArtifactMissing  QueueFull
    └── Stopped
        └── Cancelled  LeaseLost

Each leaf carries the stable `code` of the API, its HTTP status and whether a retry can help.
Messages say what was wrong, where, and what to try.
"""

from __future__ import annotations

from typing import ClassVar


class EarmarkError(Exception):
    """Base of all. `code` is stable and documented; `status` is the HTTP status that carries it."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    title: ClassVar[str] = "Internal error"


class InputError(EarmarkError):
    code, status, title = "invalid_input", 422, "The input cannot be used"


class AudioUndecodable(InputError):
    code, title = "audio_undecodable", "The audio cannot be decoded"


class AudioTooLong(InputError):
    code, title = "audio_too_long", "The audio is too long"


class AudioTooLarge(InputError):
    code, status, title = "audio_too_large", 413, "The upload is too large"


class NoSpeech(InputError):
    code, title = "no_speech", "No speech was found in the audio"


class ClipUnusable(InputError):
    code, title = "clip_unusable", "The clip does not tell a voice"


class TranscriptUnparseable(InputError):
    code, title = "transcript_unparseable", "The transcript cannot be read"


class TranscriptEmpty(InputError):
    code, title = "transcript_empty", "The transcript holds no words"


class TranscriptTooLarge(InputError):
    code, status, title = "transcript_too_large", 413, "The transcript is too large"


class TranscriptMismatch(InputError):
    code, title = "transcript_mismatch", "The transcript is not of this audio"

    def __init__(self, message: str, coverage: float = 0.0) -> None:
        super().__init__(message)
        self.coverage = coverage
        """Share of the written words that were heard where they are written."""


class UnsupportedLanguage(InputError):
    code, title = "language_unsupported", "The language is not supported"


class UnknownFormat(InputError):
    code, status, title = "unknown_format", 406, "The format is not known"


class InvalidOptions(InputError):
    code, title = "invalid_options", "An option is not valid"


class UrlForbidden(InputError):
    code, title = "url_forbidden", "The address may not be fetched"


class UrlRefused(InputError):
    code, title = "url_refused", "The address does not give the file"


class UrlUnreachable(InputError):
    code, retryable, title = "url_unreachable", True, "The address cannot be reached"


class NotFound(InputError):
    code, status, title = "not_found", 404, "Not found"


class NotReady(InputError):
    code, status, retryable, title = "not_ready", 409, True, "The result is not ready"


class Conflict(InputError):
    code, status, title = "conflict", 409, "The request conflicts with the job's state"


class GlossaryFull(Conflict):
    code, title = "glossary_full", "The show's glossary is full"


class Expired(InputError):
    code, status, title = "expired", 410, "The job was kept as long as it was to be"


class Locked(InputError):
    code, status, retryable, title = "locked", 423, True, "The job is still at work"


class Unauthorized(InputError):
    code, status, title = "unauthorized", 401, "A valid API key is needed"


class Forbidden(InputError):
    code, status, title = "forbidden", 403, "The API key does not allow this"


class SubmittedOtherwise(InputError):
    code, title = "idempotency_conflict", "Something else was submitted under this Idempotency-Key"


class RateLimited(InputError):
    code, status, retryable, title = "rate_limited", 429, True, "Too many requests"


class QuotaExceeded(InputError):
    code, status, retryable, title = "quota_exceeded", 429, True, "The key has as many jobs under way as it may"


class ModelError(EarmarkError):
    code, title = "model_error", "A model could not be used"


class ModelMissing(ModelError):
    code, status, title = "model_missing", 503, "Model weights are not installed"


class ModelCorrupt(ModelError):
    code, title = "model_corrupt", "Model weights do not match their checksum"


class ModelDied(ModelError):
    code, retryable, title = "model_died", True, "A model's process ended before its work"


class Unavailable(EarmarkError):
    code, status, retryable, title = "unavailable", 503, True, "The service is not available"


class BrokerUnavailable(Unavailable):
    code, title = "broker_unavailable", "The message broker cannot be reached"


class StoreFull(Unavailable):
    code, status, title = "store_full", 507, "The artefact store is full"


class ArtifactMissing(Unavailable):
    code, title = "artifact_missing", "A stage's artefact is missing"


class QueueFull(Unavailable):
    code, title = "queue_full", "Too many jobs are waiting"


class Overdue(EarmarkError):
    """Raised by a hook to end a stage that takes far longer than the recording explains."""

    code, title = "timeout", "The stage took too long"


class Stopped(EarmarkError):
    """Raised by a hook to stop work between two steps; not a failure."""

    code, status, title = "stopped", 409, "The work was stopped"


class Cancelled(Stopped):
    code, title = "cancelled", "The job was cancelled"


class LeaseLost(Stopped):
    code, title = "lease_lost", "Another worker has taken this stage over"
