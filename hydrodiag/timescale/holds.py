"""Spans of time that retention leaves alone: evidence of a failure, an open investigation."""

from datetime import UTC, datetime

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.timescale.hypertables import check_table_name, resolve_hypertable
from hydrodiag.timescale.intervals import check_range
from hydrodiag.timescale.reports import Hold

SQL = NamedQueries(__file__, "holds.sql")
TOPIC = "lifecycle"


def list_holds(db: Database, table: str | None = None) -> list[Hold]:
    """Holds in force; those whose `until_at` has passed are not."""
    with db.read() as connection:
        rows = connection.execute(SQL["list_holds"], {"table": table})
        return [Hold(**row._mapping) for row in rows]


def add_hold(
    db: Database,
    table: str,
    start: datetime,
    end: datetime,
    reason: str,
    *,
    until_at: datetime | None = None,
    created_by: str,
) -> Hold:
    check_table_name(table)
    held = check_range(start, end)
    _check_hold(reason, until_at)
    values = {
        "table": table,
        "start": held.start,
        "end": held.end,
        "reason": reason.strip(),
        "until": until_at,
        "created_by": created_by,
    }
    with db.write() as connection:
        resolve_hypertable(connection, table)
        row = connection.execute(SQL["insert_hold"], values).one()
        bump_generation(connection, TOPIC)
        return Hold(**row._mapping)


def release_hold(db: Database, hold_id: int) -> None:
    with db.write() as connection:
        if connection.execute(SQL["delete_hold"], {"id": hold_id}).scalar() is None:
            raise NotFound(f"There is no hold {hold_id}.", hint="It may have been released.")
        bump_generation(connection, TOPIC)


def _check_hold(reason: str, until_at: datetime | None) -> None:
    if not reason.strip():
        raise InvalidInput("A hold needs a reason.", hint="Say why these readings must stay.")
    if until_at is None:
        return
    if until_at.tzinfo is None or until_at <= datetime.now(UTC):
        raise InvalidInput("A hold has to end in the future, at an instant with a time zone.")
