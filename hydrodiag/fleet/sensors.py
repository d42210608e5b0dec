"""Sensors in the database: what they measure, in which unit, within which limits."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.records import Sensor, SensorDraft
from hydrodiag.fleet.systems import change_fleet, expect_row, refused

SQL = NamedQueries(__file__)


def list_sensors(db: Database, system_id: int | None = None) -> list[Sensor]:
    """The sensors of one system by tag, or of all systems."""
    return _load_sensors(db, system_id=system_id)


def find_sensors(db: Database, sensor_ids: Sequence[int]) -> list[Sensor]:
    """Those of `sensor_ids` that exist, ordered by system and tag."""
    return _load_sensors(db, ids=[int(each) for each in sensor_ids])


def create_sensor(db: Database, system_id: int, draft: SensorDraft) -> Sensor:
    """Raises InvalidInput if the system has a sensor with this tag."""
    row = change_fleet(db, "create_sensor", {"system_id": system_id, **asdict(draft)})
    if row is None:
        raise InvalidInput(
            f"There is a sensor {draft.tag} in this system already.", hint="Choose another tag."
        )
    return Sensor(**row)


def upsert_sensor(db: Database, system_id: int, draft: SensorDraft) -> Sensor:
    row = change_fleet(db, "upsert_sensor", {"system_id": system_id, **asdict(draft)})
    return Sensor(**expect_row(row))


def delete_sensor(db: Database, sensor_id: int) -> None:
    """Raises InvalidInput while readings of it are stored, NotFound if there is none."""
    if change_fleet(db, "delete_sensor", {"id": sensor_id}) is None:
        found = find_sensors(db, [sensor_id])
        raise refused("sensor", sensor_id, found[0].tag if found else None)


def _load_sensors(db: Database, **wanted: Any) -> list[Sensor]:
    values = {"system_id": None, "ids": None, **wanted}
    with db.read() as connection:
        return [Sensor(**row._mapping) for row in connection.execute(SQL["list_sensors"], values)]
