"""Since when nobody runs jobs: what the last scheduler has left in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hydrodiag.db import Database, NamedQueries
from hydrodiag.jobs.overview import list_schedulers

SQL = NamedQueries(__file__)


@dataclass(frozen=True)
class Silence:
    """No scheduler runs. Both are None where none is known ever to have run."""

    began_at: datetime | None
    lasts: timedelta | None


def find_silence(db: Database) -> Silence | None:
    """None while a scheduler is alive."""
    if any(each.is_alive for each in list_schedulers(db)):
        return None
    with db.read() as connection:
        return Silence(**connection.execute(SQL["find_silence"]).one()._mapping)
