"""The chart of the look Scatter: pairs from old to new, and the line through them."""

import pandas as pd
import plotly.graph_objects as go

from hydrodiag.exploring.pairs import Relation
from hydrodiag.ui.metrics_channels import Channel
from hydrodiag.ui.metrics_look_parts import with_unit
from hydrodiag.ui.metrics_times import AxisClock
from hydrodiag.ui.safe_text import chart_text
from hydrodiag.ui.theme import Tone, line_colour

HEIGHT_PX = 520
OLD_TO_NEW = ((0.0, Tone.MUTED.value), (1.0, Tone.PRIMARY.value))


def build_figure(
    pairs: pd.DataFrame, relation: Relation, x: Channel, y: Channel, clock: AxisClock
) -> go.Figure:
    age = (pairs["time"] - pairs["time"].iloc[0]).dt.total_seconds()
    times = clock.place(pairs["time"])
    figure = go.Figure(layout={
        "height": HEIGHT_PX, "showlegend": False, "margin": {"t": 24, "b": 56, "l": 64, "r": 12},
        "xaxis": {"title": {"text": _title(x)}}, "yaxis": {"title": {"text": _title(y)}},
    })  # fmt: skip
    figure.add_scatter(
        x=pairs["x"], y=pairs["y"], mode="markers", text=times.dt.strftime("%Y-%m-%d %H:%M:%S"),
        hovertemplate=f"%{{x:.5~g}} {chart_text(x.unit)}, %{{y:.5~g}} "
                      f"{chart_text(y.unit)}<br>%{{text}}<extra></extra>",
        marker={
            "size": 5, "opacity": 0.7, "color": age, "colorscale": OLD_TO_NEW,
            "colorbar": {
                "title": {"text": clock.label}, "thickness": 10, "tickmode": "array",
                "tickvals": [age.iloc[0], age.iloc[-1]],
                "ticktext": [f"{each:%m-%d %H:%M}" for each in (times.iloc[0], times.iloc[-1])],
            },
        },
    )  # fmt: skip
    ends = [float(pairs["x"].min()), float(pairs["x"].max())]
    figure.add_scatter(
        x=ends, y=[relation.intercept + relation.slope * each for each in ends], mode="lines",
        line={"color": line_colour(), "width": 1.6, "dash": "dash"}, hoverinfo="skip",
    )  # fmt: skip
    return figure


def _title(channel: Channel) -> str:
    """Name and unit shortened by themselves: a long name takes no unit away."""
    unit = f"[{chart_text(channel.unit)}]" if channel.unit else ""
    return with_unit(chart_text(channel.name), unit)
