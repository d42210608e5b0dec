"""Jobs, what was asked of them, every run, and the schedulers that are alive."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hydrodiag.db.tables.declarative import Base, BigId, CreatedAt

Flag = Annotated[bool, mapped_column(server_default="false")]
JobId = Annotated[str, mapped_column(ForeignKey("job.id", ondelete="CASCADE"))]


class Job(Base):
    """`cadence` is in force; `is_cadence_own` says that an operator chose it."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]
    queue: Mapped[str]
    default_cadence: Mapped[str | None]
    cadence: Mapped[str | None]
    is_cadence_own: Mapped[Flag]
    is_paused: Mapped[Flag]
    is_known: Mapped[bool] = mapped_column(server_default="true")
    max_attempts: Mapped[int] = mapped_column(server_default="1")
    next_run_at: Mapped[datetime | None]
    changed_by: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[CreatedAt]


class JobRequest(Base):
    __tablename__ = "job_request"

    id: Mapped[BigId]
    job_id: Mapped[JobId] = mapped_column(index=True)
    params: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    requested_by: Mapped[str] = mapped_column(server_default="")
    requested_at: Mapped[CreatedAt]


class JobRun(Base):
    """One run, from the moment it is due: the queued rows of this table are the queue."""

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'lost', 'handed_back', "
            "'stopped')",
            name="status",
        ),
        CheckConstraint("cause IN ('schedule', 'request', 'retry', 'handover')", name="cause"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index(None, "job_id", "id"),
        Index(
            "ix_job_run_unfinished", "due_at", postgresql_where="status IN ('queued', 'running')"
        ),
        Index(
            "uq_job_run_turn",
            "job_id",
            unique=True,
            postgresql_where="status IN ('queued', 'running') AND cause = 'schedule'",
        ),
    )

    id: Mapped[BigId]
    job_id: Mapped[JobId]
    queue: Mapped[str]
    cause: Mapped[str]
    request_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("job_request.id", ondelete="SET NULL"), index=True
    )
    params: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    status: Mapped[str] = mapped_column(server_default="queued")
    attempt: Mapped[int] = mapped_column(server_default="1")
    progress: Mapped[float | None]
    message: Mapped[str] = mapped_column(server_default="")
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(server_default="")
    stop_requested_by: Mapped[str | None]
    host: Mapped[str] = mapped_column(server_default="")
    pid: Mapped[int | None]
    queued_at: Mapped[CreatedAt]
    due_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class SchedulerHeartbeat(Base):
    __tablename__ = "scheduler_heartbeat"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    version: Mapped[str]
    started_at: Mapped[CreatedAt]
    beat_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
