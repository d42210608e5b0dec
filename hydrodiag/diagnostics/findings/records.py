"""A finding as it is stored, its events, and what to list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hydrodiag.diagnostics.findings.lifecycle import Status
from hydrodiag.diagnostics.records import Evidence, FindingKey, Severity

TOPIC = "findings"
ENGINE = "diagnostics"


@dataclass(frozen=True)
class Finding:
    id: int
    system_id: int
    system_code: str
    system_name: str
    site: str
    component: str
    mode: str
    severity: Severity
    status: Status
    confidence: str
    title: str
    explanation: str
    evidence: tuple[Evidence, ...]
    action: tuple[str, ...]
    manual_query: str
    parent_id: int | None
    since_at: datetime
    opened_at: datetime
    last_seen_at: datetime
    cleared_at: datetime | None
    resolved_at: datetime | None
    assigned_to: int | None
    assigned_name: str
    snoozed_until_at: datetime | None

    @property
    def key(self) -> FindingKey:
        return FindingKey(self.component, self.mode)


@dataclass(frozen=True)
class FindingEvent:
    id: int
    at: datetime
    author: str
    kind: str
    text: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Attachment:
    id: int
    file_name: str
    size_bytes: int
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True)
class FindingFilter:
    """Empty: no matter. `is_quiet`: those put off until later as well. `from_at`, `until_at`: what
    began before `until_at` and was not over at `from_at`.
    """

    statuses: tuple[Status, ...] = ()
    system_code: str = ""
    least: Severity = Severity.NORMAL
    words: str = ""
    assigned_to: int | None = None
    is_quiet: bool = True
    from_at: datetime | None = None
    until_at: datetime | None = None
