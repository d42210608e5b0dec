"""Readings as a CSV or Parquet file, part by part."""

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.binary_fetch import copy_out
from hydrodiag.readings.windows import TimeWindow

SQL = NamedQueries(__file__, "series.sql")
HEADER = b"time,system,sensor,value,unit\n"
# A part is held in memory whole, so that a slow reader holds no statement open.
PART_ROWS = 200_000
SHORTEST_PART = timedelta(minutes=10)
LONGEST_PART = timedelta(days=30)
NAMES = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("time", pa.timestamp("us", "UTC")),
        ("system", NAMES),
        ("sensor", NAMES),
        ("value", pa.float64()),
        ("unit", NAMES),
    ]
)


def export_csv(db: Database, sensor_ids: Sequence[int], window: TimeWindow) -> Iterator[bytes]:
    """Columns time (ISO 8601, UTC), system, sensor, value, unit; values at their resolution.

    Raw readings in order of time, in parts of some megabytes. The file can be ingested.
    """
    yield HEADER
    yield from _load_parts(db, sensor_ids, window)


def export_parquet(
    db: Database, sensor_ids: Sequence[int], window: TimeWindow, target: BinaryIO
) -> int:
    """The rows and columns of the CSV, written to `target` a row group a part; how many rows.

    `time` is a timestamp in UTC; names and units are dictionaries. Can be ingested as well.
    """
    reading = pa_csv.ReadOptions(column_names=SCHEMA.names)
    converting = pa_csv.ConvertOptions(column_types=SCHEMA)
    count = 0
    with pq.ParquetWriter(target, SCHEMA, compression="zstd") as writer:
        for part in _load_parts(db, sensor_ids, window):
            rows = pa_csv.read_csv(io.BytesIO(part), reading, convert_options=converting)
            writer.write_table(rows.cast(SCHEMA).unify_dictionaries())
            count += rows.num_rows
    return count


def _load_parts(db: Database, sensor_ids: Sequence[int], window: TimeWindow) -> Iterator[bytes]:
    """Rows of CSV without a header."""
    ids = sorted({int(each) for each in sensor_ids})
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
