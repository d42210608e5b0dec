"""Readings laid beside others: of another machine's sensors, and what is usual in a span."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import Sensor
from hydrodiag.readings.ingest.units import conversion
from hydrodiag.readings.series import Series

VALUES = ["mean", "min", "max"]
USUAL = (0.05, 0.95)


def match_sensors(
    sensors: Sequence[Sensor], others: Sequence[Sensor]
) -> tuple[tuple[Sensor, Sensor], ...]:
    """Pairs of the same tag whose units are convertible, in the order of `sensors`."""
    by_tag = {other.tag: other for other in others}
    pairs = ((sensor, by_tag[sensor.tag]) for sensor in sensors if sensor.tag in by_tag)
    return tuple(pair for pair in pairs if _is_convertible(*pair))


def as_readings_of(shown: Series, pairs: Sequence[tuple[Sensor, Sensor]]) -> Series:
    """`shown` has readings of the second of each pair: as if the first had given them."""
    parts = [_relabel(shown.frame, sensor, other) for sensor, other in pairs]
    frame = pd.concat(parts, ignore_index=True) if parts else shown.frame.iloc[:0]
    return replace(shown, frame=frame)


def usual_ranges(shown: Series) -> Mapping[int, tuple[float, float]]:
    """By sensor, the 5 % and 95 % quantiles of its means."""
    means = shown.frame.groupby("sensor_id")["mean"]
    low, high = (means.quantile(share) for share in USUAL)
    return {int(key): (float(low[key]), float(high[key])) for key in low.index}


def _is_convertible(sensor: Sensor, other: Sensor) -> bool:
    try:
        conversion(other.unit, sensor.unit)
    except InvalidInput:
        return False
    return True


def _relabel(frame: pd.DataFrame, sensor: Sensor, other: Sensor) -> pd.DataFrame:
    factor, offset = conversion(other.unit, sensor.unit)
    rows = frame[frame["sensor_id"] == other.id]
    values = rows[VALUES] * factor + offset
    return rows.assign(sensor_id=sensor.id, **{name: values[name] for name in VALUES})
