"""Where the story of a demo machine stands in the database."""

from collections.abc import Mapping
from dataclasses import dataclass

from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__)


@dataclass(frozen=True)
class Story:
    """Seconds since 1970 UTC. `is_complete`: every sensor has readings."""

    start_s: int
    end_s: int
    is_complete: bool


def find_story(db: Database, sensor_ids: Mapping[str, int]) -> Story | None:
    """The story as far as it is written; None if nothing is."""
    with db.read() as connection:
        values = {"sensor_ids": list(sensor_ids.values())}
        rows = connection.execute(SQL["story_of_sensors"], values).all()
    begun = [row for row in rows if row.first_at is not None]
    if not begun:
        return None
    first = min(row.first_at for row in begun)
    last = max(row.last_at for row in begun)
    minute = int(first.timestamp()) // 60 * 60
    return Story(minute, int(last.timestamp()) + 1, len(begun) == len(sensor_ids))
