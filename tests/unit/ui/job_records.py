"""A job and a run of it, to vary in tests."""

from datetime import UTC, datetime, timedelta

from hydrodiag.jobs import Job, JobRun

NOW = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
JOB = Job(
    id="compress_old_chunks",
    title="Compress old chunks",
    description="",
    queue="maintenance",
    cadence="every 1 h",
    default_cadence="every 1 h",
    is_cadence_own=False,
    is_paused=False,
    is_known=True,
    next_run_at=NOW + timedelta(minutes=5),
    changed_by="",
    changed_at=NOW,
    newest_run_id=7,
    newest_status="succeeded",
    last_run_id=7,
    last_status="succeeded",
    last_finished_at=NOW - timedelta(minutes=3),
    last_duration=timedelta(seconds=90),
    last_error="",
    last_result={"freed_bytes": 2_500_000},
    last_success_at=NOW,
)
RUN = JobRun(
    id=7,
    job_id=JOB.id,
    title=JOB.title,
    queue=JOB.queue,
    cause="schedule",
    request_id=None,
    requested_by=None,
    params={},
    status="succeeded",
    attempt=1,
    progress=1.0,
    message="at the last chunk",
    result={"freed_bytes": 2_500_000},
    error="",
    stop_requested_by=None,
    host="worker-1",
    pid=1,
    queued_at=NOW - timedelta(seconds=100),
    due_at=NOW - timedelta(seconds=100),
    started_at=NOW - timedelta(seconds=90),
    finished_at=NOW,
)
