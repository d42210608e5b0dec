from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups, renew_rollups
from hydrodiag.readings.statistics import statistics
from hydrodiag.readings.windows import TimeWindow, to_us
from tests.integration.series.conftest import FEED

DAY = timedelta(days=1)


@pytest.mark.parametrize("is_refreshed", [True, False])
def test_figures_count_every_reading_of_the_window(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime, is_refreshed: bool
) -> None:
    readings = feed(sensor_ids[0], start_at, 5 * DAY)
    if is_refreshed:
        refresh_rollups(database)
    window = TimeWindow(start_at + timedelta(hours=3, seconds=5), start_at + 4 * DAY)
    table = statistics(database, sensor_ids[:2], window).set_index("sensor_id")
    inside = readings[(readings["time"] >= window.start) & (readings["time"] < window.end)]
    figures, values = table.loc[sensor_ids[0]], inside["value"]
    assert figures["n"] == len(inside)
    assert (figures["min"], figures["max"]) == (values.min(), values.max())
    assert figures["mean"] == pytest.approx(values.mean())
    assert figures["std"] == pytest.approx(values.std())
    assert (figures["first_at"], figures["first"]) == tuple(inside.iloc[0])
    assert (figures["last_at"], figures["last"]) == tuple(inside.iloc[-1])


def test_a_sensor_without_readings_has_a_row_of_its_own(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    table = statistics(database, sensor_ids[::-1], TimeWindow(start_at, start_at + DAY))
    assert table["sensor_id"].tolist() == sensor_ids[::-1]
    assert table["n"].tolist() == [0, 0, 0]
    assert table[["mean", "std", "first", "last_at"]].isna().all(axis=None)


def test_the_deviation_of_large_values_close_together_is_exact(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    times_us = to_us(start_at) + np.arange(100_000) * 1_000_000
    values = 1e6 + np.random.default_rng(5).normal(0, 0.01, len(times_us))
    ids = np.full(len(times_us), sensor_ids[0])
    load_columns(database, ids, times_us, values, origin="test")
    refresh_rollups(database)
    table = statistics(database, sensor_ids[:1], TimeWindow(start_at, start_at + 2 * DAY))
    with database.read() as connection:
        stored = connection.execute(text("SELECT stddev_samp(value) FROM sensor_data")).scalar()
    assert table.loc[0, "std"] == pytest.approx(stored, rel=1e-6)


def test_a_single_reading_has_no_deviation(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    load_columns(database, sensor_ids[:1], [to_us(start_at)], [5.0], origin="test")
    table = statistics(database, sensor_ids[:1], TimeWindow(start_at, start_at + DAY))
    assert (table.loc[0, "n"], table.loc[0, "mean"]) == (1, 5.0)
    assert np.isnan(table.loc[0, "std"])


def test_rollups_from_before_they_kept_it_have_no_deviation_until_made_anew(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> None:
    readings = feed(sensor_ids[0], start_at, 2 * DAY)
    refresh_rollups(database)
    with database.maintain() as connection:
        for table in ("sensor_data_1m", "sensor_data_1h", "sensor_data_1d"):
            connection.execute(text(f"UPDATE {table} SET vssd = DEFAULT"))
    window = TimeWindow(start_at, start_at + 3 * DAY)
    old = statistics(database, sensor_ids[:1], window).loc[0]
    assert np.isnan(old["std"])
    assert old["n"] == len(readings)
    assert renew_rollups(database) == 3
    new = statistics(database, sensor_ids[:1], window).loc[0]
    assert new["std"] == pytest.approx(readings["value"].std())
