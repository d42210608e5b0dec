"""Making the fleet what a file or a table says, in one transaction or not at all."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.specs import Change, SensorSpec, SystemSpec, compare, load_specs
from hydrodiag.fleet.systems import FLEET_TOPIC

SQL = NamedQueries(__file__)


def apply_specs(
    db: Database, wanted: Sequence[SystemSpec], planned: Sequence[Change]
) -> list[Change]:
    """`planned` is what somebody has seen and agreed to. Nothing is deleted.

    Raises InvalidInput where the fleet has changed since, or the unit of a sensor with readings
    would change; nothing is written then.
    """
    with db.write() as connection:
        connection.execute(SQL["lock_fleet"])
        present = load_specs(db, [each.system.code for each in wanted])
        changes = compare(present, wanted)
        if changes != list(planned):
            raise InvalidInput(
                "The fleet has been changed by somebody else meanwhile.",
                hint="Look at it again, then repeat your change.",
            )
        _check_units(connection, changes)
        for each in wanted:
            _write(connection, each)
        bump_generation(connection, FLEET_TOPIC)
    return changes


def _check_units(connection: Connection, changes: Sequence[Change]) -> None:
    """Stored readings are in the unit that the sensor has now."""
    labels = [each.label for each in changes if each.what == "sensor" and "unit" in each.changed]
    measured = connection.execute(SQL["list_measured"], {"labels": labels}).scalars().all()
    if measured:
        raise InvalidInput(
            f"{measured[0]} has readings; its unit cannot change.",
            hint="Add a sensor with another tag for readings in another unit.",
        )


def _write(connection: Connection, spec: SystemSpec) -> None:
    row = connection.execute(SQL["upsert_system"], asdict(spec.system)).one()
    ids: dict[str, int] = {}
    for component in spec.components:
        values = {"system_id": row.id, **asdict(component)}
        ids[component.code] = connection.execute(SQL["upsert_component"], values).one().id
    for sensor in spec.sensors:
        connection.execute(SQL["upsert_sensor"], _values(sensor, row.id, ids)).one()


def _values(sensor: SensorSpec, system_id: int, ids: dict[str, int]) -> dict[str, object]:
    component_id = ids[sensor.component] if sensor.component else None
    return {**asdict(sensor.draft), "system_id": system_id, "component_id": component_id}
