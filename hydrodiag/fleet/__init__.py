"""What is watched: hydraulic systems, their components and sensors."""

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

__all__ = [
    "CatalogSensor",
    "Component",
    "ComponentDraft",
    "Sensor",
    "SensorCatalog",
    "SensorDraft",
    "System",
    "SystemDraft",
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
    "upsert_component",
    "upsert_sensor",
    "upsert_system",
]
