"""What may become of a finding: pure rules, without a database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from hydrodiag.diagnostics.records import Severity
from hydrodiag.errors import InvalidInput

CALM = timedelta(hours=24)
REOPENED_WITHIN = timedelta(days=7)


class Status(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_WORK = "in_work"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"


ONGOING = frozenset({Status.OPEN, Status.ACKNOWLEDGED, Status.IN_WORK})
ENDED = frozenset({Status.RESOLVED, Status.FALSE_ALARM})
NEXT: Mapping[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.ACKNOWLEDGED, Status.IN_WORK}) | ENDED,
    Status.ACKNOWLEDGED: frozenset({Status.OPEN, Status.IN_WORK}) | ENDED,
    Status.IN_WORK: frozenset({Status.ACKNOWLEDGED}) | ENDED,
    Status.RESOLVED: frozenset({Status.OPEN}),
    Status.FALSE_ALARM: frozenset({Status.OPEN}),
}
NAMES: Mapping[Status, str] = {
    Status.OPEN: "open", Status.ACKNOWLEDGED: "acknowledged", Status.IN_WORK: "in work",
    Status.RESOLVED: "resolved", Status.FALSE_ALARM: "false alarm",
}  # fmt: skip


def check_move(current: Status, wanted: Status) -> None:
    """Raises InvalidInput for a step that there is not."""
    if wanted not in NEXT[current]:
        possible = ", ".join(sorted(NAMES[each] for each in NEXT[current]))
        raise InvalidInput(
            f"A finding that is {NAMES[current]} cannot become {NAMES[wanted]}.",
            hint=f"It can become: {possible}.",
        )


def settle_severity(
    known: Severity, told: Severity, cleared_at: datetime | None, now: datetime
) -> Severity:
    """Up at once; down only after a calm day, so that nobody is told two things an hour."""
    if told >= known:
        return told
    is_calm = cleared_at is not None and now - cleared_at >= CALM
    return told if is_calm and told else known


def ends_by_itself(status: Status, cleared_at: datetime | None, now: datetime) -> bool:
    """What nobody works on is over after a day without it; what is in work, a person ends."""
    waits = status in {Status.OPEN, Status.ACKNOWLEDGED}
    return waits and cleared_at is not None and now - cleared_at >= CALM
