"""How the page Data calls what ingest calls by codes."""

from collections.abc import Mapping

from hydrodiag.fleet import CatalogSensor, SensorCatalog
from hydrodiag.readings.ingest import Clock, Form
from hydrodiag.readings.ingest.units import EXPRESSIONS

LEFT_OUT = "(left out)"
AS_SENSOR = "(as the sensor)"
FORM_LABELS: Mapping[Form, str] = {
    Form.LONG: "Long: one reading a row",
    Form.WIDE: "Wide: one sensor a column",
}
CLOCK_LABELS: Mapping[Clock, str] = {
    Clock.DAY_FIRST: "Date, day before month (31.12.2025) or year first",
    Clock.MONTH_FIRST: "Date, month before day (12/31/2025)",
    Clock.EPOCH_S: "Seconds since 1970",
    Clock.EPOCH_MS: "Milliseconds since 1970",
    Clock.EPOCH_US: "Microseconds since 1970",
    Clock.EPOCH_NS: "Nanoseconds since 1970",
    Clock.EXCEL: "Excel day number",
}
DECIMAL_LABELS: Mapping[str, str] = {".": "Point (1.5)", ",": "Comma (1,5)"}
STATE_LABELS: Mapping[str, str] = {
    "running": "Loading",
    "succeeded": "Loaded",
    "failed": "Failed",
    "stopped": "Stopped",
    "interrupted": "Interrupted: its process died; load it again to complete it",
}
# What a unit most likely measures; a person may correct it.
QUANTITY_OF_UNIT: Mapping[str, str] = {
    **dict.fromkeys(("bar", "mbar", "Pa", "kPa", "MPa", "psi", "at", "atm"), "pressure"),
    **dict.fromkeys(("l/min", "l/s", "l/h", "m³/h", "gpm"), "flow"),
    **dict.fromkeys(("°C", "°F", "K"), "temperature"),
    **dict.fromkeys(("mm/s", "in/s", "mm/s²", "m/s²", "g"), "vibration"),
    **dict.fromkeys(("W", "kW", "MW", "hp", "PS"), "power"),
    **dict.fromkeys(("rpm", "Hz", "rad/s"), "speed"),
    **dict.fromkeys(("mm", "cm", "m", "µm"), "position"),
    **dict.fromkeys(("cSt", "mm²/s"), "viscosity"),
    **dict.fromkeys(("V", "mV"), "voltage"),
    **dict.fromkeys(("A", "mA"), "current"),
    **dict.fromkeys(("N", "kN"), "force"),
    **dict.fromkeys(("Nm", "kNm"), "torque"),
    "%": "ratio",
    "ppm": "concentration",
}
UNITS = tuple(sorted((unit for unit in EXPRESSIONS if unit), key=str.casefold))


def label_sensor(sensor: CatalogSensor | None) -> str:
    return LEFT_OUT if sensor is None else f"{sensor.full_tag} [{sensor.unit or '–'}]"


def list_sensor_labels(catalog: SensorCatalog, system_id: int | None) -> dict[str, int]:
    """Label of each sensor, of one machine or of all, and its id."""
    return {
        label_sensor(sensor): sensor.id
        for sensor in catalog.sensors.values()
        if system_id is None or sensor.system_id == system_id
    }
