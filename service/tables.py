"""The tables of jobs: the runs of their stages, submissions, uploads; `belongings` has the others. The database is the truth on every job;
the broker only carries hints.

Times are whole milliseconds since 1970 (UTC), always taken from the database's own clock (`service.database.now_ms`),
so that two machines never disagree on whether a lease has run out.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Double, Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from service.errors import NotFound
from service.stages import WHOLE, part_of, stage_of


class JobState(StrEnum):
    """queued -> running -> succeeded | failed | cancelled, with `cancelling` while a worker still has to let go."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}


class StageState(StrEnum):
    """pending (waits for other stages) -> queued (a worker may claim it) -> running -> done | failed."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def _column_of(states: type[StrEnum]) -> Enum:
    return Enum(states, native_enum=False, length=16, values_callable=lambda kind: [state.value for state in kind])


class Base(DeclarativeBase):
    """Base of the tables."""


class Job(Base):
    """One request: an audio file and a transcript in, a document out.

    `audio_name` and `transcript_name` are what the caller called the files: shown, never used as a path.
    `options` is `service.domain.options.Options` as JSON.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_owner_id", "owner", "id"), Index("ix_jobs_state", "state"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """A UUIDv7: jobs sort by the time of their submission."""
    owner: Mapped[str] = mapped_column(String(64))
    state: Mapped[JobState] = mapped_column(_column_of(JobState), default=JobState.QUEUED)
    reference: Mapped[str] = mapped_column(String(200), default="")
    show: Mapped[str] = mapped_column(String(100), default="")
    """The caller's name for the show; empty for none."""
    learn: Mapped[bool] = mapped_column(default=False)
    """Whether what is decided on its corrections goes into the show's glossary."""
    options: Mapped[dict[str, object]] = mapped_column(JSON)

    audio_key: Mapped[str] = mapped_column(String(200))
    audio_name: Mapped[str] = mapped_column(String(255))
    audio_sha256: Mapped[str] = mapped_column(String(64))
    audio_bytes: Mapped[int] = mapped_column(BigInteger)
    audio_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Length of the recording; None until it is decoded."""
    transcript_key: Mapped[str] = mapped_column(String(200))
    transcript_name: Mapped[str] = mapped_column(String(255))
    transcript_sha256: Mapped[str] = mapped_column(String(64))

    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_coverage: Mapped[float | None] = mapped_column(Double)
    """Of a transcript that was refused as another episode's: the share of its words that were heard."""
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    degraded: Mapped[list[str]] = mapped_column(JSON, default=list)

    priority: Mapped[int] = mapped_column(default=0)
    """Of its owner's jobs the higher go first."""
    key_id: Mapped[str] = mapped_column(String(12), default="")
    """The key that submitted it; empty for the service's own."""
    audio_link: Mapped[dict[str, object] | None] = mapped_column(JSON)
    transcript_link: Mapped[dict[str, object] | None] = mapped_column(JSON)
    """`service.fetch.Link` as JSON, where a worker has to fetch the file."""
    keep_seconds: Mapped[int | None] = mapped_column(BigInteger)
    """How long the job and its files are kept once it has ended; None for what the settings say."""
    amendments: Mapped[dict[str, dict[str, object]]] = mapped_column(JSON, default=dict)
    """`service.domain.amend.Amendments` as JSON."""
    revision: Mapped[int] = mapped_column(default=0)
    """How often the result was amended."""

    created_ms: Mapped[int] = mapped_column(BigInteger)
    started_ms: Mapped[int | None] = mapped_column(BigInteger)
    finished_ms: Mapped[int | None] = mapped_column(BigInteger)

    runs: Mapped[list[StageRun]] = relationship(
        back_populates="job", cascade="all, delete-orphan", order_by="StageRun.position", lazy="selectin"
    )
    tagged: Mapped[list[JobTag]] = relationship(cascade="all, delete-orphan", order_by="JobTag.tag", lazy="selectin")

    @property
    def tags(self) -> list[str]:
        return [row.tag for row in self.tagged]

    def add_run(self, stage: str, position: int) -> None:
        """Have the stage, or a part of it, run some time."""
        kept = {"owner": self.owner, "rank": -self.priority, "queue": stage_of(stage).queue}
        self.runs.append(StageRun(stage=stage, position=position, state=StageState.PENDING, **kept))

    def run_of(self, stage: str) -> StageRun:
        """Raises `NotFound` for a part that has been joined."""
        for run in self.runs:
            if run.stage == stage:
                return run
        raise NotFound(f"stage {stage} of job {self.id} is no more")

    def parts_of(self, stage: str) -> list[StageRun]:
        """The runs into which this stage is divided, while it is."""
        return [run for run in self.runs if run.stage.startswith(f"{stage}:")]

    @property
    def stages(self) -> list[StageRun]:
        """The runs that are whole stages."""
        return [run for run in self.runs if part_of(run.stage) == WHOLE]


class JobTag(Base):
    """A word of the caller's own by which jobs can be listed."""

    __tablename__ = "job_tags"
    __table_args__ = (Index("ix_job_tags_tag", "tag"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True)


class StageRun(Base):
    """Where one stage of one job stands.

    `attempt` is the fencing token: each claim raises it, every write of a worker names the attempt it was given, and
    (as the mapper's version column) every UPDATE here names the attempt that was read. `tries` counts the claims that
    ended badly or not at all; unlike `attempt` it is taken back when a worker hands the stage back in good order.
    `owner`, `rank` and `queue` are the job's and the stage's, so that whose turn it is can be read off one index.
    """

    __tablename__ = "stage_runs"
    __table_args__ = (
        Index("ix_stage_runs_state", "state"),
        Index("ix_stage_runs_artifact_key", "artifact_key"),
        Index("ix_stage_runs_turn", "state", "queue", "owner", "rank", "job_id", "stage", "queued_ms"),
        Index("ix_stage_runs_served", "queue", "owner", "started_ms"),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The stage's name, or that of a part of it (`service.stages.part_names`); parts are removed once their stage is done."""
    position: Mapped[int]
    """Its place in `service.stages.STAGES`."""
    owner: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int]
    """The job's priority, turned round: of its owner's runs the lower go first."""
    queue: Mapped[str] = mapped_column(String(16))
    state: Mapped[StageState] = mapped_column(_column_of(StageState), default=StageState.PENDING)
    attempt: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(255))
    lease_until_ms: Mapped[int | None] = mapped_column(BigInteger)
    artifact_key: Mapped[str | None] = mapped_column(String(64))
    progress_done_ms: Mapped[int | None] = mapped_column(BigInteger)
    progress_total_ms: Mapped[int | None] = mapped_column(BigInteger)
    queued_ms: Mapped[int | None] = mapped_column(BigInteger)
    started_ms: Mapped[int | None] = mapped_column(BigInteger)
    finished_ms: Mapped[int | None] = mapped_column(BigInteger)

    job: Mapped[Job] = relationship(back_populates="runs")

    __mapper_args__ = {"version_id_col": attempt, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own convention

    @property
    def seconds(self) -> float | None:
        """How long the last attempt took; None while it has not ended."""
        if self.started_ms is None or self.finished_ms is None:
            return None
        return (self.finished_ms - self.started_ms) / 1000


class ExpiredJob(Base):
    """All that is left of a job that was kept as long as it was to be: that it was."""

    __tablename__ = "expired_jobs"
    __table_args__ = (Index("ix_expired_jobs_expired_ms", "expired_ms"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    expired_ms: Mapped[int] = mapped_column(BigInteger)


class Submitted(Base):
    """A submission that named itself (`Idempotency-Key`), and the job that came of it; written with the job."""

    __tablename__ = "submissions"
    __table_args__ = (Index("ix_submissions_created_ms", "created_ms"),)

    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what was submitted: the same key with something else is a mistake."""
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class Upload(Base):
    """A file that comes in pieces. How much of it is there is the size of the file in the store, nothing else."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_created_ms", "created_ms"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    """What the caller calls it: only ever shown."""
    bytes: Mapped[int] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)
