"""What people do with jobs. All of it reaches every scheduler at once."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.jobs.cadence import parse_cadence
from hydrodiag.jobs.notices import Notice, notify

SQL = NamedQueries(__file__)


def request_job(
    db: Database, job_id: str, params: Mapping[str, Any] | None = None, *, requested_by: str
) -> int:
    """Ask for a run as soon as possible; return the request's id. Raises NotFound."""
    with db.write() as connection:
        values = {
            "job_id": job_id,
            "params": json.dumps(dict(params or {})),
            "requested_by": requested_by,
        }
        request_id = connection.execute(SQL["insert_request"], values).scalar()
        if request_id is None:
            raise _unknown(job_id)
        connection.execute(SQL["queue_request"], {"request_id": request_id})
        notify(connection, Notice.RUNS)
    return int(request_id)


def request_stop(db: Database, run_id: int, *, requested_by: str) -> None:
    """Ask a run to end: a queued one ends at once, a running one when it notices."""
    with db.write() as connection:
        values = {"run_id": run_id, "requested_by": requested_by}
        if connection.execute(SQL["ask_to_stop"], values).scalar() is None:
            raise InvalidInput(f"Run {run_id} is not queued or running.", hint="Nothing to stop.")
        notify(connection, Notice.STOP)


def pause_job(db: Database, job_id: str, *, changed_by: str = "") -> None:
    """No more turns by schedule until resumed; requests still run."""
    _set_paused(db, job_id, True, changed_by)


def resume_job(db: Database, job_id: str, *, changed_by: str = "") -> None:
    _set_paused(db, job_id, False, changed_by)


def reschedule_job(db: Database, job_id: str, cadence: str | None, *, changed_by: str = "") -> None:
    """Give the job another cadence, or with None its own again. Raises InvalidInput, NotFound."""
    text = parse_cadence(cadence).text if cadence is not None else None
    values = {"id": job_id, "cadence": text, "changed_by": changed_by}
    with db.write() as connection:
        _change(connection, "set_cadence", values)


def _set_paused(db: Database, job_id: str, is_paused: bool, changed_by: str) -> None:
    values = {"id": job_id, "is_paused": is_paused, "changed_by": changed_by}
    with db.write() as connection:
        _change(connection, "set_paused", values)


def _change(connection: Connection, block: str, values: Mapping[str, Any]) -> None:
    if connection.execute(SQL[block], dict(values)).scalar() is None:
        raise _unknown(str(values["id"]))
    notify(connection, Notice.SCHEDULE)


def _unknown(job_id: str) -> NotFound:
    return NotFound(
        f"There is no job {job_id!r}.",
        hint="`hydrodiag jobs list` shows them; a new one appears when a scheduler has started.",
    )
