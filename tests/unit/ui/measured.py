"""A machine, its sensors and what Metrics looks at, to vary in tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pandas as pd

from hydrodiag.fleet import Sensor, System
from hydrodiag.readings.series import Series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_view import MetricsView

START = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
PRESS = System(id=3, code="press-1", name="Press 1", kind="press", created_at=START)
NUMBERS = count(1)


def sensor_of(tag: str, quantity: str = "pressure", unit: str = "bar", **facts: object) -> Sensor:
    plain: dict[str, object] = {"id": next(NUMBERS), "name": tag} | facts
    return Sensor(
        tag=tag, quantity=quantity, unit=unit, system_id=PRESS.id, created_at=START, **plain
    )


def view_of(*sensors: Sensor, **facts: object) -> MetricsView:
    """An hour in UTC, not live, not compared."""
    plain: dict[str, object] = {
        "window": TimeWindow(START, START + HOUR),
        "zone": ZoneInfo("UTC"),
        "is_live": False,
    }
    return MetricsView(PRESS, sensors, **(plain | facts))


def series_of(
    values: dict[Sensor, Sequence[float]],
    *,
    start: datetime = START,
    step: timedelta = SECOND,
    bucket: timedelta | None = None,
) -> Series:
    """A row every `step`; with a bucket the lowest is 1 below the mean, the highest 1 above."""
    spread = 0 if bucket is None else 1
    rows = [
        (sensor.id, start + place * step, value, value - spread, value + spread, 1)
        for sensor, means in sorted(values.items(), key=lambda each: each[0].id)
        for place, value in enumerate(means)
    ]
    frame = pd.DataFrame(rows, columns=["sensor_id", "time", "mean", "min", "max", "n"])
    return Series(
        frame.astype({"time": "datetime64[us, UTC]", "mean": float, "min": float, "max": float}),
        "raw" if bucket is None else "1m",
        bucket,
        0,
    )
