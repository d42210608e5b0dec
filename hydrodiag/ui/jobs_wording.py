"""Jobs and runs in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hydrodiag.jobs import Job, JobRun
from hydrodiag.ui.wording import format_away

Colour = Literal["red", "orange", "blue", "green", "gray"]


@dataclass(frozen=True)
class StatusLook:
    """The icon tells what the colour tells, for those who cannot see the colour."""

    label: str
    icon: str
    colour: Colour


STATUS_LOOK: Mapping[str, StatusLook] = {
    "queued": StatusLook("Queued", ":material/schedule:", "gray"),
    "running": StatusLook("Running", ":material/progress_activity:", "blue"),
    "succeeded": StatusLook("Succeeded", ":material/check_circle:", "green"),
    "failed": StatusLook("Failed", ":material/error:", "red"),
    "lost": StatusLook("Lost", ":material/power_off:", "orange"),
    "handed_back": StatusLook("Handed back", ":material/undo:", "gray"),
    "stopped": StatusLook("Stopped", ":material/stop_circle:", "orange"),
}
CAUSES = {
    "schedule": "by schedule",
    "request": "on request",
    "retry": "tried again",
    "handover": "taken over",
}


def describe_status(status: str | None) -> str:
    return "Never ran" if status is None else STATUS_LOOK[status].label


def describe_cause(run: JobRun) -> str:
    cause = CAUSES[run.cause]
    who = f" by {run.requested_by}" if run.requested_by else ""
    attempt = f", attempt {run.attempt}" if run.attempt > 1 else ""
    return f"{cause}{who}{attempt}"


def describe_cadence(job: Job) -> str:
    if job.cadence is None:
        return "on request only"
    return f"{job.cadence} (own)" if job.is_cadence_own else job.cadence


def describe_next_turn(job: Job, now: datetime) -> str:
    if not job.is_known:
        return "retired: no running version knows it"
    if job.is_paused:
        return "paused"
    if job.cadence is None:
        return "when asked"
    if job.next_run_at is None:
        return "not planned yet"
    return "due now" if job.next_run_at <= now else format_away(job.next_run_at, now)
