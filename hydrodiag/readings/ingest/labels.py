"""What people write over a column or beside a value to name a sensor, often with its unit."""

import re
from dataclasses import dataclass

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.catalog import CatalogSensor, SensorCatalog
from hydrodiag.readings.ingest.units import conversion, find_unit

WITH_UNIT = re.compile(r"^(?P<name>.+?)\s*[\[(](?P<unit>[^\[\]()]*(?:\([^)]*\))?)[\])]\s*$")
AFTER_SIGN = re.compile(r"^(?P<name>.+?)\s*(?:,|/| in | - )\s*(?P<unit>[^,]+)$")


@dataclass(frozen=True)
class Label:
    name: str
    unit: str = ""


def split_label(text: str) -> Label:
    """`PS1 [bar]`, `PS1 (bar)`, `PS1, bar` -> name and unit; a unit nobody knows is name."""
    for pattern in (WITH_UNIT, AFTER_SIGN):
        found = pattern.match(text.strip())
        if found and (unit := find_unit(found["unit"])) is not None:
            return Label(found["name"].strip(), unit)
    words = text.strip().replace("_", " ").rsplit(maxsplit=1)
    if len(words) == 2 and len(words[1]) > 1 and (unit := find_unit(words[1])):
        return Label(text.strip()[: -len(words[1])].rstrip(" _"), unit)
    return Label(text.strip())


def find_sensor(
    text: str, catalog: SensorCatalog, system_id: int | None
) -> tuple[CatalogSensor | None, str]:
    """The one sensor a text names, and the unit written with it."""
    label = split_label(text)
    for name, unit in ((text, ""), (label.name, label.unit)):
        found = catalog.match(name, system_id)
        if len(found) == 1:
            return found[0], unit
    return None, label.unit


def fits(unit: str, sensor: CatalogSensor) -> bool:
    try:
        conversion(unit, sensor.unit)
    except InvalidInput:
        return False
    return True
