"""The audit log: who did what, when and from where. Added to, never changed."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hydrodiag.accounts.roles import Actor
from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__, "audit.sql")
HEADER = ("at", "actor", "role", "address", "action", "subject", "outcome", "detail")
# A spreadsheet runs cells that begin so as formulas.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class AuditEvent:
    """`outcome` is done, refused or failed."""

    id: int
    at: datetime
    actor: str
    actor_role: str
    address: str
    action: str
    subject: str
    outcome: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class AuditFilter:
    """Parts of the texts, whatever their case; empty: any."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


def record_event(
    db: Database,
    actor: Actor,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    *,
    outcome: str = "done",
) -> None:
    """Write down an event in a transaction of its own. No secrets in `detail`."""
    with db.write() as connection:
        note_event(connection, actor, action, subject, detail, outcome=outcome)


def note_event(
    connection: Connection,
    actor: Actor,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    *,
    outcome: str = "done",
) -> None:
    """Write down an event in the transaction of the change itself."""
    values = {
        "actor": actor.name,
        "actor_role": actor.role or "",
        "address": actor.address,
        "action": action,
        "subject": subject,
        "outcome": outcome,
        "detail": json.dumps(detail or {}, default=str),
    }
    connection.execute(SQL["insert_event"], values)


def list_events(
    db: Database, wanted: AuditFilter, *, limit: int = 100, offset: int = 0
) -> list[AuditEvent]:
    """Newest first."""
    values = {**_values(wanted), "limit": limit, "offset": offset}
    with db.read() as connection:
        rows = connection.execute(SQL["list_events"], values)
        return [AuditEvent(**row._mapping) for row in rows]


def count_events(db: Database, wanted: AuditFilter) -> int:
    with db.read() as connection:
        return int(connection.execute(SQL["count_events"], _values(wanted)).scalar_one())


def export_events(db: Database, wanted: AuditFilter, *, page: int = 5000) -> Iterator[str]:
    """CSV in pieces, newest first."""
    yield _csv_line(HEADER)
    offset = 0
    while events := list_events(db, wanted, limit=page, offset=offset):
        yield "".join(_csv_line(_cells(event)) for event in events)
        offset += len(events)


def _cells(event: AuditEvent) -> tuple[str, ...]:
    detail = json.dumps(event.detail, ensure_ascii=False)
    texts = (event.actor, event.actor_role, event.address, event.action, event.subject)
    return (event.at.isoformat(), *texts, event.outcome, detail)


def _csv_line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([f"'{c}" if c.startswith(FORMULA_SIGNS) else c for c in cells])
    return line.getvalue()


def _values(wanted: AuditFilter) -> dict[str, object]:
    return {
        "actor": wanted.actor,
        "action": wanted.action,
        "subject": wanted.subject,
        "outcome": wanted.outcome,
        "since": wanted.since,
        "until": wanted.until,
    }
