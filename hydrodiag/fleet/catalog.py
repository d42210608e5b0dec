"""The sensors as ingest needs them: found by id, by tag and by the names people write."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hydrodiag.db import Database, NamedQueries

SQL = NamedQueries(__file__, "catalog.sql")
_loaded: dict[str, tuple[int, "SensorCatalog"]] = {}


@dataclass(frozen=True, slots=True)
class CatalogSensor:
    """Limits and resolution are in `unit`."""

    id: int
    system_id: int
    system_code: str
    tag: str
    name: str
    quantity: str
    unit: str
    resolution: float | None = None
    valid_min: float | None = None
    valid_max: float | None = None

    @property
    def full_tag(self) -> str:
        return f"{self.system_code}/{self.tag}"


class SensorCatalog:
    def __init__(self, sensors: Iterable[CatalogSensor]) -> None:
        self.sensors: Mapping[int, CatalogSensor] = {
            sensor.id: sensor for sensor in sorted(sensors, key=lambda each: each.id)
        }

    def find(self, sensor_id: int) -> CatalogSensor | None:
        return self.sensors.get(sensor_id)

    def find_system_id(self, code: str) -> int | None:
        return self._systems.get(fold(code))

    def match(self, label: str, system_id: int | None = None) -> list[CatalogSensor]:
        """Sensors that people may mean by `label`: by `CODE/TAG`, tag or name, exact ones first.

        Case, blanks and the signs between words do not count. More than one: it is ambiguous.
        """
        for names in (self._by_full_tag, self._by_tag, self._by_name):
            found = [
                sensor
                for sensor in names.get(fold(label), ())
                if system_id is None or sensor.system_id == system_id
            ]
            if found:
                return [each for each in found if label in (each.tag, each.full_tag)] or found
        return []

    @cached_property
    def ids(self) -> NDArray[np.int32]:
        """Ids, ascending; the other arrays are in this order."""
        return np.fromiter(self.sensors, np.int32, len(self.sensors))

    @cached_property
    def system_ids(self) -> NDArray[np.int32]:
        return np.array([sensor.system_id for sensor in self.sensors.values()], np.int32)

    @cached_property
    def valid_min(self) -> NDArray[np.float64]:
        return _floats((sensor.valid_min for sensor in self.sensors.values()), -np.inf)

    @cached_property
    def valid_max(self) -> NDArray[np.float64]:
        return _floats((sensor.valid_max for sensor in self.sensors.values()), np.inf)

    @cached_property
    def resolution(self) -> NDArray[np.float64]:
        """Resolution of each sensor; 0 where values are kept as sent."""
        return _floats((sensor.resolution for sensor in self.sensors.values()), 0.0)

    @cached_property
    def _systems(self) -> dict[str, int]:
        return {fold(each.system_code): each.system_id for each in self.sensors.values()}

    @cached_property
    def _by_full_tag(self) -> dict[str, list[CatalogSensor]]:
        return _grouped((fold(each.full_tag), each) for each in self.sensors.values())

    @cached_property
    def _by_tag(self) -> dict[str, list[CatalogSensor]]:
        return _grouped((fold(each.tag), each) for each in self.sensors.values())

    @cached_property
    def _by_name(self) -> dict[str, list[CatalogSensor]]:
        return _grouped((fold(each.name), each) for each in self.sensors.values())


def load_catalog(db: Database) -> SensorCatalog:
    """The catalog as of now; read again only after the fleet has changed."""
    key = db.url.render_as_string(hide_password=False)
    with db.read() as connection:
        generation = connection.execute(SQL["fleet_generation"]).scalar_one()
        known = _loaded.get(key)
        if known and known[0] == generation and generation > 0:
            return known[1]
        rows = connection.execute(SQL["list_catalog_sensors"])
        catalog = SensorCatalog(CatalogSensor(**row._mapping) for row in rows)
    _loaded[key] = (generation, catalog)
    return catalog


def fold(label: str) -> str:
    """`label` as it is compared: letters and digits only, lower case, path signs kept."""
    return "".join(sign for sign in label.casefold() if sign.isalnum() or sign in "/%")


def _floats(values: Iterable[float | None], missing: float) -> NDArray[np.float64]:
    return np.array([missing if value is None else value for value in values], np.float64)


def _grouped(pairs: Iterable[tuple[str, CatalogSensor]]) -> dict[str, list[CatalogSensor]]:
    groups: dict[str, list[CatalogSensor]] = defaultdict(list)
    for key, sensor in pairs:
        groups[key].append(sensor)
    return dict(groups)
