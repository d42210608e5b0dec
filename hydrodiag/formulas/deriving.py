"""A derived series from the readings of its sensors, brought to the same moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from hydrodiag.fleet import Sensor
from hydrodiag.formulas.lines import Formula
from hydrodiag.readings.aligning import Aligned, align, pick_common_step
from hydrodiag.readings.series import Series, gaps

COLUMNS = ["time", "mean", "n"]


@dataclass(frozen=True)
class Derived:
    """`frame` has time, mean (in the formula's unit) and n, with gaps; `step` is None if empty.

    `n`: how often the sensor that was read least was read for that mean.
    """

    formula: Formula
    frame: pd.DataFrame
    step: timedelta | None
    missing: tuple[str, ...] = ()


def derive(
    formula: Formula, sensors: Mapping[str, Sensor], shown: Series, step: timedelta | None = None
) -> Derived:
    """Worked out on the means of the buckets that all its sensors have readings in.

    Readings as stored are first averaged over `step`, or the interval of the formula's slowest
    sensor: two sensors seldom report in the same microsecond. `missing` are the sensors without
    any reading.
    """
    rows = {tag: shown.rows_of(sensors[tag].id) for tag in formula.tags}
    missing = tuple(tag for tag, each in rows.items() if each.empty)
    if missing:
        return Derived(formula, pd.DataFrame({name: [] for name in COLUMNS}), None, missing)
    step = step or shown.bucket or pick_common_step(rows.values())
    frame = _evaluate(formula, sensors, align(rows, step))
    return Derived(formula, _break(frame, formula, sensors, step), step)


def _evaluate(formula: Formula, sensors: Mapping[str, Sensor], aligned: Aligned) -> pd.DataFrame:
    means = aligned.means
    units = {tag: sensors[tag].unit for tag in formula.tags}
    values = formula.evaluate({tag: means[tag].to_numpy() for tag in formula.tags}, units)
    return pd.DataFrame({"time": means.index, "mean": values, "n": aligned.counts.to_numpy()})


def _break(
    frame: pd.DataFrame, formula: Formula, sensors: Mapping[str, Sensor], step: timedelta
) -> pd.DataFrame:
    """With gaps where readings are missing, as in the lines of the sensors themselves."""
    known = (sensors[tag].sampling_interval for tag in formula.tags)
    interval = max([step, *(each for each in known if each is not None)])
    full = frame.assign(sensor_id=0, min=frame["mean"], max=frame["mean"])
    return gaps(full, interval)[COLUMNS]
