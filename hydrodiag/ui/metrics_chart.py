"""The chart of Metrics: a panel a quantity, one time axis under all of them."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from hydrodiag.fleet import Sensor
from hydrodiag.readings.grid import decimals
from hydrodiag.readings.series import Series, gaps
from hydrodiag.ui.metrics_panels import Limit, Panel, build_panels, list_limits, split_limits
from hydrodiag.ui.metrics_times import AxisClock
from hydrodiag.ui.metrics_view import MetricsView

PANEL_PX = 210
GAP_PX = 44
TOP_PX, BOTTOM_PX = 44, 44
PALETTE = 10
BAND_ALPHA = "3d"
# Fewer readings than this are drawn with markers: a lone one would draw no line.
FEW = 120
BEFORE = "before"


def build_chart(view: MetricsView, now: Series, before: Series | None) -> go.Figure:
    """Mean lines with the band of lowest and highest; `before` is shifted into the window."""
    panels = build_panels(view.sensors)
    figure = go.Figure(layout=_build_layout(view, panels))
    numbers = count()
    for place, panel in enumerate(panels, start=1):
        for sensor in panel.sensors:
            colour = pick_colour(next(numbers))
            if before is not None:
                _add_before(figure, view, sensor, before, place, colour)
            _add_sensor(figure, view.clock, sensor, now, place, colour)
        _add_limits(figure, panel, now, place)
    return figure


def list_far_limits(view: MetricsView, shown: Series) -> list[Limit]:
    """Limits left out of the chart: so far from the readings that these would look flat."""
    far: list[Limit] = []
    for panel in build_panels(view.sensors):
        span = _find_span(panel, shown)
        far += split_limits(list_limits(panel), *span)[1] if span else []
    return far


def describe_chart(view: MetricsView) -> str:
    tags = ", ".join(sensor.tag for sensor in view.sensors)
    clock = view.clock
    start, end = clock.format(view.window.start), clock.format(view.window.end)
    return f"{tags} of {view.system.name} from {start} to {end} {clock.label}"


def _add_sensor(
    figure: go.Figure, clock: AxisClock, sensor: Sensor, shown: Series, place: int, colour: str
) -> None:
    frame = _select(shown, sensor)
    if frame.empty:
        return
    times = clock.place(frame["time"])
    if shown.bucket is not None:
        _add_band(figure, times, frame, place, colour, sensor.tag)
    figure.add_scatter(
        x=times,
        y=frame["mean"],
        mode="lines+markers" if len(frame) < FEW else "lines",
        marker_size=4,
        line={"color": colour, "width": 1.6},
        name=sensor.tag,
        legendgroup=sensor.tag,
        customdata=frame[["min", "max"]].to_numpy() if shown.bucket is not None else None,
        hovertemplate=_hover(sensor, has_band=shown.bucket is not None),
        **_axes(place),
    )


def _add_band(
    figure: go.Figure,
    times: "pd.Series[pd.Timestamp]",
    frame: pd.DataFrame,
    place: int,
    colour: str,
    tag: str,
) -> None:
    same: dict[str, Any] = {
        "x": times, "mode": "lines", "line": {"color": colour, "width": 0},
        "hoverinfo": "skip", "showlegend": False, "legendgroup": tag, **_axes(place),
    }  # fmt: skip
    figure.add_scatter(y=frame["max"], **same)
    figure.add_scatter(y=frame["min"], fill="tonexty", fillcolor=f"{colour}{BAND_ALPHA}", **same)


def _add_before(
    figure: go.Figure, view: MetricsView, sensor: Sensor, before: Series, place: int, colour: str
) -> None:
    frame = _select(before, sensor)
    if frame.empty:
        return
    figure.add_scatter(
        x=view.clock.place(frame["time"] + view.window.span),
        y=frame["mean"],
        mode="lines",
        line={"color": colour, "width": 1.2, "dash": "dot"},
        opacity=0.7,
        name=f"{sensor.tag}, {BEFORE}",
        hovertemplate=_hover(sensor, has_band=False),
        **_axes(place),
    )


def _add_limits(figure: go.Figure, panel: Panel, shown: Series, place: int) -> None:
    span = _find_span(panel, shown)
    for limit in split_limits(list_limits(panel), *span)[0] if span else ():
        figure.add_shape(
            type="line", xref="paper", x0=0, x1=1, yref=_axes(place)["yaxis"],
            y0=limit.value, y1=limit.value,
            line={"color": limit.tone.value, "dash": limit.dash, "width": 1.4},
            label={
                "text": limit.label, "textposition": limit.side, "yanchor": "bottom",
                "font": {"color": limit.tone.value, "size": 11},
            },
        )  # fmt: skip


def _select(shown: Series, sensor: Sensor) -> pd.DataFrame:
    """The rows of a sensor, with breaks where readings are missing."""
    frame = shown.frame[shown.frame["sensor_id"] == sensor.id].reset_index(drop=True)
    interval = _find_interval(shown, sensor, frame)
    return frame if interval is None else gaps(frame, interval)


def _find_interval(shown: Series, sensor: Sensor, frame: pd.DataFrame) -> timedelta | None:
    """What readings of this sensor are usually apart here: its own interval, or a bucket."""
    if shown.bucket is not None:
        return max(shown.bucket, sensor.sampling_interval or shown.bucket)
    if len(frame) < 3:
        return None
    usual = timedelta(seconds=float(frame["time"].diff().dt.total_seconds().median()))
    return usual or None


def _find_span(panel: Panel, shown: Series) -> tuple[float, float] | None:
    ids = [sensor.id for sensor in panel.sensors]
    rows = shown.frame[shown.frame["sensor_id"].isin(ids)]
    if rows.empty:
        return None
    return float(np.nanmin(rows["min"])), float(np.nanmax(rows["max"]))


def _hover(sensor: Sensor, *, has_band: bool) -> str:
    places = decimals(sensor.resolution)
    form = ":.4~g" if places is None else f":.{places}f"
    band = f" (%{{customdata[0]{form}}} … %{{customdata[1]{form}}})" if has_band else ""
    return f"%{{y{form}}} {sensor.unit}{band}"


def _axes(place: int) -> dict[str, str]:
    """Streamlit's theme hides or restyles the legend without a number: none has that name."""
    number = "" if place == 1 else str(place)
    return {"xaxis": "x", "yaxis": f"y{number}", "legend": f"legend{place + 1}"}


def pick_colour(number: int) -> str:
    """Streamlit's frontend puts the theme's chart colours in place of #000001 to #000010."""
    return f"#{number % PALETTE + 1:06d}"


def _build_layout(view: MetricsView, panels: Sequence[Panel]) -> dict[str, Any]:
    inner = len(panels) * PANEL_PX + (len(panels) - 1) * GAP_PX
    clock, last = view.clock, _axes(len(panels))["yaxis"]
    layout: dict[str, Any] = {
        "height": inner + TOP_PX + BOTTOM_PX,
        "margin": {"t": TOP_PX, "b": BOTTOM_PX, "l": 52, "r": 12},
        "dragmode": "select",
        "selectdirection": "h",
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "uirevision": describe_chart(view),
        "xaxis": {
            "type": "date",
            "anchor": last,
            "range": [clock.place_one(view.window.start), clock.place_one(view.window.end)],
            "showspikes": True, "spikemode": "across", "spikethickness": 1, "spikedash": "dot",
            "nticks": 8, "tickangle": 0,
        },
    }  # fmt: skip
    for place, panel in enumerate(panels, start=1):
        top = 1 - (place - 1) * (PANEL_PX + GAP_PX) / inner
        axes = _axes(place)
        layout[axes["yaxis"].replace("y", "yaxis", 1)] = {
            "domain": [max(0.0, top - PANEL_PX / inner), top], "anchor": "x", "nticks": 6,
        }  # fmt: skip
        layout[axes["legend"]] = {
            "title": {
                "text": f"<b>{panel.title}</b>  ", "side": "left", "font": {"size": 13},
            },
            "font": {"size": 12},
            "orientation": "h", "x": 0, "xanchor": "left", "y": top, "yanchor": "bottom",
        }  # fmt: skip
    return layout
