"""How much work waits and when each job last succeeded, for `/metrics`."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from hydrodiag.db import Database, NamedQueries
from hydrodiag.jobs.spec import Queue

SQL = NamedQueries(__file__)


def count_waiting(db: Database) -> Mapping[tuple[str, str], int]:
    """Runs by (queue, "queued" or "running"); every queue is there, also when empty."""
    counts = {(queue.value, state): 0 for queue in Queue for state in ("queued", "running")}
    with db.read() as connection:
        for row in connection.execute(SQL["count_unfinished_by_queue"]):
            counts[row.queue, row.status] = row.runs
    return counts


def list_successes(db: Database) -> Iterator[tuple[str, datetime]]:
    """Job id and when its newest successful run ended; jobs that never did are left out."""
    with db.read() as connection:
        for row in connection.execute(SQL["list_newest_successes"]).all():
            yield row.job_id, row.finished_at
