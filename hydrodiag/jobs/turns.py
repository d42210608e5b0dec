"""Turning the schedule into queued runs: each turn once, however many schedulers there are."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.jobs.cadence import parse_cadence
from hydrodiag.jobs.notices import Notice, notify
from hydrodiag.jobs.spec import JobSpec

SQL = NamedQueries(__file__)


def publish_jobs(db: Database, specs: Iterable[JobSpec]) -> None:
    """Make the job table say what this version can run."""
    known = list(specs)
    with db.write() as connection:
        for spec in known:
            connection.execute(SQL["upsert_job"], _describe(spec))
        connection.execute(SQL["retire_unknown_jobs"], {"ids": [spec.id for spec in known]})
        notify(connection, Notice.SCHEDULE)


def plan_turns(db: Database, time_zone: str) -> None:
    """Give every job without a next turn its next one."""
    with db.write() as connection:
        now = datetime.now(UTC)
        for job in connection.execute(SQL["list_unplanned_jobs"]).all():
            _plan(connection, job.id, job.cadence, now, time_zone)


def queue_due_turns(db: Database, time_zone: str) -> int:
    """Queue a run for every job that is due and move its turn on; return how many were queued.

    Turns missed while no scheduler ran, or while the last turn is unfinished, become one.
    """
    with db.write() as connection:
        due = connection.execute(SQL["list_due_jobs"]).all()
        queued = 0
        for job in due:
            _plan(connection, job.id, job.cadence, job.now, time_zone)
            turn = {"job_id": job.id, "queue": job.queue}
            queued += connection.execute(SQL["queue_turn"], turn).scalar() is not None
        if queued:
            notify(connection, Notice.RUNS)
    return queued


def _plan(
    connection: Connection, job_id: str, cadence: str, after: datetime, time_zone: str
) -> None:
    following = parse_cadence(cadence, time_zone).next_after(after)
    connection.execute(SQL["set_next_run"], {"id": job_id, "next_run_at": following})


def _describe(spec: JobSpec) -> dict[str, object]:
    cadence = parse_cadence(spec.cadence).text if spec.cadence else None
    return {
        "id": spec.id,
        "title": spec.title,
        "description": spec.description,
        "queue": spec.queue.value,
        "cadence": cadence,
        "max_attempts": spec.max_attempts,
    }
