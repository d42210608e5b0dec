"""How often sensors read what, and series derived of them were what: for the look Histogram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from hydrodiag.exploring.distribution import Distribution, distribute
from hydrodiag.fleet import Sensor
from hydrodiag.formulas import Formula, derive, estimate_resolution
from hydrodiag.readings.series import Series
from hydrodiag.ui.metrics_channels import Channel
from hydrodiag.ui.metrics_derived import explain_nothing


@dataclass(frozen=True)
class Part:
    """`step`: over which the sensors of a derived series were averaged."""

    distribution: Distribution
    step: timedelta | None = None


@dataclass(frozen=True)
class Histograms:
    """By name of the channel; `left_out` says why. `bucket` None: readings as they are stored."""

    parts: Mapping[str, Part]
    left_out: Mapping[str, str]
    bucket: timedelta | None

    @property
    def by_name(self) -> Mapping[str, Distribution]:
        return {name: part.distribution for name, part in self.parts.items()}


def build_histograms(channels: Sequence[Channel], shown: Series) -> Histograms:
    found = {each.name: _build_part(each, shown) for each in channels}
    return Histograms(
        {name: part for name, part in found.items() if isinstance(part, Part)},
        {name: reason for name, reason in found.items() if isinstance(reason, str)},
        shown.bucket,
    )


def _build_part(channel: Channel, shown: Series) -> Part | str:
    """A text where there is nothing to show: why."""
    if channel.formula is not None:
        return _derive_part(channel.formula, channel.sensors, shown)
    (sensor,) = channel.sensors
    rows = shown.rows_of(sensor.id)
    if rows.empty:
        return "no readings in this window"
    return Part(_distribute(rows, 0.0 if shown.bucket else sensor.resolution or 0.0))


def _derive_part(formula: Formula, used: Sequence[Sensor], shown: Series) -> Part | str:
    sensors = {each.tag: each for each in used}
    derived = derive(formula, sensors, shown)
    reason = explain_nothing(derived)
    if reason is not None:
        return reason
    step = 0.0 if shown.bucket else estimate_resolution(formula, sensors, shown)
    return Part(_distribute(derived.frame, step), derived.step)


def _distribute(rows: pd.DataFrame, resolution: float) -> Distribution:
    values, counts = (rows[name].to_numpy(np.float64) for name in ("mean", "n"))
    return distribute(values, counts, resolution=resolution)
