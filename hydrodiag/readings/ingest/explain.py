"""Why a row was refused, in words for the engineer who reviews it."""

from hydrodiag.fleet.catalog import CatalogSensor
from hydrodiag.readings.ingest.instants import NO_TIME, STORABLE_FROM_US, find_instant
from hydrodiag.readings.ingest.outcome import Code
from hydrodiag.readings.ingest.rules import Rules


def explain(
    code: Code,
    sensor: CatalogSensor | None,
    time_us: int,
    value: float,
    rules: Rules,
    stored: float | None = None,
) -> str:
    """Text for a reading whose parts could be read; `value` is in the sensor's unit."""
    if sensor is None:
        return "No sensor of this name or number: create it, then retry."
    if code is Code.OUT_OF_RANGE:
        return explain_range(value, sensor)
    if code is Code.CONFLICTING_VALUE:
        return explain_conflict(value, stored, sensor)
    if code is Code.BAD_VALUE:
        return f"{value} is no measured value."
    return explain_time(code, time_us, rules)


def explain_time(code: Code, time_us: int, rules: Rules) -> str:
    """Text for readings that are too new or too old."""
    if time_us == NO_TIME:
        return "The time cannot be read."
    at = find_instant(time_us)
    instant = f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else f"{time_us} µs after 1970"
    if code is Code.IN_FUTURE:
        return f"{instant} is ahead of the clock ({rules.now:%Y-%m-%d %H:%M:%S} UTC)."
    if time_us < STORABLE_FROM_US:
        return f"{instant} is before 2000: check the clock of the device and the date order."
    days = rules.retention.days if rules.retention else 0
    return (
        f"{instant} is older than the {days} days for which readings are kept. Add a retention "
        "hold for that time, or choose to keep old readings, and retry."
    )


def explain_range(value: float, sensor: CatalogSensor) -> str:
    low = "-∞" if sensor.valid_min is None else f"{sensor.valid_min:g}"
    high = "∞" if sensor.valid_max is None else f"{sensor.valid_max:g}"
    return f"{value:g} {sensor.unit} is outside {low} to {high} {sensor.unit} of {sensor.tag}."


def explain_conflict(value: float, stored: float | None, sensor: CatalogSensor) -> str:
    if stored is None:
        return f"{value:g} {sensor.unit}, but an earlier row says otherwise for this instant."
    return f"{value:g} {sensor.unit}, but {stored:g} {sensor.unit} is stored for this instant."
