"""What the readings of Metrics are compared with: read, drawn, told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pandas as pd

from hydrodiag.diagnostics.choices import list_healthy_spans
from hydrodiag.diagnostics.findings.records import TOPIC
from hydrodiag.fleet import Sensor, System, list_sensors
from hydrodiag.readings.comparing import as_readings_of, match_sensors, usual_ranges
from hydrodiag.readings.series import Series, series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_layout import axes
from hydrodiag.ui.metrics_times import AxisClock
from hydrodiag.ui.metrics_view import Beside, MetricsView
from hydrodiag.ui.plotly_drawing import Drawing
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import chart_text, safe_label

WEEK = timedelta(days=7)
HEALTHY = "healthy"
HEALTHY_ALPHA = "2b"


@dataclass(frozen=True)
class Compared:
    """`note` tells the reader. `shown` has the view's sensors; it is drawn `shift` later as
    `label`. `bands` are what is usual in the healthy span, from..to by sensor.
    """

    note: str
    label: str = ""
    shown: Series | None = None
    shift: timedelta = timedelta()
    bands: Mapping[int, tuple[float, float]] = field(default_factory=dict)


def load_compared(view: MetricsView) -> Compared | None:
    comparison = view.comparison
    match comparison.beside:
        case Beside.NOTHING:
            return None
        case Beside.BEFORE:
            return _load_earlier(view, view.window.span, "the period before", "before")
        case Beside.WEEK:
            return _load_earlier(view, WEEK, "the same time last week", "last week")
        case Beside.MACHINE if comparison.system is not None:
            return _load_machine(view, comparison.system)
        case Beside.MACHINE:
            return Compared("no other machine has sensors with these tags")
        case Beside.HEALTHY:
            return _load_healthy(view)


def add_beside(
    figure: Drawing, clock: AxisClock, compared: Compared, sensor: Sensor,
    frame: pd.DataFrame, hover: str, place: int, colour: str,
) -> None:  # fmt: skip
    """Dotted, in the colour of the sensor; `frame` holds its rows of what it is compared with."""
    if frame.empty:
        return
    figure.add_scatter(
        x=clock.place(frame["time"] + compared.shift), y=frame["mean"], mode="lines",
        line={"color": colour, "width": 1.2, "dash": "dot"}, opacity=0.7,
        name=f"{sensor.tag}, {chart_text(compared.label)}", hovertemplate=hover,
        **axes(place),
    )  # fmt: skip


def add_healthy(
    figure: Drawing, view: MetricsView, compared: Compared, sensor: Sensor,
    place: int, colour: str,
) -> None:  # fmt: skip
    """The band of the healthy span, across the whole window."""
    if sensor.id not in compared.bands:
        return
    low, high = compared.bands[sensor.id]
    start, end = (view.clock.place_one(each) for each in (view.window.start, view.window.end))
    figure.add_scatter(
        x=[start, end, end, start], y=[low, low, high, high], mode="lines", fill="toself",
        line={"color": colour, "width": 0}, fillcolor=f"{colour}{HEALTHY_ALPHA}",
        name=f"{sensor.tag}, {HEALTHY}", hoverinfo="skip", **axes(place),
    )  # fmt: skip


def _load_earlier(view: MetricsView, shift: timedelta, words: str, label: str) -> Compared:
    window = TimeWindow(view.window.start - shift, view.window.end - shift)
    shown = read(view.topics, series, view.sensor_ids, window)
    note = f"{words} begins {view.clock.format(window.start)}: {_tell(shown)}"
    return Compared(note, label, shown, shift)


def _load_machine(view: MetricsView, system: System) -> Compared:
    pairs = match_sensors(view.sensors, read(("fleet",), list_sensors, system.id))
    topics = ("fleet", f"readings:{system.id}")
    found = read(topics, series, tuple(other.id for _, other in pairs), view.window)
    shown = as_readings_of(found, pairs)
    note = f"{safe_label(system.code)} at the same time: {_tell(shown)}"
    tags = {sensor.tag for sensor, _ in pairs}
    without = [sensor.tag for sensor in view.sensors if sensor.tag not in tags]
    missing = f"; it has no {safe_label(', '.join(without))}" if without else ""
    return Compared(note + missing, system.code, shown)


def _load_healthy(view: MetricsView) -> Compared:
    spans = read((TOPIC,), list_healthy_spans, view.system.id)
    active = next((span for span in spans if span.is_active), None)
    if active is None:
        return Compared("this machine has no healthy span yet: confirm one on the page System")
    window = TimeWindow(active.from_at, active.to_at)
    bands = usual_ranges(read(view.topics, series, view.sensor_ids, window))
    start, end = view.clock.format(window.start), view.clock.format(window.end)
    what = "no readings" if not bands else "bands from 5 % to 95 % of the means, named healthy"
    return Compared(f"healthy span {start} to {end}: {what}", bands=bands)


def _tell(shown: Series) -> str:
    return "no readings" if shown.frame.empty else "dotted"
