"""Jobs that the scheduler runs: described, queued, run once, recorded."""

from hydrodiag.jobs.cadence import Cadence, parse_cadence
from hydrodiag.jobs.operation import (
    pause_job,
    request_job,
    request_stop,
    reschedule_job,
    resume_job,
)
from hydrodiag.jobs.overview import (
    Job,
    JobRun,
    SchedulerState,
    count_runs,
    find_job,
    find_run,
    find_run_of_request,
    list_jobs,
    list_runs,
    list_schedulers,
)
from hydrodiag.jobs.silence import Silence, find_silence
from hydrodiag.jobs.spec import JobContext, JobSpec, Queue

__all__ = [
    "Cadence",
    "Job",
    "JobContext",
    "JobRun",
    "JobSpec",
    "Queue",
    "SchedulerState",
    "Silence",
    "count_runs",
    "find_job",
    "find_run",
    "find_run_of_request",
    "find_silence",
    "list_jobs",
    "list_runs",
    "list_schedulers",
    "parse_cadence",
    "pause_job",
    "request_job",
    "request_stop",
    "reschedule_job",
    "resume_job",
]
