"""Findings out of the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.findings.lifecycle import Status
from hydrodiag.diagnostics.findings.records import (
    Attachment,
    Finding,
    FindingEvent,
    FindingFilter,
)
from hydrodiag.diagnostics.records import Evidence, Severity
from hydrodiag.errors import NotFound

SQL = NamedQueries(__file__, "findings.sql")
MOST_LISTED = 500
ALL = FindingFilter()


@dataclass(frozen=True)
class WorstFinding:
    """`evidence` is what it was seen by first; `others` go on at the same machine."""

    id: int
    severity: Severity
    title: str
    component: str
    since_at: datetime
    evidence: Evidence | None = None
    others: int = 0


def list_findings(
    db: Database, wanted: FindingFilter = ALL, *, limit: int = MOST_LISTED
) -> list[Finding]:
    """The worst first, causes before what follows from them."""
    words = wanted.words.strip()
    values = {
        "id": None, "system_id": None, "statuses": [str(e) for e in wanted.statuses] or None,
        "system_code": wanted.system_code, "least": int(wanted.least), "words": words,
        "pattern": f"%{_escape(words)}%", "assigned_to": wanted.assigned_to,
        "is_quiet": wanted.is_quiet, "from_at": wanted.from_at, "until_at": wanted.until_at,
        "limit": limit,
    }  # fmt: skip
    return _load(db, values)


def find_finding(db: Database, finding_id: int) -> Finding | None:
    values = {
        "id": finding_id, "system_id": None, "statuses": None, "system_code": "", "least": 0,
        "words": "", "pattern": "", "assigned_to": None, "is_quiet": True, "from_at": None,
        "until_at": None, "limit": 1,
    }  # fmt: skip
    return next(iter(_load(db, values)), None)


def list_events(db: Database, finding_id: int) -> list[FindingEvent]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_events"], {"finding_id": finding_id})
        return [FindingEvent(**row._mapping) for row in rows]


def list_attachments(db: Database, finding_id: int) -> list[Attachment]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_attachments"], {"finding_id": finding_id})
        return [Attachment(**row._mapping) for row in rows]


def load_attachment(db: Database, attachment_id: int) -> bytes:
    with db.read() as connection:
        content = connection.execute(SQL["load_attachment"], {"id": attachment_id}).scalar()
    if content is None:
        raise NotFound("This file is gone.")
    return bytes(content)


def count_ongoing(db: Database) -> dict[Severity, int]:
    with db.read() as connection:
        return {Severity(row.severity): row.n for row in connection.execute(SQL["count_ongoing"])}


def list_worst(db: Database) -> dict[int, WorstFinding]:
    """By the id of the machine."""
    with db.read() as connection:
        return {row.system_id: _build_worst(row) for row in connection.execute(SQL["list_worst"])}


def _build_worst(row: Row[Any]) -> WorstFinding:
    evidence = Evidence.from_dict(row.evidence) if row.evidence else None
    return WorstFinding(
        row.id, Severity(row.severity), row.title, row.component, row.since_at, evidence, row.n - 1
    )


def _load(db: Database, values: Mapping[str, Any]) -> list[Finding]:
    with db.read() as connection:
        return [_build(row._mapping) for row in connection.execute(SQL["list_findings"], values)]


def _build(row: Mapping[Any, Any]) -> Finding:
    told = {
        "severity": Severity(row["severity"]),
        "status": Status(row["status"]),
        "evidence": tuple(Evidence.from_dict(each) for each in row["evidence"]),
        "action": tuple(row["action"]),
    }
    return Finding(**{**row, **told})


def _escape(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
