"""Readings as a CSV file, streamed."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.binary_fetch import copy_out
from hydrodiag.readings.windows import TimeWindow

SQL = NamedQueries(__file__, "series.sql")
HEADER = b"time,system,sensor,value,unit\n"
# A part is held in memory whole, so that a slow reader holds no statement open.
PART_ROWS = 200_000
SHORTEST_PART = timedelta(minutes=10)
LONGEST_PART = timedelta(days=30)


def export_csv(db: Database, sensor_ids: Sequence[int], window: TimeWindow) -> Iterator[bytes]:
    """Columns time (ISO 8601, UTC), system, sensor, value, unit; values at their resolution.

    Raw readings in order of time, in parts of some megabytes. The file can be ingested.
    """
    ids = sorted({int(each) for each in sensor_ids})
    yield HEADER
    for part in _cut(window, _part_span(db, ids)):
        values = {"sensor_ids": ids, "start_at": part.start, "end_at": part.end}
        with db.read() as connection:
            content = b"".join(copy_out(connection, SQL["export_rows"], values, "CSV"))
        if content:
            yield content


def _cut(window: TimeWindow, span: timedelta) -> Iterator[TimeWindow]:
    start = window.start
    while start < window.end:
        end = min(start + span, window.end)
        yield TimeWindow(start, end)
        start = end


def _part_span(db: Database, sensor_ids: list[int]) -> timedelta:
    with db.read() as connection:
        rows = connection.execute(SQL["sampling_rates"], {"sensor_ids": sensor_ids})
        per_second = sum(row.per_second for row in rows)
    wanted = timedelta(seconds=PART_ROWS / max(per_second, 1e-6))
    return min(max(wanted, SHORTEST_PART), LONGEST_PART)
