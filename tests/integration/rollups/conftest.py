"""Sensors with readings, and the rollups recomputed from raw to compare with."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from hydrodiag.db import Database
from hydrodiag.fleet import SensorDraft, SystemDraft, create_sensor, create_system
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.windows import to_us

AUDIT = """
WITH truth AS (
    SELECT sensor_id, date_bin('{width}', time, TIMESTAMPTZ 'epoch') AS bucket, count(*) AS n,
           sum(value) AS vsum, min(value) AS vmin, max(value) AS vmax, last(value, time) AS vlast,
           coalesce(var_samp(value) * (count(*) - 1), 0) AS vssd
    FROM sensor_data GROUP BY 1, 2)
SELECT count(*) FILTER (WHERE kept.n IS NULL) AS missing,
       count(*) FILTER (WHERE truth.n IS NULL) AS ghosts,
       count(*) FILTER (WHERE (kept.n, kept.vmin, kept.vmax, kept.vlast)
           <> (truth.n, truth.vmin, truth.vmax, truth.vlast)
           OR abs(kept.vssd - truth.vssd) > 1e-6 * truth.vssd + 1e-6
           OR abs(kept.vsum - truth.vsum) > 1e-9 * abs(truth.vsum) + 1e-9) AS wrong,
       count(kept.n) AS buckets
FROM truth FULL JOIN {table} AS kept USING (sensor_id, bucket)
"""
LEVELS = {"sensor_data_1m": "1 minute", "sensor_data_1h": "1 hour", "sensor_data_1d": "1 day"}


def audit(database: Database) -> dict[str, int]:
    """Wrong, missing and ghost buckets of all levels together; `buckets` of the minutes."""
    total = {"missing": 0, "ghosts": 0, "wrong": 0}
    buckets = 0
    with database.maintain() as connection:
        for table, width in LEVELS.items():
            row = connection.execute(text(AUDIT.format(table=table, width=width))).one()
            buckets = buckets or row.buckets
            total = {name: count + getattr(row, name) for name, count in total.items()}
    return {**total, "buckets": buckets}


def is_true(database: Database) -> bool:
    found = audit(database)
    return found["buckets"] > 0 and not (found["missing"] or found["ghosts"] or found["wrong"])


@pytest.fixture
def sensor_ids(database: Database) -> list[int]:
    system = create_system(database, SystemDraft(code="PRESS-1", name="Press", kind="press"))
    drafts = [
        SensorDraft(tag=f"PS{count}", name="Pressure", quantity="pressure", unit="bar")
        for count in range(12)
    ]
    return [create_sensor(database, system.id, draft).id for draft in drafts]


@pytest.fixture
def start_at() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(days=9, minutes=7, seconds=13)


def feed(
    database: Database,
    sensor_ids: list[int],
    start: datetime,
    span: timedelta,
    *,
    step_s: float = 30,
    value: float | None = None,
) -> int:
    """Load a reading every `step_s` for each sensor; return how many went in."""
    times_us = np.arange(to_us(start), to_us(start + span), int(step_s * 1e6))
    count = len(times_us) * len(sensor_ids)
    values = np.random.default_rng(count).normal(100, 5, count)
    report = load_columns(
        database,
        np.repeat(sensor_ids, len(times_us)),
        np.tile(times_us, len(sensor_ids)),
        values if value is None else np.full(count, value),
        origin=f"test {start} {step_s} {value}",
        assume_sorted=True,
    )
    return report.inserted
