"""The scheduler's own jobs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hydrodiag.db import NamedQueries
from hydrodiag.jobs.spec import JobContext, JobSpec, Queue

SQL = NamedQueries(__file__)
KEEP_FOR = timedelta(days=30)
KEEP_MOST = 2000


def forget_job_runs(context: JobContext) -> Mapping[str, Any]:
    """Shorten the history; each job keeps its last success whatever its age."""
    with context.database.write() as connection:
        limits = {"older_than": KEEP_FOR, "most": KEEP_MOST}
        runs = connection.execute(SQL["forget_old_runs"], limits).rowcount
        connection.execute(SQL["forget_old_requests"], {"older_than": KEEP_FOR})
        connection.execute(SQL["forget_old_schedulers"])
    return {"runs_forgotten": runs}


JOBS = (
    JobSpec(
        id="forget_job_runs",
        title="Shorten the job history",
        description=f"Keeps {KEEP_FOR.days} days and {KEEP_MOST} runs a job, and its last success.",
        queue=Queue.MAINTENANCE,
        cadence="daily 04:10",
        run=forget_job_runs,
    ),
)
