"""Jobs, runs and schedulers as pages and commands show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__)
UNFINISHED = ("queued", "running")
SILENT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class Job:
    """`last_*` is the newest finished run; `newest_*` may still be queued or running."""

    id: str
    title: str
    description: str
    queue: str
    cadence: str | None
    default_cadence: str | None
    is_cadence_own: bool
    is_paused: bool
    is_known: bool
    next_run_at: datetime | None
    changed_by: str
    changed_at: datetime
    newest_run_id: int | None
    newest_status: str | None
    last_run_id: int | None
    last_status: str | None
    last_finished_at: datetime | None
    last_duration: timedelta | None
    last_error: str | None
    last_result: Mapping[str, Any] | None
    last_success_at: datetime | None

    @property
    def is_busy(self) -> bool:
        return self.newest_status in UNFINISHED


@dataclass(frozen=True)
class JobRun:
    """`requested_by` is None for a turn of the schedule; `progress` is 0..1 or None."""

    id: int
    job_id: str
    title: str
    queue: str
    cause: str
    request_id: int | None
    requested_by: str | None
    params: Mapping[str, Any]
    status: str
    attempt: int
    progress: float | None
    message: str
    result: Mapping[str, Any] | None
    error: str
    stop_requested_by: str | None
    host: str
    pid: int | None
    queued_at: datetime
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def duration(self) -> timedelta | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at


@dataclass(frozen=True)
class SchedulerState:
    id: str
    host: str
    pid: int
    version: str
    started_at: datetime
    beat_at: datetime
    silent_for: timedelta

    @property
    def is_alive(self) -> bool:
        return self.silent_for < SILENT_AFTER


def list_jobs(db: Database) -> list[Job]:
    return _load_jobs(db, None)


def find_job(db: Database, job_id: str) -> Job | None:
    return next(iter(_load_jobs(db, job_id)), None)


def list_runs(
    db: Database,
    *,
    job_id: str | None = None,
    status: str | Iterable[str] | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[JobRun]:
    """Runs, newest first; `status` is one or several."""
    chosen = [status] if isinstance(status, str) else list(status) if status else None
    return _load_runs(db, job_id=job_id, statuses=chosen, limit=limit, offset=offset)


def count_runs(
    db: Database, *, job_id: str | None = None, status: str | Iterable[str] | None = None
) -> int:
    chosen = [status] if isinstance(status, str) else list(status) if status else None
    with db.read() as connection:
        values = {"job_id": job_id, "statuses": chosen}
        return int(connection.execute(SQL["count_runs"], values).scalar_one())


def find_run(db: Database, run_id: int) -> JobRun | None:
    return next(iter(_load_runs(db, run_id=run_id)), None)


def find_run_of_request(db: Database, request_id: int) -> JobRun | None:
    """The newest run that answers the request: a retry follows the run that failed."""
    return next(iter(_load_runs(db, request_id=request_id)), None)


def list_schedulers(db: Database) -> list[SchedulerState]:
    with db.read() as connection:
        return [
            SchedulerState(**row._mapping) for row in connection.execute(SQL["list_schedulers"])
        ]


def _load_jobs(db: Database, job_id: str | None) -> list[Job]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_jobs"], {"id": job_id})
        return [Job(**row._mapping) for row in rows]


def _load_runs(
    db: Database,
    *,
    job_id: str | None = None,
    statuses: list[str] | None = None,
    run_id: int | None = None,
    request_id: int | None = None,
    limit: int = 1,
    offset: int = 0,
) -> list[JobRun]:
    values = {
        "job_id": job_id,
        "statuses": statuses,
        "run_id": run_id,
        "request_id": request_id,
        "limit": limit,
        "offset": offset,
    }
    with db.read() as connection:
        return [_build_run(row) for row in connection.execute(SQL["list_runs"], values)]


def _build_run(row: Row[Any]) -> JobRun:
    return JobRun(**row._mapping)
