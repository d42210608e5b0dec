"""Charts of 20 sensors at 1 s, over an hour to a year, and how their cost grows with the data.

    python -m benchmarks.year --days 365

The readings are loaded day by day, backwards from now, within --minutes. Windows
longer than what is stored hold what is stored.
"""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from benchmarks.scratch import scratch_database
from benchmarks.series import ANALYZE, MAX_POINTS, PLAIN, _create_sensors, time_ms
from hydrodiag.db import Database
from hydrodiag.errors import QueryTimeout
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import DAY_US, HOUR_US, SECOND_US, TimeWindow, from_us, to_us

SPANS = {"1 h": HOUR_US, "1 d": DAY_US, "30 d": 30 * DAY_US, "1 y": 365 * DAY_US}
LIMITS_MS = {1: 50, 20: 200}
LATE_DAYS, LATE_LIMIT_MS = 20, 100
PLAIN_LIMIT_S = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with scratch_database("year") as database:
        end_us = to_us(datetime.now(UTC).replace(microsecond=0))
        ids = _create_sensors(database, 20)
        deadline = time.perf_counter() + 60 * options.minutes
        days = 0
        for goal in (max(1, options.days // 10), options.days):
            days = _fill(database, ids, end_us, range(days, goal), deadline)
            _show_stage(database, ids, end_us, days, options.rounds)
        _show_repair(database, ids[0], end_us, min(LATE_DAYS, days - 1))


def _fill(database: Database, ids: Sequence[int], end_us: int, days: range, deadline: float) -> int:
    """Days stored by then, their rollups built."""
    stored = days.start
    for day in days:
        if time.perf_counter() > deadline:
            break
        columns = _make_day(ids, end_us - day * DAY_US)
        load_columns(database, *columns, origin=f"day {day}", assume_sorted=True, keep_old=True)
        stored = day + 1
    while refresh_rollups(database).pending:
        pass
    with database.maintain() as connection:
        for table in ANALYZE:
            connection.execute(text(f"VACUUM ANALYZE {table}"))
    return stored


def _make_day(ids: Sequence[int], end_us: int) -> tuple[NDArray[np.number], ...]:
    """Ids, times and values of a reading a second, by sensor and time."""
    seconds = np.arange(DAY_US // SECOND_US)
    times_us = end_us - DAY_US + seconds * SECOND_US
    noise = np.random.default_rng(int(end_us // SECOND_US)).random((len(ids), len(seconds)))
    swings = 40 * np.sin(times_us / SECOND_US / 90 + np.asarray(ids)[:, None])
    return np.repeat(ids, len(seconds)), np.tile(times_us, len(ids)), (150 + swings + noise).ravel()


def _show_stage(
    database: Database, ids: Sequence[int], end_us: int, days: int, rounds: int
) -> None:
    print(f"{days} days, {days * 86_400 * len(ids):,} readings")
    print("window sensors source  series p50 / p95      limit   raw time_bucket    ratio")
    for name, span_us in SPANS.items():
        window = TimeWindow(from_us(end_us - span_us - 7 * SECOND_US), from_us(end_us - SECOND_US))
        for chosen in (ids[:1], ids):
            _show_line(database, name, window, chosen, rounds)
    print(flush=True)


def _show_line(
    database: Database, name: str, window: TimeWindow, ids: Sequence[int], rounds: int
) -> None:
    answer = series(database, ids, window, MAX_POINTS)
    times_ms = [time_ms(lambda: series(database, ids, window, MAX_POINTS)) for _ in range(rounds)]
    p50, p95 = np.percentile(times_ms, [50, 95])
    plain_ms = _time_plain(database, ids, window, answer.bucket or timedelta(seconds=1))
    raw, ratio = (
        (f"{plain_ms:,.0f} ms", f"{plain_ms / p50:,.0f}x")
        if plain_ms
        else (f"over {PLAIN_LIMIT_S} s", f"> {PLAIN_LIMIT_S * 1000 / p50:,.0f}x")
    )
    print(
        f"{name:>6} {len(ids):>7} {answer.source:>6}  {p50:>6.1f} / {p95:>6.1f} ms"
        f"  {LIMITS_MS[len(ids)]:>5} ms   {raw:>15} {ratio:>8}",
        flush=True,
    )


def _time_plain(
    database: Database, ids: Sequence[int], window: TimeWindow, step: timedelta
) -> float | None:
    """Milliseconds of one run; None where it takes longer than the limit."""
    values = {"ids": list(ids), "step": step, "start_at": window.start, "end_at": window.end}

    def run() -> None:
        with database.write() as connection:
            connection.execute(text(f"SET LOCAL statement_timeout = '{PLAIN_LIMIT_S}s'"))
            connection.execute(PLAIN, values).all()

    try:
        return time_ms(run)
    except QueryTimeout:
        return None


def _show_repair(database: Database, sensor_id: int, end_us: int, days_ago: int) -> None:
    times_ms = []
    for number in range(20):
        late_us = end_us - days_ago * DAY_US + number * HOUR_US // 4 + SECOND_US // 2
        columns = (np.array([sensor_id]), np.array([late_us]), np.array([150.0 + number]))
        load_columns(database, *columns, origin=f"late {number}", assume_sorted=True)
        times_ms.append(time_ms(lambda: refresh_rollups(database)))
    p50, p95 = np.percentile(times_ms, [50, 95])
    print(
        f"a row {days_ago} days late taken up on all levels in {p50:.1f} / {p95:.1f} ms "
        f"(limit {LATE_LIMIT_MS} ms)"
    )


if __name__ == "__main__":
    main()
