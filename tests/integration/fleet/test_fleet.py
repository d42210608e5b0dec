from dataclasses import replace

import pytest
from sqlalchemy import text

from hydrodiag.cache import generations
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.fleet import (
    ComponentDraft,
    SensorDraft,
    SystemDraft,
    create_component,
    create_sensor,
    create_system,
    delete_component,
    delete_sensor,
    delete_system,
    find_sensors,
    find_system,
    list_components,
    list_sensors,
    list_systems,
    load_catalog,
    upsert_component,
    upsert_sensor,
    upsert_system,
)

PRESS = SystemDraft(code="PRESS-1", name="Press 1", kind="press", site="Hall A")
PUMP = ComponentDraft(code="P1", name="Main pump", kind="pump")
PRESSURE = SensorDraft(
    tag="PS1", name="Pump pressure", quantity="pressure", unit="bar", valid_min=0, valid_max=400
)


def fleet_generation(database: Database) -> int:
    with database.read() as connection:
        return generations(connection, ["fleet"])["fleet"]


def test_a_new_system_is_found_by_its_code(database: Database) -> None:
    created = create_system(database, PRESS)
    assert find_system(database, "PRESS-1") == created
    assert list_systems(database) == [created]
    assert find_system(database, "PRESS-2") is None


def test_a_code_is_given_once(database: Database) -> None:
    create_system(database, PRESS)
    with pytest.raises(InvalidInput, match="There is a system PRESS-1 already"):
        create_system(database, PRESS)


def test_upserts_change_what_is_there_and_keep_its_id(database: Database) -> None:
    system = upsert_system(database, PRESS)
    component = upsert_component(database, system.id, PUMP)
    sensor = upsert_sensor(database, system.id, PRESSURE)
    changed = upsert_system(database, replace(PRESS, name="Press one"))
    assert (changed.id, changed.name) == (system.id, "Press one")
    assert upsert_component(database, system.id, PUMP) == component
    limited = replace(PRESSURE, warn_high=300.0, component_id=component.id)
    again = upsert_sensor(database, system.id, limited)
    assert (again.id, again.warn_high, again.component_id) == (sensor.id, 300.0, component.id)
    assert list_sensors(database, system.id) == find_sensors(database, [sensor.id]) == [again]


def test_a_deleted_component_leaves_its_sensors_to_the_system(database: Database) -> None:
    system = create_system(database, PRESS)
    component = create_component(database, system.id, PUMP)
    create_sensor(database, system.id, replace(PRESSURE, component_id=component.id))
    delete_component(database, component.id)
    assert list_components(database, system.id) == []
    assert list_sensors(database, system.id)[0].component_id is None


def test_what_has_readings_is_not_deleted(database: Database) -> None:
    system = create_system(database, PRESS)
    sensor = create_sensor(database, system.id, PRESSURE)
    insert = text("INSERT INTO sensor_latest (sensor_id, time, value) VALUES (:id, now(), 1)")
    with database.write() as connection:
        connection.execute(insert, {"id": sensor.id})
    with pytest.raises(InvalidInput, match="sensor PS1 has stored readings"):
        delete_sensor(database, sensor.id)
    with pytest.raises(InvalidInput, match="system PRESS-1 has stored readings"):
        delete_system(database, system.id)


def test_without_readings_a_system_goes_with_all_its_parts(database: Database) -> None:
    system = create_system(database, PRESS)
    create_component(database, system.id, PUMP)
    create_sensor(database, system.id, PRESSURE)
    delete_system(database, system.id)
    assert list_systems(database) == list_sensors(database) == []
    with pytest.raises(NotFound):
        delete_system(database, system.id)


def test_every_change_advances_the_generation_and_the_catalog_follows(database: Database) -> None:
    system = create_system(database, PRESS)
    create_sensor(database, system.id, PRESSURE)
    assert load_catalog(database).match("ps1")[0].unit == "bar"
    before = fleet_generation(database)
    upsert_sensor(database, system.id, replace(PRESSURE, unit="MPa"))
    assert fleet_generation(database) == before + 1
    assert load_catalog(database).match("ps1")[0].unit == "MPa"
