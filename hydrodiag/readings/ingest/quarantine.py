"""Looking at quarantined readings, and giving them up."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.ingest.upkeep import INGEST_TOPIC

SQL = NamedQueries(__file__, "quarantine.sql")


@dataclass(frozen=True)
class QuarantineFilter:
    """Empty fields do not narrow. `sensor` and `search` find parts of names and texts."""

    file_id: int | None = None
    reason: str | None = None
    sensor: str = ""
    status: str | None = "open"
    search: str = ""


@dataclass(frozen=True)
class QuarantinedRow:
    """`reading_at`, `value` (in `unit`, empty: the sensor's) as far as they could be read."""

    id: int
    file_id: int | None
    file_name: str
    line: int | None
    raw: str
    reason: str
    detail: str
    sensor_label: str
    sensor_id: int | None
    time_text: str
    reading_at: datetime | None
    value_text: str
    value: float | None
    unit: str
    status: str
    resolved_by: str
    resolved_at: datetime | None
    created_at: datetime


Selection = Sequence[int] | QuarantineFilter


def list_quarantine(
    db: Database,
    filters: QuarantineFilter | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[QuarantinedRow]:
    values = {**asdict(filters or QuarantineFilter()), "limit": limit, "offset": offset}
    with db.read() as connection:
        rows = connection.execute(SQL["list_quarantine"], values)
        return [QuarantinedRow(**row._mapping) for row in rows]


def count_quarantine(db: Database, filters: QuarantineFilter | None = None) -> int:
    return sum(count_reasons(db, filters).values())


def count_reasons(db: Database, filters: QuarantineFilter | None = None) -> dict[str, int]:
    with db.read() as connection:
        rows = connection.execute(SQL["count_reasons"], asdict(filters or QuarantineFilter()))
        return {row.reason: row.readings for row in rows}


def reject_quarantined(db: Database, which: Selection, *, by: str = "") -> int:
    """Give up the open ones among `which`; how many there were."""
    with db.write() as connection:
        values = {**selection_values(which), "by": by}
        count: int = connection.execute(SQL["reject_open"], values).rowcount
        if count:
            bump_generation(connection, INGEST_TOPIC)
    return count


def selection_values(which: Selection) -> dict[str, Any]:
    """Bound parameters that choose rows by id, or by a filter (whose status does not count)."""
    if isinstance(which, QuarantineFilter):
        filters, ids = which, None
    else:
        filters, ids = QuarantineFilter(), [int(each) for each in which]
    values = asdict(filters)
    del values["status"]
    return {**values, "ids": ids}
