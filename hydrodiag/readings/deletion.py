"""Deleting readings together with all that was made from them."""

from collections.abc import Sequence

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.windows import TimeWindow

SQL = NamedQueries(__file__, "rollups.sql")
BLOCKS = ("delete_raw", "delete_1m", "delete_1h", "delete_1d", "note_deleted")
LATEST_BLOCKS = ("renew_latest", "forget_latest")


def delete_readings(db: Database, sensor_ids: Sequence[int], window: TimeWindow) -> int:
    """Delete the readings of these sensors in the window; return how many there were.

    Rollup buckets that the window touches go with them; what is left of their readings is
    taken up again by the next refresh, and read from raw until then.
    """
    ids = sorted({int(each) for each in sensor_ids})
    values = {"sensor_ids": ids, "start_at": window.start, "end_at": window.end}
    with db.write() as connection:
        counts = [connection.execute(SQL[block], values).rowcount for block in BLOCKS]
        for block in LATEST_BLOCKS:
            connection.execute(SQL[block], {"sensor_ids": ids})
        for system_id in connection.execute(SQL["list_systems_of"], {"sensor_ids": ids}).scalars():
            bump_generation(connection, f"readings:{system_id}")
    return int(counts[0])
