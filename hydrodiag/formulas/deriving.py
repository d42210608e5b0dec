"""A derived series from the readings of its sensors, brought to the same instants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from hydrodiag.fleet import Sensor
from hydrodiag.formulas.lines import Formula
from hydrodiag.readings.series import Series, gaps
from hydrodiag.readings.windows import NICE_STEPS_US, SECOND_US


@dataclass(frozen=True)
class Derived:
    """`frame` has time and mean (in the formula's unit), with gaps; `step` is None if empty."""

    formula: Formula
    frame: pd.DataFrame
    step: timedelta | None
    missing: tuple[str, ...] = ()


def derive(formula: Formula, sensors: Mapping[str, Sensor], shown: Series) -> Derived:
    """Worked out on the means of the buckets that all its sensors have readings in.

    Readings as stored are first averaged over the interval of the slowest sensor: two sensors
    seldom report in the same microsecond. `missing` are the sensors without any reading.
    """
    rows = {tag: _select(shown, sensors[tag]) for tag in formula.tags}
    missing = tuple(tag for tag, each in rows.items() if each.empty)
    if missing:
        return Derived(formula, pd.DataFrame({"time": [], "mean": []}), None, missing)
    step = shown.bucket or _find_step(rows)
    means = pd.concat(
        [_average(each, step).rename(tag) for tag, each in rows.items()], axis=1, join="inner"
    ).sort_index()
    units = {tag: sensors[tag].unit for tag in formula.tags}
    values = formula.evaluate({tag: means[tag].to_numpy() for tag in formula.tags}, units)
    frame = pd.DataFrame({"time": means.index, "mean": values})
    return Derived(formula, _break(frame, formula, sensors, step), step)


def _select(shown: Series, sensor: Sensor) -> pd.DataFrame:
    return shown.frame[shown.frame["sensor_id"] == sensor.id]


def _find_step(rows: Mapping[str, pd.DataFrame]) -> timedelta:
    """The usual interval of the slowest sensor, up to an easily read step."""
    intervals_s = [each["time"].diff().dt.total_seconds().median() for each in rows.values()]
    longest_us = max((round(each * SECOND_US) for each in intervals_s if each > 0), default=1)
    # Intervals jitter: one a little above a second still means a second.
    wanted_us = longest_us * 0.9
    fitting = next((step for step in NICE_STEPS_US if step >= wanted_us), longest_us)
    return timedelta(microseconds=fitting)


def _average(rows: pd.DataFrame, step: timedelta) -> "pd.Series[float]":
    return rows.groupby(rows["time"].dt.floor(step))["mean"].mean()


def _break(
    frame: pd.DataFrame, formula: Formula, sensors: Mapping[str, Sensor], step: timedelta
) -> pd.DataFrame:
    """With gaps where readings are missing, as in the lines of the sensors themselves."""
    known = (sensors[tag].sampling_interval for tag in formula.tags)
    interval = max([step, *(each for each in known if each is not None)])
    full = frame.assign(sensor_id=0, min=frame["mean"], max=frame["mean"], n=1)
    return gaps(full, interval)[["time", "mean"]]
