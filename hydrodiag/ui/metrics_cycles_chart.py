"""The chart of cycles laid over each other."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from hydrodiag.exploring.cycles import Floats, summarise
from hydrodiag.fleet import Sensor
from hydrodiag.ui.metrics_chart import BAND_ALPHA
from hydrodiag.ui.metrics_look_parts import build_layout, list_colours, name_axes
from hydrodiag.ui.metrics_panels import build_panels
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.safe_text import chart_text

# A browser draws this many in about a second.
MOST_DRAWN = 100_000


def count_drawn(cycles: int, steps: int, sensors: int) -> int:
    """How many of the cycles are drawn one by one."""
    return max(1, min(cycles, MOST_DRAWN // max(1, steps * sensors)))


def build_figure(grid_s: Floats, folded: Mapping[int, Floats], view: MetricsView) -> go.Figure:
    """A panel a quantity over seconds since the trigger."""
    panels = build_panels(view.sensors)
    layout = build_layout(
        panels, y_title=lambda panel: panel.unit, x_title=lambda _: "s since the trigger",
        is_shared=True,
    )  # fmt: skip
    figure = go.Figure(layout={**layout, "hovermode": "x unified"})
    colours = list_colours(panels)
    for place, panel in enumerate(panels, start=1):
        axes = name_axes(place, is_shared=True)
        for sensor in panel.sensors:
            part = folded[sensor.id]
            part = part[-count_drawn(len(part), len(grid_s), len(folded)) :]
            _add_each(figure, grid_s, part, colours[sensor.id], sensor, axes)
            _add_summary(figure, grid_s, folded[sensor.id], colours[sensor.id], sensor, axes)
    return figure


def _add_each(
    figure: go.Figure,
    grid_s: Floats,
    part: Floats,
    colour: str,
    sensor: Sensor,
    axes: Mapping[str, str],
) -> None:
    """All cycles as one line with breaks: a trace each would take the browser seconds."""
    ends = np.full((len(part), 1), np.nan)
    figure.add_scatter(
        x=np.tile(np.append(grid_s, np.nan), len(part)), y=np.hstack([part, ends]).ravel(),
        mode="lines", line={"color": colour, "width": 0.7}, opacity=0.25, hoverinfo="skip",
        showlegend=False, legendgroup=chart_text(sensor.tag), **axes,
    )  # fmt: skip


def _add_summary(
    figure: go.Figure,
    grid_s: Floats,
    folded: Floats,
    colour: str,
    sensor: Sensor,
    axes: Mapping[str, str],
) -> None:
    band = summarise(folded)
    tag, unit = chart_text(sensor.tag), chart_text(sensor.unit)
    same = {"x": grid_s, "mode": "lines", "legendgroup": tag, **axes}
    edge = {"line": {"color": colour, "width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(y=band.p95, **edge, **same)
    figure.add_scatter(y=band.p5, fill="tonexty", fillcolor=f"{colour}{BAND_ALPHA}", **edge, **same)
    for values, name, line in (
        (band.median, f"{tag}, median", {"width": 1.6, "dash": "dash"}),
        (folded[-1], tag, {"width": 2.6}),
    ):
        figure.add_scatter(
            y=values, name=name, line={"color": colour, **line},
            hovertemplate=f"%{{y:.5~g}} {unit}", **same,
        )  # fmt: skip
