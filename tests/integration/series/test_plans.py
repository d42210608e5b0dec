"""The hot queries use the primary keys and open only the chunks they need."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings import series
from hydrodiag.readings.rollups import refresh_rollups
from tests.integration.series.conftest import FEED

SERIES = NamedQueries(str(series.__file__), "series.sql")
ROLLUPS = NamedQueries(str(series.__file__), "rollups.sql")
DAY = timedelta(days=1)


@pytest.fixture
def filled(
    database: Database, sensor_ids: list[int], feed: FEED, start_at: datetime
) -> Iterator[Database]:
    """19 days of three sensors, analysed, so that the planner has a choice."""
    for sensor_id in sensor_ids:
        feed(sensor_id, start_at, 19 * DAY, step_s=60)
    refresh_rollups(database)
    with database.maintain() as connection:
        for table in ("sensor_data", "sensor_data_1m", "sensor_data_1h", "sensor_data_1d"):
            connection.execute(text(f"ANALYZE {table}"))
        yield database


def plan_of(database: Database, queries: NamedQueries, block: str, **values: Any) -> str:
    query = text(f"EXPLAIN (COSTS OFF) {queries.sources[block].split(chr(10), 1)[1]}")
    with database.maintain() as connection:
        return "\n".join(connection.execute(query, values).scalars())


def chunks_in(plan: str) -> set[str]:
    return set(re.findall(r"_hyper_\d+_\d+_chunk", plan))


def one_day(sensor_id: int, start: datetime) -> dict[str, Any]:
    span = {"starts": [start], "ends": [start + DAY], "start_at": start, "end_at": start + DAY}
    return {"sensor_ids": [sensor_id], "step": timedelta(minutes=2), **span}


@pytest.mark.parametrize("source", ["raw", "1m", "1h"])
def test_buckets_are_read_by_the_primary_key_from_few_chunks(
    filled: Database, sensor_ids: list[int], start_at: datetime, source: str
) -> None:
    values = one_day(sensor_ids[0], start_at + 10 * DAY)
    plan = plan_of(filled, SERIES, f"buckets_{source}", **values)
    assert "Seq Scan" not in plan
    assert re.search(r"Index (Only )?Scan (using|on) \W?\w*pk_sensor_data", plan)
    assert 1 <= len(chunks_in(plan)) <= 2


def test_readings_as_stored_are_read_by_the_primary_key(
    filled: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    start = start_at + 10 * DAY
    values = {"sensor_ids": sensor_ids[:1], "start_at": start, "end_at": start + DAY, "most": 1001}
    plan = plan_of(filled, SERIES, "raw_rows", **values)
    assert "Seq Scan" not in plan
    assert 1 <= len(chunks_in(plan)) <= 2


def test_first_and_last_stop_at_the_first_row(
    filled: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    values = {"sensor_ids": sensor_ids, "start_at": start_at, "end_at": start_at + 19 * DAY}
    plan = plan_of(filled, SERIES, "first_and_last", **values)
    assert "Seq Scan" not in plan
    assert plan.count("Limit") == 2


@pytest.mark.parametrize("level", ["1m", "1h"])
def test_late_rows_are_rolled_up_by_the_primary_key(
    filled: Database, sensor_ids: list[int], start_at: datetime, level: str
) -> None:
    start = start_at + 10 * DAY
    values = {
        "sensor_ids": sensor_ids[:1],
        "starts": [start],
        "ends": [start + timedelta(hours=1)],
        "slice_start": start,
        "slice_end": start + timedelta(hours=1),
    }
    plan = plan_of(filled, ROLLUPS, f"roll_up_{level}", **values)
    assert "Seq Scan" not in plan
    assert 1 <= len(chunks_in(plan)) <= 2
