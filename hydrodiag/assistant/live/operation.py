"""Tools about HydroDiag itself: its jobs and its database."""

from hydrodiag.assistant.live.results import ToolResult
from hydrodiag.db import Database
from hydrodiag.jobs.overview import list_jobs
from hydrodiag.timescale import timescale_health_check


def tell_jobs(db: Database) -> ToolResult:
    """Each job with when it last ran and how that ended."""
    rows = [
        (
            job.title,
            job.newest_status or "never ran",
            f"{job.last_finished_at:%Y-%m-%d %H:%M} UTC" if job.last_finished_at else None,
            job.last_error or "",
        )
        for job in list_jobs(db)
        if job.is_known
    ]
    columns = ("job", "newest run", "last end", "error")
    return ToolResult("job_state", f"{len(rows)} jobs", columns, rows, page="Jobs")


def tell_database(db: Database) -> ToolResult:
    """The checks of TimescaleDB: chunks, retention, compression, growth."""
    report = timescale_health_check(db)
    rows = [
        (check.title, check.status, check.value, check.limit, check.hint) for check in report.checks
    ]
    columns = ("check", "state", "value", "limit", "what to do")
    return ToolResult("database_state", f"The database is {report.status}", columns, rows,
                      page="Database")  # fmt: skip
