"""A press with sensors of different pace, and readings whose every bucket can be computed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.fleet import SensorDraft, SystemDraft, create_sensor, create_system
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.windows import TimeWindow, to_us

FEED = Callable[..., pd.DataFrame]


@pytest.fixture
def sensor_ids(database: Database) -> list[int]:
    """Pressure and temperature every 10 s, level once an hour."""
    system = create_system(database, SystemDraft(code="PRESS-1", name="Press", kind="press"))
    drafts = [
        ("PS1", "pressure", "bar", 0.01, 10.0),
        ("TS1", "temperature", "degC", 0.1, 10.0),
        ("LS1", "level", "mm", None, 3600.0),
    ]
    return [
        create_sensor(
            database,
            system.id,
            SensorDraft(
                tag=tag,
                name=tag,
                quantity=quantity,
                unit=unit,
                resolution=resolution,
                sampling_interval_s=interval_s,
            ),
        ).id
        for tag, quantity, unit, resolution, interval_s in drafts
    ]


@pytest.fixture
def start_at() -> datetime:
    """20 days ago, off every round time."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(days=20, minutes=7, seconds=13)


@pytest.fixture
def feed(database: Database) -> FEED:
    """Load readings of a sensor from an instant on; return them as a frame."""

    def load(
        sensor_id: int,
        start: datetime,
        span: timedelta,
        step_s: float = 10,
        spikes: dict[timedelta, float] | None = None,
    ) -> pd.DataFrame:
        times_us = np.arange(to_us(start), to_us(start + span), int(step_s * 1e6))
        values = np.round(100 + np.random.default_rng(sensor_id).normal(0, 2, len(times_us)), 0)
        for after, value in (spikes or {}).items():
            values[int(after.total_seconds() / step_s)] = value
        ids = np.full(len(times_us), sensor_id)
        load_columns(database, ids, times_us, values, origin="test", assume_sorted=True)
        return load_readings(database, sensor_id)

    return load


def load_readings(database: Database, sensor_id: int) -> pd.DataFrame:
    query = text("SELECT time, value FROM sensor_data WHERE sensor_id = :id ORDER BY time")
    with database.read() as connection:
        rows = connection.execute(query, {"id": sensor_id}).all()
    frame = pd.DataFrame(rows, columns=["time", "value"])
    return frame.assign(time=pd.to_datetime(frame["time"], utc=True))


def expected_buckets(readings: pd.DataFrame, window: TimeWindow, bucket: timedelta) -> pd.DataFrame:
    """What `series` has to say, computed by pandas from the raw readings."""
    inside = readings[(readings["time"] >= window.start) & (readings["time"] < window.end)]
    grouped = inside.groupby(inside["time"].dt.floor(bucket))["value"]
    table = grouped.agg(["mean", "min", "max", "count"]).reset_index()
    return table.rename(columns={"count": "n"})


def assert_equal(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    columns = ["time", "mean", "min", "max", "n"]
    pd.testing.assert_frame_equal(
        found[columns].reset_index(drop=True),
        expected[columns].reset_index(drop=True),
        check_dtype=False,
        check_exact=False,
        rtol=1e-9,
    )
