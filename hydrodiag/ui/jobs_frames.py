"""Jobs and runs as tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from hydrodiag.jobs import Job, JobRun
from hydrodiag.ui.jobs_values import describe_value, name_value, summarise_result
from hydrodiag.ui.jobs_wording import (
    describe_cadence,
    describe_cause,
    describe_next_turn,
    describe_status,
)
from hydrodiag.ui.wording import format_away, format_instant, format_span

JOB_COLUMNS = ["Job", "Last result", "Next run", "Cadence", "Last run", "Took", "Queue", "Outcome"]
FOR_PROGRAMS = ("plan_key",)
RUN_COLUMNS = ["Run", "Job", "Status", "Started (UTC)", "Took", "Cause", "Outcome", "Host"]

NOTHINGS: tuple[object, ...] = (None, "", [], {})


def build_job_frame(jobs: Sequence[Job], now: datetime) -> pd.DataFrame:
    """A row a job, in the order given."""
    return pd.DataFrame([_job_row(job, now) for job in jobs], columns=JOB_COLUMNS)


def build_run_frame(runs: Sequence[JobRun]) -> pd.DataFrame:
    """A row a run, in the order given."""
    return pd.DataFrame([_run_row(run) for run in runs], columns=RUN_COLUMNS)


def build_entry_frame(entries: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A row an entry of a list in a result, in words; lists within it are counted."""
    rows = [
        {
            name_value(name): describe_value(name, each)
            for name, each in entry.items()
            if each not in NOTHINGS and name not in FOR_PROGRAMS
        }
        for entry in entries
    ]
    return pd.DataFrame(rows).fillna("")


def _job_row(job: Job, now: datetime) -> tuple[str, ...]:
    status = job.newest_status if job.is_busy else job.last_status
    return (
        job.title,
        describe_status(status),
        describe_next_turn(job, now),
        describe_cadence(job),
        format_away(job.last_finished_at, now),
        format_span(job.last_duration),
        job.queue,
        summarise_result(job.last_result, job.last_error),
    )


def _run_row(run: JobRun) -> tuple[int | str, ...]:
    return (
        run.id,
        run.job_id,
        describe_status(run.status),
        format_instant(run.started_at or run.queued_at),
        format_span(run.duration),
        describe_cause(run),
        summarise_result(run.result, run.error) if run.is_finished else run.message,
        run.host,
    )
