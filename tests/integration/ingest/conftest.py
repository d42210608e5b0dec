"""A small machine with sensors of different units, and ways to look at what was stored."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database
from hydrodiag.fleet.catalog import SensorCatalog, load_catalog

SENSORS = (
    ("PS1", "Pump pressure", "pressure", "bar", 0.01, 0, 400),
    ("PS2", "Return pressure", "pressure", "bar", 0.01, 0, 400),
    ("TS1", "Oil temperature", "temperature", "°C", 0.1, -40, 150),
    ("FS1", "Pump flow", "flow", "l/min", 0.001, 0, 200),
    ("N1", "Motor speed", "speed", "rpm", None, None, None),
)


def start_of_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def start_at() -> datetime:
    """A full hour ten days ago."""
    return start_of_hour() - timedelta(days=10)


def add_system(database: Database, code: str = "HPU1", sensors: Any = SENSORS) -> int:
    insert_system = text(
        "INSERT INTO hydraulic_system (code, name, kind) VALUES (:code, :code, 'hpu') RETURNING id"
    )
    insert_sensor = text(
        "INSERT INTO sensor (system_id, tag, name, quantity, unit, resolution, valid_min, "
        "valid_max) VALUES (:system, :tag, :name, :quantity, :unit, :resolution, :low, :high)"
    )
    names = ("tag", "name", "quantity", "unit", "resolution", "low", "high")
    with database.write() as connection:
        system_id: int = connection.execute(insert_system, {"code": code}).scalar_one()
        for sensor in sensors:
            values = dict(zip(names, sensor, strict=True))
            connection.execute(insert_sensor, {**values, "system": system_id})
        bump_generation(connection, "fleet")
    return system_id


@pytest.fixture
def system_id(database: Database) -> int:
    return add_system(database)


@pytest.fixture
def catalog(database: Database, system_id: int) -> Iterator[SensorCatalog]:
    return load_catalog(database)


def scalar(database: Database, query: str, **values: Any) -> Any:
    with database.read() as connection:
        return connection.execute(text(query), values).scalar()


def rows(database: Database, query: str, **values: Any) -> list[Any]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def stored_readings(database: Database) -> list[Any]:
    return rows(
        database,
        "SELECT sensor.tag, data.time, data.value FROM sensor_data AS data "
        "JOIN sensor ON sensor.id = data.sensor_id ORDER BY 1, 2",
    )


def everything(database: Database) -> dict[str, Any]:
    """All that an ingest may change, to compare before and after."""
    return {
        "readings": stored_readings(database),
        "latest": rows(database, "SELECT * FROM sensor_latest ORDER BY 1"),
        "dirty": rows(database, "SELECT sensor_id, lo, hi FROM rollup_dirty ORDER BY id"),
        "quarantine": rows(
            database, "SELECT row_key, reason, status FROM quarantined_reading ORDER BY id"
        ),
        "generations": rows(
            database, "SELECT * FROM data_generation WHERE topic LIKE 'readings:%' ORDER BY 1"
        ),
        "batches": rows(database, "SELECT content_key FROM ingest_batch ORDER BY id"),
    }
