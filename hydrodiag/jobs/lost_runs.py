"""Runs whose process was killed: their job's lock is free although they still say `running`."""

from collections.abc import Collection
from datetime import timedelta

import psycopg
import structlog
from sqlalchemy import Row

from hydrodiag.db import Database, NamedQueries, Role
from hydrodiag.db.locks import advisory_lock
from hydrodiag.jobs.notices import Notice, notify
from hydrodiag.jobs.spec import JobSpec

SQL = NamedQueries(__file__)
ERROR = "The scheduler that ran it is gone: killed, or cut off from the database."
log = structlog.get_logger(__name__)


def mark_lost_runs(
    db: Database, specs: dict[str, JobSpec], own_run_ids: Collection[int]
) -> list[int]:
    """Mark runs that nobody works on as lost and return their ids.

    Requests get a further run, up to the job's attempts; the schedule brings its own next turn.
    """
    with db.read() as connection:
        running = connection.execute(SQL["list_running_runs"]).all()
    suspects = [run for run in running if run.id not in own_run_ids]
    if not suspects:
        return []
    with db.dedicated(Role.MAINT, purpose="lost runs") as connection:
        return [run.id for run in suspects if _mark_if_lost(db, connection, run, specs)]


def _mark_if_lost(
    db: Database,
    lock_connection: psycopg.Connection,
    run: Row[tuple[int, str, str, int]],
    specs: dict[str, JobSpec],
) -> bool:
    with advisory_lock(lock_connection, f"job:{run.job_id}") as is_free:
        if not is_free:
            return False
        with db.write() as connection:
            values = {"run_id": run.id, "error": ERROR}
            if connection.execute(SQL["mark_lost"], values).scalar() is None:
                return False
            spec = specs.get(run.job_id)
            if spec and run.cause != "schedule" and run.attempt < spec.max_attempts:
                again = {"run_id": run.id, "cause": "retry", "attempt": run.attempt + 1}
                connection.execute(SQL["queue_again"], {**again, "delay": timedelta()})
            notify(connection, Notice.RUNS)
    log.warning("job_lost", job=run.job_id, run=run.id)
    return True
