"""The limits in time that hold for readings now: the clock, retention and its holds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.ingest.instants import STORABLE_FROM_US, to_us

SQL = NamedQueries(__file__)
AHEAD_ALLOWED = timedelta(minutes=5)
DEFAULT_RETENTION = timedelta(days=365)


@dataclass(frozen=True)
class Rules:
    """`retention` None keeps readings for ever; `holds_us` are spans retention leaves alone."""

    now: datetime
    retention: timedelta | None = DEFAULT_RETENTION
    holds_us: tuple[tuple[int, int], ...] = ()

    @property
    def newest_us(self) -> int:
        return to_us(self.now + AHEAD_ALLOWED)

    @property
    def oldest_us(self) -> int:
        if self.retention is None:
            return STORABLE_FROM_US
        return max(STORABLE_FROM_US, to_us(self.now - self.retention))


def load_rules(db: Database, *, keep_old: bool = False) -> Rules:
    with db.read() as connection:
        retention = None if keep_old else _find_retention(connection)
        holds = connection.execute(SQL["list_held_spans"])
        spans = tuple((int(row.from_us), int(row.to_us)) for row in holds)
    return Rules(datetime.now(UTC), retention, spans)


def _find_retention(connection: Connection) -> timedelta | None:
    if not connection.execute(SQL["has_policies"]).scalar():
        return DEFAULT_RETENTION
    row = connection.execute(SQL["find_retention"]).one_or_none()
    return row.retain_for if row else DEFAULT_RETENTION
