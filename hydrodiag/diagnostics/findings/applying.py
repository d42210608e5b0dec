"""An assessment into findings: opened, updated, cleared, ended; every change with an event."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.findings.lifecycle import (
    ENDED,
    ONGOING,
    REOPENED_WITHIN,
    Status,
    ends_by_itself,
    settle_severity,
)
from hydrodiag.diagnostics.findings.records import ENGINE, TOPIC
from hydrodiag.diagnostics.records import Assessment, FindingDraft, FindingKey, Severity

SQL = NamedQueries(__file__, "findings.sql")


@dataclass
class Applied:
    """How many findings of the machine were opened, changed, and ended."""

    opened: int = 0
    changed: int = 0
    ended: int = 0

    def __bool__(self) -> bool:
        return bool(self.opened or self.changed or self.ended)


def apply_assessment(db: Database, system_id: int, assessment: Assessment, at: datetime) -> Applied:
    """In one transaction. The same assessment a second time changes nothing and writes no event.

    `at` is the end of the last assessed step.
    """
    done = Applied()
    with db.write() as connection:
        stored = _lock(connection, system_id, at)
        ids: dict[FindingKey, int] = {key: row["id"] for key, row in stored.items()}
        for draft in sorted(assessment.findings, key=lambda each: each.parent is not None):
            known = stored.get(draft.key)
            parent = _find_parent(draft, ids, stored)
            if draft.severity is Severity.NORMAL:
                _calm(connection, known, draft, at, done)
            elif known is None:
                ids[draft.key] = _open(connection, system_id, draft, parent, at)
                done.opened += 1
            else:
                _update(connection, known, draft, parent, at, done)
        if done:
            bump_generation(connection, TOPIC)
    return done


def load_ongoing(db: Database, system_id: int) -> dict[FindingKey, Severity]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_ongoing_levels"], {"system_id": system_id})
        return {FindingKey(row.component, row.mode): Severity(row.severity) for row in rows}


def _find_parent(
    draft: FindingDraft,
    ids: Mapping[FindingKey, int],
    stored: Mapping[FindingKey, Mapping[Any, Any]],
) -> int | None:
    """The finding of the cause, while it goes on."""
    if draft.parent is None:
        return None
    known = stored.get(draft.parent)
    return None if known is not None and known["status"] in ENDED else ids.get(draft.parent)


def _lock(
    connection: Connection, system_id: int, at: datetime
) -> dict[FindingKey, Mapping[Any, Any]]:
    """By key; an ongoing finding goes before one that has ended."""
    values = {"system_id": system_id, "ended_after": at - REOPENED_WITHIN}
    rows = connection.execute(SQL["lock_ongoing"], values).mappings().all()
    found: dict[FindingKey, Mapping[Any, Any]] = {}
    for row in rows:
        key = FindingKey(row["component"], row["mode"])
        if key not in found or row["status"] in ONGOING:
            found[key] = row
    return found


def _open(
    connection: Connection, system_id: int, draft: FindingDraft, parent: int | None, at: datetime
) -> int:
    values = {**_tell(draft), "system_id": system_id, "component": draft.key.component,
              "mode": draft.key.mode, "parent_id": parent, "opened_at": at}  # fmt: skip
    number = int(connection.execute(SQL["insert_finding"], values).scalar_one())
    note_event(connection, number, ENGINE, "opened", draft.explanation,
               {"severity": int(draft.severity)})  # fmt: skip
    return number


def _update(
    connection: Connection,
    known: Mapping[Any, Any],
    draft: FindingDraft,
    parent: int | None,
    at: datetime,
    done: Applied,
) -> None:
    """One that a person has called a false alarm stays so while it goes on unchanged."""
    if known["status"] == Status.FALSE_ALARM and draft.severity <= known["severity"]:
        return
    severity = settle_severity(Severity(known["severity"]), draft.severity, known["cleared_at"], at)
    if known["status"] in ENDED:
        _move(connection, known["id"], Status.OPEN)
        note_event(connection, known["id"], ENGINE, "reopened", draft.explanation, {})
    elif _is_same(known, draft, severity):
        return
    if severity != known["severity"]:
        kind = "escalated" if severity > known["severity"] else "eased"
        detail = {"from": known["severity"], "to": int(severity)}
        note_event(connection, known["id"], ENGINE, kind, draft.explanation, detail)
    elif known["cleared_at"] is not None and known["status"] not in ENDED:
        note_event(connection, known["id"], ENGINE, "seen again", draft.explanation, {})
    values = {**_tell(draft), "id": known["id"], "severity": int(severity), "parent_id": parent,
              "cleared_at": None}  # fmt: skip
    connection.execute(SQL["update_finding"], values)
    done.changed += 1


def _is_same(known: Mapping[Any, Any], draft: FindingDraft, severity: Severity) -> bool:
    """Nothing newer than what is stored."""
    return (
        known["cleared_at"] is None
        and known["severity"] == severity
        and known["last_seen_at"] >= draft.last_at
    )


def _calm(
    connection: Connection,
    known: Mapping[Any, Any] | None,
    draft: FindingDraft,
    at: datetime,
    done: Applied,
) -> None:
    if known is None or known["status"] in ENDED:
        return
    cleared_at = known["cleared_at"]
    if cleared_at is None:
        cleared_at = max(known["last_seen_at"], min(draft.last_at, at))
        connection.execute(SQL["clear_finding"], {"id": known["id"], "cleared_at": cleared_at})
        note_event(connection, known["id"], ENGINE, "cleared", draft.explanation, {})
        done.changed += 1
    if ends_by_itself(Status(known["status"]), cleared_at, at):
        _move(connection, known["id"], Status.RESOLVED, resolved_at=at, cleared_at=cleared_at)
        note_event(connection, known["id"], ENGINE, "resolved",
                   "Not seen for a day of assessed steps.", {})  # fmt: skip
        done.ended += 1


def _move(
    connection: Connection,
    finding_id: int,
    status: Status,
    *,
    resolved_at: datetime | None = None,
    cleared_at: datetime | None = None,
) -> None:
    values = {"id": finding_id, "status": str(status), "resolved_at": resolved_at,
              "cleared_at": cleared_at}  # fmt: skip
    connection.execute(SQL["move_finding"], values)


def note_event(
    connection: Connection,
    finding_id: int,
    author: str,
    kind: str,
    text: str,
    detail: Mapping[str, Any],
) -> None:
    values = {"finding_id": finding_id, "author": author, "kind": kind, "text": text,
              "detail": json.dumps(dict(detail))}  # fmt: skip
    connection.execute(SQL["insert_event"], values)


def _tell(draft: FindingDraft) -> dict[str, Any]:
    return {
        "severity": int(draft.severity),
        "confidence": str(draft.confidence),
        "title": draft.title,
        "explanation": draft.explanation,
        "evidence": json.dumps([each.to_dict() for each in draft.evidence]),
        "action": json.dumps(list(draft.action)),
        "manual_query": draft.manual_query,
        "since_at": draft.since_at.astimezone(UTC),
        "last_seen_at": draft.last_at,
    }
