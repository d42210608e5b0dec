"""Compression and rollups on the Community edition, against a continuous aggregate.

    python -m benchmarks.community --url postgresql://postgres@localhost/postgres

The server is that of --url, or HYDRODIAG_TEST_DATABASE_URL. The demo's readings by the second,
one machine, are loaded twice: at the sensors' resolution and as the sensors' full floats.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from benchmarks.scratch import scratch_database
from benchmarks.series import ANALYZE, MAX_POINTS, time_ms
from hydrodiag.config import load_settings
from hydrodiag.db import Database
from hydrodiag.demo.arrays import Arrays, build_arrays
from hydrodiag.demo.fleet import upsert_machine
from hydrodiag.demo.machines import MACHINES
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import DAY_US, MINUTE_US, SECOND_US, TimeWindow, from_us
from hydrodiag.timescale import compress_old_chunks

DAY_S = 86_400
LIMITS = {"full floats": 9, "at the resolution": 30}
NO_RESOLUTION = text("UPDATE sensor SET resolution = NULL")
CREATE_CAGG = text(
    "CREATE MATERIALIZED VIEW bench_cagg WITH (timescaledb.continuous) AS "
    "SELECT sensor_id, time_bucket('1 minute', time) AS bucket, avg(value), min(value), "
    "max(value), count(*) FROM sensor_data GROUP BY 1, 2 WITH NO DATA"
)
SHARE_CAGG = text("GRANT SELECT ON bench_cagg TO PUBLIC")
REFRESH_CAGG = text("CALL refresh_continuous_aggregate('bench_cagg', NULL, NULL)")
READ_CAGG = text(
    "SELECT time_bucket(:step, bucket) AS at, sum(avg * count) / sum(count), min(min), max(max) "
    "FROM bench_cagg WHERE sensor_id = :id AND bucket >= :start_at AND bucket < :end_at "
    "GROUP BY 1 ORDER BY 1"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default=_url_of_settings())
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--sensors", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    if options.url is None:
        print("skipped: needs a server with the Community edition, --url")
        return
    for name in LIMITS:
        with scratch_database("community", options.url) as database:
            arrays = _fill(database, options.days, options.sensors, name)
            if name == "at the resolution":
                _compare(database, arrays, options.rounds)
            _show_compression(database, name)


def _url_of_settings() -> str | None:
    url = load_settings().test_database_url
    return url.get_secret_value() if url else None


def _fill(database: Database, days: int, sensors: int, name: str) -> Arrays:
    """Readings by the second up to five weeks ago: all chunks of them are closed."""
    end_s = (int(time.time()) // DAY_S - 35) * DAY_S
    start_s = end_s - days * DAY_S
    ids = upsert_machine(database, MACHINES[0])
    if name == "full floats":
        with database.maintain() as connection:
            connection.execute(NO_RESOLUTION)
    chosen = dict(list(ids.items())[:: max(1, len(ids) // sensors)][:sensors])
    simulator = MachineSimulator(MACHINES[0], start_s)
    arrays = build_arrays(simulator, chosen, [(start_s, end_s, Resolution.SECOND)])
    report = load_columns(database, *arrays, origin="bench", assume_sorted=True, keep_old=True)
    print(f"\n{name}: {report.inserted:,} readings of {', '.join(chosen)}", flush=True)
    return arrays


def _compare(database: Database, arrays: Arrays, rounds: int) -> None:
    with database.maintain() as connection:
        connection.execute(CREATE_CAGG)
        connection.execute(SHARE_CAGG)
    _show_refresh(database, "all readings taken up", lambda: None, rounds=1)
    with database.maintain() as connection:
        for table in ANALYZE:
            connection.execute(text(f"VACUUM ANALYZE {table}"))
    sensor_id, end_us = int(arrays[0][0]), int(arrays[1][-1])
    for days in (1, 30):
        _show_reads(database, sensor_id, end_us, days, rounds)
    _show_changes(database, sensor_id, end_us)


def _show_reads(database: Database, sensor_id: int, end_us: int, days: int, rounds: int) -> None:
    start_us = end_us - days * DAY_US
    window = TimeWindow(from_us(start_us), from_us(end_us))
    minutes = max(1, -(-days * 1440 // MAX_POINTS))
    values = {"id": sensor_id, "start_at": window.start, "end_at": window.end}
    values["step"] = timedelta(minutes=minutes)

    def read_cagg() -> None:
        with database.read() as connection:
            connection.execute(READ_CAGG, values).all()

    series(database, [sensor_id], window)
    read_cagg()
    ours = [time_ms(lambda: series(database, [sensor_id], window)) for _ in range(rounds)]
    theirs = [time_ms(read_cagg) for _ in range(rounds)]
    _show_line(f"one sensor, {days} d, p95", ours, theirs)


def _show_changes(database: Database, sensor_id: int, end_us: int) -> None:
    numbers = iter(range(1, 10_000))

    def add_new() -> None:
        at_us = end_us + next(numbers) * MINUTE_US + np.arange(60) * SECOND_US
        _load(database, sensor_id, at_us)

    def add_late() -> None:
        number = next(numbers)
        at_us = end_us - np.arange(7) * DAY_US * 3 - number * MINUTE_US - SECOND_US // 2
        _load(database, sensor_id, np.sort(at_us))

    _show_refresh(database, "a new minute taken up", add_new, rounds=5)
    _show_refresh(database, "7 late rows over 18 days", add_late, rounds=3)


def _load(database: Database, sensor_id: int, at_us: NDArray[np.int64]) -> None:
    ids, values = np.full(len(at_us), sensor_id), np.full(len(at_us), 150.0)
    load_columns(database, ids, at_us, values, origin=f"bench {at_us[0]}", keep_old=True)


def _show_refresh(
    database: Database, name: str, change: Callable[[], None], *, rounds: int
) -> None:
    def refresh_cagg() -> None:
        with database.maintain() as connection:
            connection.execute(REFRESH_CAGG)

    ours, theirs = [], []
    for _ in range(rounds):
        change()
        ours.append(time_ms(lambda: refresh_rollups(database)))
        theirs.append(time_ms(refresh_cagg))
    _show_line(name, ours, theirs)


def _show_line(name: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    our_ms, their_ms = (float(np.percentile(each, 95)) for each in (ours, theirs))
    print(
        f"{name:<26} ours {our_ms:>10,.1f} ms   continuous aggregate {their_ms:>10,.1f} ms"
        f"   {their_ms / our_ms:>8.2f}x",
        flush=True,
    )


def _show_compression(database: Database, name: str) -> None:
    report = compress_old_chunks(database, "sensor_data", timedelta(days=14))
    before = sum(each.before_bytes or 0 for each in report.done)
    after = sum(each.after_bytes or 0 for each in report.done)
    ratio = before / after if after else 0
    print(
        f"{len(report.done)} chunks {report.state}: {before / 1e6:,.0f} MB to {after / 1e6:,.1f} MB"
        f", {ratio:.1f} times (limit {LIMITS[name]})",
        flush=True,
    )


if __name__ == "__main__":
    main()
