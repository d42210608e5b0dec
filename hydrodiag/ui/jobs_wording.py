"""Runs and their results in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from hydrodiag.jobs import Job, JobRun
from hydrodiag.ui.wording import (
    NOTHING,
    format_away,
    format_bytes,
    format_count,
    format_span,
    join_count,
)

Colour = Literal["red", "orange", "blue", "green", "gray"]
MAX_PARTS = 4


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


def summarise_result(result: Mapping[str, Any] | None, error: str | None = "") -> str:
    """One line of a result: its state if it has one, else its first plain values."""
    if error:
        return error.strip().splitlines()[0]
    if not result:
        return NOTHING
    if state := result.get("state"):
        reason = result.get("reason") or ""
        return f"{state}: {reason}" if reason else str(state)
    plain = [(name, each) for name, each in result.items() if _is_plain(each)]
    shown = [f"{_readable(name)} {format_value(name, each)}" for name, each in plain[:MAX_PARTS]]
    return ", ".join(shown) or NOTHING


def list_result_lines(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and value of every plain entry of a result, in words."""
    return [
        (name_value(name), format_value(name, each))
        for name, each in result.items()
        if _is_plain(each)
    ]


def format_value(name: str, value: object) -> str:
    """A value in the unit that its name ends in."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and name.endswith("bytes"):
        return format_bytes(value)
    if isinstance(value, int | float) and name.endswith("_s"):
        return format_span(timedelta(seconds=value))
    if isinstance(value, int):
        return format_count(value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def describe_value(name: str, value: object) -> str:
    """Like `format_value`; a list is counted, an object told by its plain values."""
    if isinstance(value, list | tuple):
        return join_count(len(value), "entry", "entries")
    if isinstance(value, Mapping):
        plain = (format_value(each, value[each]) for each in value if _is_plain(value[each]))
        return ", ".join(plain)
    return format_value(name, value)


def name_value(name: str) -> str:
    """`freed_bytes` -> `Freed`."""
    return _readable(name).capitalize()


def _is_plain(value: object) -> bool:
    return not isinstance(value, Mapping | list | tuple)


def _readable(name: str) -> str:
    for ending in ("_bytes", "_s"):
        if name.endswith(ending):
            return name.removesuffix(ending).replace("_", " ")
    return name.replace("_", " ")
