"""Series of 1,000 points from a large table, against the plain `time_bucket` query over raw.

    python -m benchmarks.series --sensors 20 --days 60

Readings a second apart, stored in order of time as a running plant writes them: the sensors
lie interleaved, so that one sensor's span touches every page of the table.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import text

from benchmarks.scratch import scratch_database
from hydrodiag.db import Database
from hydrodiag.fleet import SensorDraft, SystemDraft, create_sensor, create_system
from hydrodiag.readings.grid import grid_step, on_grid
from hydrodiag.readings.ingest.batch import CleanBatch
from hydrodiag.readings.ingest.binary_copy import copy_readings
from hydrodiag.readings.ingest.load import raw_connection
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import DAY_US, HOUR_US, SECOND_US, TimeWindow, from_us, to_us

MAX_POINTS = 1000
RESOLUTION = 0.01
SPANS = {"1 h": HOUR_US, "1 d": DAY_US, "7 d": 7 * DAY_US, "30 d": 30 * DAY_US, "60 d": 60 * DAY_US}
NOTE_DIRTY = text(
    "INSERT INTO rollup_dirty (sensor_id, lo, hi) "
    "SELECT id, :lo, :hi FROM unnest(CAST(:ids AS int[])) AS id"
)
PLAIN = text(
    "SELECT sensor_id, time_bucket(:step, time) AS bucket, avg(value), min(value), max(value) "
    "FROM sensor_data WHERE sensor_id = ANY(:ids) AND time >= :start_at AND time < :end_at "
    "GROUP BY 1, 2 ORDER BY 1, 2"
)
ANALYZE = ("sensor_data", "sensor_data_1m", "sensor_data_1h", "sensor_data_1d")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sensors", type=int, default=5)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with scratch_database("series") as database:
        end_us = to_us(datetime.now(UTC).replace(microsecond=0))
        ids = _create_sensors(database, options.sensors)
        _fill(database, ids, options.days, end_us)
        _show_upkeep(database, ids, options.days, end_us)
        _show_series(database, ids, options.days * DAY_US, end_us, options.rounds)


def _create_sensors(database: Database, count: int) -> list[int]:
    system = create_system(database, SystemDraft(code="BENCH", name="Bench", kind="hpu"))
    drafts = [
        SensorDraft(
            tag=f"PS{number}",
            name=f"Pressure {number}",
            quantity="pressure",
            unit="bar",
            resolution=RESOLUTION,
            sampling_interval_s=1,
        )
        for number in range(count)
    ]
    return [create_sensor(database, system.id, draft).id for draft in drafts]


def _fill(database: Database, ids: Sequence[int], days: int, end_us: int) -> None:
    random = np.random.default_rng(1)
    started = time.perf_counter()
    for start_us in range(end_us - days * DAY_US, end_us, 6 * HOUR_US):
        times_us = np.repeat(np.arange(start_us, start_us + 6 * HOUR_US, SECOND_US), len(ids))
        wave = 150 + 40 * np.sin(times_us / (90 * SECOND_US))
        values = on_grid(wave + random.normal(0, 1, len(times_us)), grid_step(RESOLUTION))
        sensors = np.tile(np.array(ids, np.int32), len(times_us) // len(ids))
        batch = CleanBatch(sensors, times_us, values, np.zeros(len(times_us), np.int32))
        with database.write() as connection:
            copy_readings(raw_connection(connection), batch)
            _note_dirty(database, ids, start_us, start_us + 6 * HOUR_US)
    rows, took_s = days * 86_400 * len(ids), time.perf_counter() - started
    print(f"{rows:,} readings of {len(ids)} sensors, {days} days at 1 s, loaded in {took_s:.0f} s")


def _note_dirty(database: Database, ids: Sequence[int], lo_us: int, hi_us: int) -> None:
    with database.write() as connection:
        values = {"ids": list(ids), "lo": from_us(lo_us), "hi": from_us(hi_us)}
        connection.execute(NOTE_DIRTY, values)


def _show_upkeep(database: Database, ids: Sequence[int], days: int, end_us: int) -> None:
    started = time.perf_counter()
    report = refresh_rollups(database)
    took_s = time.perf_counter() - started
    rate = days * 86_400 * len(ids) / took_s
    print(f"rollups built in {took_s:.1f} s: {report.buckets:,} buckets, {rate:,.0f} readings/s")
    repairs = []
    for number in range(20):
        for day in range(7):
            late_us = end_us - day * DAY_US - (number + 1) * HOUR_US
            _note_dirty(database, ids[:1], late_us, late_us + 1)
        repairs.append(time_ms(lambda: refresh_rollups(database)))
    print(f"7 late rows on 7 days repaired in {_figures(repairs)}\n")
    with database.maintain() as connection:
        for table in ANALYZE:
            connection.execute(text(f"VACUUM ANALYZE {table}"))


def _show_series(
    database: Database, ids: Sequence[int], stored_us: int, end_us: int, rounds: int
) -> None:
    print(f"{'window':>7} {'sensors':>7} {'source':>6} {'points':>7}   series p50/p95"
          "     raw time_bucket   ratio")  # fmt: skip
    for name, span_us in SPANS.items():
        if span_us > stored_us:
            continue
        window = TimeWindow(from_us(end_us - span_us - 7 * SECOND_US), from_us(end_us - SECOND_US))
        for chosen in dict.fromkeys((tuple(ids[:1]), tuple(ids))):
            _show_line(database, name, window, chosen, rounds)


def _show_line(
    database: Database, name: str, window: TimeWindow, ids: Sequence[int], rounds: int
) -> None:
    answer = series(database, ids, window, MAX_POINTS)
    times_ms = [time_ms(lambda: series(database, ids, window, MAX_POINTS)) for _ in range(rounds)]
    step = answer.bucket or timedelta(seconds=1)
    plain_ms = min(time_ms(lambda: _run_plain(database, ids, window, step)) for _ in range(3))
    ratio = plain_ms / float(np.median(times_ms))
    points = len(answer.frame) // len(ids)
    print(
        f"{name:>7} {len(ids):>7} {answer.source:>6} {points:>7}   {_figures(times_ms)}"
        f"   {plain_ms:>10.1f} ms   {ratio:>7.1f}x"
    )


def _run_plain(database: Database, ids: Sequence[int], window: TimeWindow, step: timedelta) -> None:
    values = {"ids": list(ids), "step": step, "start_at": window.start, "end_at": window.end}
    with database.maintain() as connection:
        connection.execute(PLAIN, values).all()


def time_ms(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _figures(times_ms: Sequence[float]) -> str:
    low, high = np.percentile(times_ms, [50, 95])
    return f"{low:>6.1f} / {high:>6.1f} ms"


if __name__ == "__main__":
    main()
