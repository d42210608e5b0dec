"""The chart of the look Histogram: bars and percentiles, a panel a quantity."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from hydrodiag.exploring.distribution import Distribution
from hydrodiag.ui.metrics_channels import Channel, group_channels, list_channel_colours
from hydrodiag.ui.metrics_look_parts import build_layout, name_axes
from hydrodiag.ui.metrics_panels import Panel
from hydrodiag.ui.safe_text import chart_text

MARKS = (("p5", "dot"), ("p50", "solid"), ("p95", "dot"))


def build_figure(found: Mapping[str, Distribution], channels: tuple[Channel, ...]) -> go.Figure:
    """`found` by name; panels without any of it are left out, colours stay as in the lines."""
    groups = group_channels(channels)
    colours = list_channel_colours(groups)
    shown = [each for each in groups if any(member.name in found for member in each[1])]
    layout = build_layout(
        [panel for panel, _ in shown], y_title=_name_share, x_title=lambda panel: panel.unit,
        is_shared=False,
    )  # fmt: skip
    figure = go.Figure(layout={**layout, "barmode": "overlay", "bargap": 0})
    for place, (_, members) in enumerate(shown, start=1):
        axes = name_axes(place, is_shared=False)
        for each in members:
            if each.name in found:
                bars, colour = found[each.name], colours[each.name]
                _add_bars(
                    figure, bars, axes, name=chart_text(each.name), marker_color=colour,
                    opacity=0.85 if len(members) == 1 else 0.55, unit=chart_text(each.unit),
                )  # fmt: skip
                _add_marks(figure, bars, axes, colour)
    return figure


def _name_share(panel: Panel) -> str:
    return "% of readings" if panel.sensors else "% of means"


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
