"""Configuration, read once at the edge from environment variables (`EARMARK_...`) into one frozen object."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All settings of Earmark. Each is an environment variable: `EARMARK_` and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix="EARMARK_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("earmark"), description="Folder of the embedded database, artefacts and broker."
    )
    models_dir: Path = Field(default_factory=lambda: user_cache_path("earmark") / "models", description="Folder that holds model weights.")
    database_url: str | None = Field(
        None,
        description="SQLAlchemy URL; by default a SQLite file in `data_dir`. PostgreSQL: postgresql+psycopg://user:password@host/name.",
    )
    broker_url: str | None = Field(
        None, description="Redis or Valkey URL (redis:// or rediss://); by default `earmark up` starts an embedded Valkey."
    )
    store_dir: Path | None = Field(None, description="Folder of the artefacts, shared by API and workers; by default inside `data_dir`.")

    min_free_bytes: int = Field(
        512 * 1024**2, description="Bytes of the store's disk that are kept free: uploads that would use them are refused."
    )

    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8300, description="Port the API listens on.")
    api_key: str | None = Field(
        None,
        description="The key callers must present (X-API-Key or Authorization: Bearer). Without one, only this machine is served.",
        repr=False,
    )
    max_upload_bytes: int = Field(2 * 1024**3, description="Largest audio upload, in bytes.")
    max_transcript_bytes: int = Field(2 * 1024**2, description="Largest transcript, in bytes.")
    max_audio_seconds: int = Field(6 * 3600, description="Longest recording, in seconds.")

    requests_per_minute: int = Field(3000, description="How often each stored key may call; 0 for no limit. A key may have its own.")
    max_active_jobs: int = Field(0, description="How many jobs each stored key may have under way; 0 for no limit. A key may have its own.")
    max_waiting_jobs: int = Field(10_000, description="When so many jobs wait, submissions are refused as queue_full.")
    keep_seconds: int | None = Field(
        None, description="How long a finished job and its files are kept; by default for ever. A job may ask for less."
    )
    artifacts_max_bytes: int | None = Field(
        None, description="How much of what stages made may be kept for later jobs; what was not used for longest goes. By default all."
    )
    artifacts_keep_seconds: int | None = Field(
        30 * 24 * 3600, description="How long what stages made is kept for later jobs after its last use; results stay with their jobs."
    )
    upload_seconds: int = Field(24 * 3600, description="How long an upload in pieces may take, and wait to be used.")
    fetch_allow: str = Field("", description="Networks (CIDR, with commas) that may be fetched from though they are not public.")
    fetch_ports: str = Field("", description="Ports (with commas) that may be asked beside 80 and 443.")

    profile: Literal["auto", "cpu", "cuda"] = Field(
        "auto",
        description="How the models run: sets number format, threads, batch, length of parts and queues; by default found from the device.",
    )
    device: str = Field("auto", description="auto, cpu, cuda or cuda:N: where the models run.")
    compute_type: str = Field("default", description="CTranslate2 type for Whisper: int8 on a CPU and float16 on a GPU by default.")
    batch: int = Field(0, ge=0, description="How many stretches of 30 s are recognised at once; by default 1 on a CPU and 16 on a GPU.")
    whisper_model: str | None = Field(
        None, description="Catalog name or folder of the recogniser; by default chosen by device and language."
    )
    hotwords: bool | None = Field(
        None, description="Whether the recogniser is told the names to expect; by default large models are, tiny.en and base are not."
    )
    guided: bool = Field(
        False,
        description="Whether the recogniser is put through the transcript's words and hears for itself only where they are improbable: up"
        " to a third less work where few are wrong, but a few corrections less, and an edited transcript is heard anew."
        " English on a CPU only.",
    )
    diarizer: str | None = Field(
        None,
        description="segmentation-3.0, speaker-diarization-community-1 or pyannote-stock; by default by device and what is installed.",
    )
    threads: int = Field(0, description="Threads of each model; 0: all cores.")
    idle_seconds: int = Field(
        60, ge=0, description="How long models that are not used stay loaded, and models in processes of their own wait for more."
    )
    part_seconds: int | None = Field(
        None,
        ge=0,
        description="Recognition of a longer recording is cut into parts of about this length, which workers share, and the timing of its"
        " words into parts three times as long; 0: never. By default 120 for each of up to four cores, and 1200 on a GPU.",
    )
    hf_token: str | None = Field(None, description="Hugging Face token for `earmark models pull` of gated models.", repr=False)

    log_format: Literal["text", "json"] = Field("text", description="text for people, json (an object a line) for programs.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is worth a line in the logs.")
    otlp_endpoint: str | None = Field(
        None, description="Address of an OpenTelemetry collector (OTLP over HTTP, as http://collector:4318); without one nothing is traced."
    )

    lease_seconds: int = Field(60, description="A stage whose worker has not been heard of for this long is given to another.")
    max_attempts: int = Field(3, description="How often a stage is begun before its job fails as poison.")

    @cached_property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'earmark.db'}"

    @cached_property
    def store(self) -> Path:
        return self.store_dir or self.data_dir / "store"
