"""What is watched: hydraulic systems, their components and sensors."""

from hydrodiag.fleet.applying import apply_specs
from hydrodiag.fleet.catalog import CatalogSensor, SensorCatalog, load_catalog
from hydrodiag.fleet.records import (
    Component,
    ComponentDraft,
    Sensor,
    SensorDraft,
    System,
    SystemDraft,
)
from hydrodiag.fleet.sensors import (
    create_sensor,
    delete_sensor,
    find_sensors,
    list_sensors,
    upsert_sensor,
)
from hydrodiag.fleet.specs import Change, SensorSpec, SystemSpec, compare, load_specs
from hydrodiag.fleet.systems import (
    create_component,
    create_system,
    delete_component,
    delete_system,
    find_system,
    find_system_by_id,
    list_components,
    list_systems,
    upsert_component,
    upsert_system,
)
from hydrodiag.fleet.yaml_form import read_yaml, write_yaml

__all__ = [
    "CatalogSensor",
    "Change",
    "Component",
    "ComponentDraft",
    "Sensor",
    "SensorCatalog",
    "SensorDraft",
    "SensorSpec",
    "System",
    "SystemDraft",
    "SystemSpec",
    "apply_specs",
    "compare",
    "create_component",
    "create_sensor",
    "create_system",
    "delete_component",
    "delete_sensor",
    "delete_system",
    "find_sensors",
    "find_system",
    "find_system_by_id",
    "list_components",
    "list_sensors",
    "list_systems",
    "load_catalog",
    "load_specs",
    "read_yaml",
    "upsert_component",
    "upsert_sensor",
    "upsert_system",
    "write_yaml",
]
