"""Metrics, Histogram: how often each sensor read what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from hydrodiag.db import Database
from hydrodiag.exploring.distribution import Distribution, distribute
from hydrodiag.readings.raw import load_readings
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_downloads import build_config
from hydrodiag.ui.metrics_look_parts import build_layout, count_allowed, list_colours, name_axes
from hydrodiag.ui.metrics_panels import build_panels
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.quantities import format_number
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import chart_text
from hydrodiag.ui.wording import format_count, format_span, join_count

MOST_BUCKETS = 10_000
MARKS = (("p5", "dot"), ("p50", "solid"), ("p95", "dot"))
NUMBERS = ("5 % below", "Median", "95 % below", "Readings")


@dataclass(frozen=True)
class Histograms:
    """`bucket` None: made of readings as they are stored."""

    by_sensor: Mapping[int, Distribution]
    bucket: timedelta | None


def show_histogram(view: MetricsView) -> None:
    resolutions = tuple((sensor.id, sensor.resolution or 0.0) for sensor in view.sensors)
    found = read(view.topics, load_histograms, resolutions, view.window)
    tags = ", ".join(sensor.tag for sensor in view.sensors)
    st.plotly_chart(
        build_figure(found.by_sensor, view),
        key="histogram",
        config=build_config(view, "select", "lasso2d"),
        alt=f"How often {tags} of {view.system.name} read what",
    )
    st.caption(_describe_source(found))
    st.dataframe(
        build_percentile_frame(found.by_sensor, view),
        hide_index=True,
        height="content",
        column_config={name: st.column_config.TextColumn(alignment="right") for name in NUMBERS},
        alt="Percentiles of each sensor in this window",
    )


def load_histograms(
    db: Database, resolutions: tuple[tuple[int, float], ...], window: TimeWindow
) -> Histograms:
    """Of (sensor id, resolution); of single readings, or where these are too many of buckets."""
    ids = [sensor_id for sensor_id, _ in resolutions]
    raw = load_readings(db, ids, window, count_allowed(len(ids)))
    if raw.fitting is None and len(raw.frame):
        frame, bucket = raw.frame.rename(columns={"value": "mean"}).assign(n=1), None
    else:
        shown = series(db, ids, window, MOST_BUCKETS)
        frame, bucket = shown.frame, shown.bucket
    found = {
        sensor_id: _distribute(frame[frame["sensor_id"] == sensor_id], 0.0 if bucket else step)
        for sensor_id, step in resolutions
        if (frame["sensor_id"] == sensor_id).any()
    }
    return Histograms(found, bucket)


def build_figure(found: Mapping[int, Distribution], view: MetricsView) -> go.Figure:
    panels = build_panels(view.sensors)
    layout = build_layout(
        panels, y_title=lambda _: "% of readings", x_title=lambda panel: panel.unit, is_shared=False
    )
    figure = go.Figure(layout={**layout, "barmode": "overlay", "bargap": 0})
    colours = list_colours(panels)
    for place, panel in enumerate(panels, start=1):
        axes = name_axes(place, is_shared=False)
        is_alone = len(panel.sensors) == 1
        for sensor in panel.sensors:
            if sensor.id in found:
                bars, colour = found[sensor.id], colours[sensor.id]
                _add_bars(
                    figure, bars, axes, name=chart_text(sensor.tag), marker_color=colour,
                    opacity=0.85 if is_alone else 0.55, unit=chart_text(sensor.unit),
                )  # fmt: skip
                _add_marks(figure, bars, axes, colour)
    return figure


def build_percentile_frame(found: Mapping[int, Distribution], view: MetricsView) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "Sensor": sensor.tag, "Unit": sensor.unit,
            "5 % below": format_number(found[sensor.id].p5, sensor.resolution),
            "Median": format_number(found[sensor.id].p50, sensor.resolution),
            "95 % below": format_number(found[sensor.id].p95, sensor.resolution),
            "Readings": format_count(found[sensor.id].n),
        }
        for sensor in view.sensors if sensor.id in found
    ])  # fmt: skip


def _distribute(rows: pd.DataFrame, resolution: float) -> Distribution:
    values, counts = (rows[name].to_numpy(np.float64) for name in ("mean", "n"))
    return distribute(values, counts, resolution=resolution)


def _add_bars(
    figure: go.Figure, bars: Distribution, axes: Mapping[str, str], *, unit: str, **looks: Any
) -> None:
    figure.add_bar(
        x=bars.edges[:-1], y=bars.share_pct, width=np.diff(bars.edges), offset=0,
        customdata=bars.edges[1:], marker_line_width=0,
        hovertemplate=f"%{{x:.5~g}} … %{{customdata:.5~g}} {unit}: %{{y:.3~g}} %", **looks, **axes,
    )  # fmt: skip


def _add_marks(figure: go.Figure, bars: Distribution, axes: Mapping[str, str], colour: str) -> None:
    for name, dash in MARKS:
        value = getattr(bars, name)
        figure.add_shape(
            type="line", xref=axes["xaxis"], yref=f"{axes['yaxis']} domain", x0=value, x1=value,
            y0=0, y1=1, line={"color": colour, "dash": dash, "width": 1.6},
        )  # fmt: skip


def _describe_source(found: Histograms) -> str:
    count = join_count(sum(each.n for each in found.by_sensor.values()), "reading", "readings")
    marks = "Solid line: median; dotted: 5 % and 95 % of the readings are below."
    if found.bucket is None:
        return f"Made of {count} as stored. {marks}"
    return (
        f"Made of {count} as means of {format_span(found.bucket)} each: short peaks are flattened. "
        f"Zoom in, or choose fewer sensors, for single readings. {marks}"
    )
