"""How a run ended, and what follows from that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import DatabaseUnavailable, LockBusy, QueryTimeout
from hydrodiag.jobs.notices import Notice, notify

SQL = NamedQueries(__file__)
TRANSIENT = (DatabaseUnavailable, LockBusy, QueryTimeout, ConnectionError, TimeoutError)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Outcome:
    """`again` names why a further run is queued, if one is: `retry` or `handover`."""

    status: str
    result: Mapping[str, Any] | None = None
    error: str = ""
    again: str | None = None
    delay: timedelta = field(default_factory=timedelta)


def after_error(error: Exception, attempt: int, max_attempts: int) -> Outcome:
    """Transient errors are tried again after a pause that doubles."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, TRANSIENT) and attempt < max_attempts:
        pause = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
        return Outcome("failed", error=text, again="retry", delay=pause)
    return Outcome("failed", error=text)


def record_outcome(db: Database, run_id: int, attempt: int, outcome: Outcome) -> bool:
    """Write the end of a run and queue what follows; False if the run is not ours any more."""
    result = None if outcome.result is None else json.dumps(dict(outcome.result), default=str)
    values = {"run_id": run_id, "status": outcome.status, "error": outcome.error, "result": result}
    with db.write() as connection:
        if connection.execute(SQL["finish_run"], values).scalar() is None:
            return False
        if outcome.again:
            again = {
                "run_id": run_id,
                "cause": outcome.again,
                "attempt": attempt + (outcome.again == "retry"),
                "delay": outcome.delay,
            }
            connection.execute(SQL["queue_again"], again)
        notify(connection, Notice.RUNS)
    return True
