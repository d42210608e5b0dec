from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.readings import rollups
from hydrodiag.readings.deletion import delete_readings
from hydrodiag.readings.rollups import list_pending, refresh_rollups
from hydrodiag.readings.series import series
from hydrodiag.readings.statistics import statistics
from hydrodiag.readings.windows import TimeWindow
from tests.integration.rollups.conftest import audit, feed, is_true

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def scalar(database: Database, query: str, **values: object) -> object:
    with database.read() as connection:
        return connection.execute(text(query), values).scalar()


def test_rollups_equal_raw_after_a_refresh(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids, start_at, 3 * DAY)
    report = refresh_rollups(database)
    assert (report.pending, is_true(database)) == (0, True)
    again = refresh_rollups(database)
    assert (again.ranges, again.buckets) == (0, 0)


def test_no_value_is_too_large_to_be_rolled_up(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    """Sums of squares of 1e200 fit no number: the refresh would fail for ever."""
    assert feed(database, sensor_ids[:1], start_at, HOUR, value=1e200) == 0
    assert feed(database, sensor_ids[:1], start_at, HOUR, value=-1e100) > 0
    assert feed(database, sensor_ids[:1], start_at + HOUR, HOUR, value=1e100) > 0
    assert refresh_rollups(database).pending == 0
    figures = statistics(database, sensor_ids[:1], TimeWindow(start_at, start_at + DAY))
    assert figures["std"].tolist() == pytest.approx([1e100], rel=0.01)


def test_a_few_sensors_and_most_sensors_take_different_ways_to_the_same_buckets(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids, start_at, DAY, step_s=60)
    feed(database, sensor_ids[:2], start_at + 2 * DAY, DAY, step_s=7)
    refresh_rollups(database)
    assert is_true(database)


def test_late_rows_are_taken_up(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids, start_at, 2 * DAY)
    refresh_rollups(database)
    for hours in (1, 13, 40):
        late = start_at + timedelta(hours=hours, seconds=11)
        feed(database, sensor_ids[3:4], late, timedelta(minutes=1), value=900)
    assert audit(database)["wrong"] > 0
    assert refresh_rollups(database).pending == 0
    assert is_true(database)
    assert scalar(database, "SELECT max(vmax) FROM sensor_data_1d") == 900


def test_a_corrected_value_is_taken_up(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids[:1], start_at, DAY)
    refresh_rollups(database)
    at = {"id": sensor_ids[0], "at": start_at + 30 * timedelta(seconds=30)}
    with database.write() as connection:
        connection.execute(
            text("UPDATE sensor_data SET value = -7 WHERE sensor_id = :id AND time = :at"), at
        )
        connection.execute(
            text(
                "INSERT INTO rollup_dirty (sensor_id, lo, hi) "
                "VALUES (:id, :at, CAST(:at AS timestamptz) + INTERVAL '1 microsecond')"
            ),
            at,
        )
    refresh_rollups(database)
    assert is_true(database)
    assert scalar(database, "SELECT min(vmin) FROM sensor_data_1d") == -7


def test_deleted_readings_leave_no_ghosts(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    total = feed(database, sensor_ids, start_at, 3 * DAY)
    refresh_rollups(database)
    window = TimeWindow(start_at + timedelta(hours=5, seconds=20), start_at + 2 * DAY)
    deleted = delete_readings(database, sensor_ids[:2], window)
    assert scalar(database, "SELECT count(*) FROM sensor_data") == total - deleted
    whole = TimeWindow(start_at, start_at + 3 * DAY)
    found = series(database, sensor_ids[:1], whole, 100).frame
    assert found["n"].sum() == total / len(sensor_ids) - deleted / 2
    refresh_rollups(database)
    assert is_true(database)
    after = series(database, sensor_ids[:1], whole, 100).frame
    assert after[["time", "min", "max", "n"]].equals(found[["time", "min", "max", "n"]])


def test_deleting_everything_forgets_the_newest_value(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids[:2], start_at, HOUR)
    refresh_rollups(database)
    half = TimeWindow(start_at + HOUR / 2, start_at + DAY)
    delete_readings(database, sensor_ids[:1], half)
    delete_readings(database, sensor_ids[1:2], TimeWindow(start_at, start_at + DAY))
    refresh_rollups(database)
    with database.read() as connection:
        latest = connection.execute(text("SELECT sensor_id, time FROM sensor_latest")).all()
    assert latest == [(sensor_ids[0], start_at + HOUR / 2 - timedelta(seconds=30))]
    assert is_true(database)


def test_what_retention_has_dropped_stays_in_the_rollups(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids[:1], start_at, DAY)
    refresh_rollups(database)
    before = audit(database)["buckets"]
    count = "SELECT CAST(sum(n) AS int) FROM sensor_data_1d"
    total = scalar(database, count)
    with database.maintain() as connection:
        connection.execute(text("SELECT drop_chunks('sensor_data', TIMESTAMPTZ '2090-01-01')"))
    feed(database, sensor_ids[:1], start_at + timedelta(hours=3, seconds=3), timedelta(seconds=20))
    refresh_rollups(database)
    assert scalar(database, "SELECT count(*) FROM sensor_data_1m") == before
    assert scalar(database, count) == total


def test_a_refresh_that_is_stopped_goes_on_next_time(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids, start_at, 3 * DAY)
    turns = iter([False, False, True])
    report = refresh_rollups(database, should_stop=lambda: next(turns, True))
    assert report.pending > 0
    window = TimeWindow(start_at, start_at + 3 * DAY)
    first = series(database, sensor_ids, window, 50)
    assert first.pending > 0
    assert refresh_rollups(database).pending == 0
    second = series(database, sensor_ids, window, 50)
    assert first.frame[["time", "min", "max", "n"]].equals(
        second.frame[["time", "min", "max", "n"]]
    )
    assert is_true(database)


def test_out_of_time_is_not_out_of_order(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids, start_at, DAY)
    assert refresh_rollups(database, time_limit=timedelta(0)).pending > 0
    assert refresh_rollups(database).pending == 0


def test_many_ranges_are_taken_in_several_transactions(
    database: Database,
    sensor_ids: list[int],
    start_at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rollups, "MOST_RANGES", 5)
    feed(database, sensor_ids, start_at, DAY, step_s=60)
    refresh_rollups(database)
    assert is_true(database)


def test_progress_is_reported(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids[:1], start_at, DAY)
    messages: list[str] = []
    refresh_rollups(database, report=lambda _, message: messages.append(message))
    assert {message.split(":")[0] for message in messages} == {"1m", "1h", "1d"}


def test_pending_ranges_are_those_of_the_sensors_in_the_window(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    feed(database, sensor_ids[:2], start_at, HOUR)
    window = TimeWindow(start_at - DAY, start_at + HOUR / 2)
    later = TimeWindow(start_at + 2 * HOUR, start_at + DAY)
    with database.read() as connection:
        (found,) = list_pending(connection, sensor_ids[:1], window)
        assert list_pending(connection, sensor_ids[5:], window) == []
        assert list_pending(connection, sensor_ids, later) == []
    assert (found.level, found.sensor_id, found.start_at) == ("1m", sensor_ids[0], start_at)


def test_refreshing_while_readings_come_in_loses_nothing(
    database: Database, sensor_ids: list[int], start_at: datetime
) -> None:
    is_done = Event()
    refreshes: list[int] = []
    errors: list[Exception] = []

    def refresh() -> None:
        try:
            while not is_done.is_set():
                refreshes.append(refresh_rollups(database).buckets)
        except Exception as error:
            errors.append(error)

    def write(own: list[int]) -> None:
        try:
            for count in range(25):
                late = timedelta(hours=(count * 7) % 60, seconds=count % 29)
                feed(database, own, start_at + late, timedelta(minutes=20), step_s=30)
        except Exception as error:
            errors.append(error)

    refresher = Thread(target=refresh)
    writers = [Thread(target=write, args=(sensor_ids[part::2],)) for part in (0, 1)]
    for thread in (refresher, *writers):
        thread.start()
    for writer in writers:
        writer.join()
    is_done.set()
    refresher.join()
    assert errors == []
    assert sum(refreshes) > 0
    assert refresh_rollups(database).pending == 0
    assert is_true(database)
