"""Readings that one app process has read for Metrics, in a real Redis, for all the others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import redis
from pydantic import SecretStr

from hydrodiag.cache import RedisStore, build_store
from hydrodiag.db import Database
from hydrodiag.fleet import list_sensors, list_systems
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.kept_forms import decode_series, encode_figures, encode_series
from hydrodiag.readings.series import Series, series
from hydrodiag.readings.statistics import statistics
from hydrodiag.readings.windows import TimeWindow, to_us
from hydrodiag.ui import reads, resources
from tests.machines import measured_machine
from tests.ports import free_port
from tests.served import serving_redis

HOUR = timedelta(hours=1)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    with serving_redis(free_port(), tmp_path) as url, redis.Redis.from_url(url) as server:
        store = build_store(SecretStr(url))
        monkeypatch.setattr(resources, "result_store", lambda: store)
        yield server


@pytest.fixture
def sensor_ids(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, ...]]:
    monkeypatch.setattr(resources, "database", lambda: database)
    measured_machine(database)
    [system] = list_systems(database)
    yield tuple(sensor.id for sensor in list_sensors(database, system.id))
    reads.kept.clear()


@pytest.fixture
def window() -> TimeWindow:
    end = datetime.now(UTC).replace(microsecond=0) + HOUR
    return TimeWindow(end - 3 * HOUR, end)


def ask_as_another_process(
    database: Database, sensor_ids: tuple[int, ...], window: TimeWindow
) -> tuple[Series, pd.DataFrame]:
    reads.kept.clear()
    topics = ("fleet", f"readings:{list_systems(database)[0].id}")
    return (
        reads.read(topics, series, sensor_ids, window),
        reads.read(topics, statistics, sensor_ids, window),
    )


def test_what_one_process_has_read_another_does_not_ask_the_database_for(
    database: Database, sensor_ids: tuple[int, ...], window: TimeWindow, server: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shown, figures = ask_as_another_process(database, sensor_ids, window)
    for module in ("series", "statistics"):
        monkeypatch.setattr(f"hydrodiag.readings.{module}.snapshot", None)
    again, figures_again = ask_as_another_process(database, sensor_ids, window)
    pd.testing.assert_frame_equal(again.frame, shown.frame)
    pd.testing.assert_frame_equal(figures_again, figures)
    assert (again.source, again.bucket, again.pending, again.is_exact) == (
        shown.source, shown.bucket, shown.pending, shown.is_exact,
    )  # fmt: skip


def test_nothing_older_than_the_last_write_comes_from_redis(
    database: Database, sensor_ids: tuple[int, ...], window: TimeWindow, server: redis.Redis
) -> None:
    _, before = ask_as_another_process(database, sensor_ids, window)
    late = [to_us(datetime.now(UTC)) + 60_000_000]
    load_columns(database, sensor_ids[:1], late, [399.0], origin="test")
    shown, after = ask_as_another_process(database, sensor_ids, window)
    assert after["n"].sum() == before["n"].sum() + 1
    assert shown.frame["max"].max() == 399.0


def test_without_redis_each_process_reads_for_itself(
    database: Database, sensor_ids: tuple[int, ...], window: TimeWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    nobody = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setattr(resources, "result_store", lambda: nobody)
    shown, figures = ask_as_another_process(database, sensor_ids, window)
    assert len(shown.frame) > 100
    assert figures["n"].sum() > 1000


@pytest.mark.parametrize("is_cut", [True, False])
def test_what_nobody_of_us_wrote_is_read_anew(
    database: Database, sensor_ids: tuple[int, ...], window: TimeWindow, server: redis.Redis,
    is_cut: bool,
) -> None:  # fmt: skip
    shown, figures = ask_as_another_process(database, sensor_ids, window)
    garbage = encode_series(shown)[:-500] if is_cut else b"\x80\x04\x95cos\nsystem"
    for key in server.keys("hydrodiag:*"):
        server.set(key, garbage)
    again, figures_again = ask_as_another_process(database, sensor_ids, window)
    pd.testing.assert_frame_equal(again.frame, shown.frame)
    pd.testing.assert_frame_equal(figures_again, figures)


def test_a_table_of_figures_is_no_series(
    database: Database, sensor_ids: tuple[int, ...], window: TimeWindow
) -> None:
    with pytest.raises(ValueError, match="expected the columns sensor_id, time"):
        decode_series(encode_figures(statistics(database, sensor_ids, window)))
