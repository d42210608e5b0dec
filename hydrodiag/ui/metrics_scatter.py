"""Metrics, Scatter: two sensors against each other."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.pairs import Relation, join_pairs, relate
from hydrodiag.fleet import Sensor
from hydrodiag.readings.series import Series, series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_downloads import build_config
from hydrodiag.ui.metrics_look_parts import pick_sensor, with_unit
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import chart_text, safe_label
from hydrodiag.ui.theme import Tone, line_colour
from hydrodiag.ui.wording import format_count, format_span

MOST_POINTS = 3000
HEIGHT_PX = 520
OLD_TO_NEW = ((0.0, Tone.MUTED.value), (1.0, Tone.PRIMARY.value))
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Scatter:
    """`step`: in which time two readings count as taken together."""

    pairs: pd.DataFrame
    relation: Relation
    step: timedelta
    is_raw: bool


def show_scatter(view: MetricsView) -> None:
    if len(view.sensors) < 2:
        raise InvalidInput("It takes two sensors.", hint="Choose another one under Sensors.")
    with st.container(horizontal=True):
        x = pick_sensor("Horizontal", view.sensors, "x")
        y = pick_sensor("Vertical", view.sensors, "y", preferred=1)
    if x == y:
        raise InvalidInput("Both are the same sensor.", hint="Choose two different ones.")
    found = read(view.topics, load_scatter, x.id, y.id, view.window)
    _show_relation(found.relation, x, y)
    st.plotly_chart(
        build_figure(found, x, y, view),
        key="scatter",
        config=build_config(view, "select", "lasso2d"),
        alt=f"{y.tag} against {x.tag} of {view.system.name}, {found.relation.n} pairs",
    )
    st.caption(_describe_source(found))


def load_scatter(db: Database, x_id: int, y_id: int, window: TimeWindow) -> Scatter:
    """Raises InvalidInput where the two have nothing to do with each other in time."""
    shown = series(db, (x_id, y_id), window, MOST_POINTS)
    x, y = (shown.frame[shown.frame["sensor_id"] == each] for each in (x_id, y_id))
    step = shown.bucket or max(_find_interval(x), _find_interval(y))
    pairs = join_pairs(x, y, step)
    return Scatter(pairs, relate(pairs), step, _is_raw(shown))


def build_figure(found: Scatter, x: Sensor, y: Sensor, view: MetricsView) -> go.Figure:
    pairs, relation = found.pairs, found.relation
    age = (pairs["time"] - pairs["time"].iloc[0]).dt.total_seconds()
    times = view.clock.place(pairs["time"])
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
                "title": {"text": view.clock.label}, "thickness": 10, "tickmode": "array",
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


def _show_relation(relation: Relation, x: Sensor, y: Sensor) -> None:
    unit = f"{y.unit or '1'} per {x.unit or '1'}"
    figures = (
        ("Pearson r", f"{relation.pearson:.3f}", "How close the pairs lie to a line: -1 to 1."),
        ("Spearman", f"{relation.spearman:.3f}", "The same of ranks: any rising curve gives 1."),
        ("Slope", safe_label(f"{relation.slope:.4g} {unit}"), "Of the line, by least squares."),
        ("Pairs", format_count(relation.n), "Moments at which both were read."),
    )
    with st.container(horizontal=True):
        for name, value, text in figures:
            st.metric(name, value, help=text, width="content")


def _describe_source(found: Scatter) -> str:
    step = format_span(found.step)
    if found.is_raw:
        return f"Raw readings that fall into the same {step}; the dashed line is by least squares."
    return f"Means of {step} each, which hide what moves faster; the line is by least squares."


def _title(sensor: Sensor) -> str:
    return chart_text(with_unit(sensor.tag, f"[{sensor.unit}]" if sensor.unit else ""))


def _is_raw(shown: Series) -> bool:
    return shown.bucket is None


def _find_interval(frame: pd.DataFrame) -> timedelta:
    """What readings are usually apart; a second where there are none."""
    usual_s = float(frame["time"].diff().dt.total_seconds().median())
    return timedelta(seconds=usual_s) if usual_s > 0 else SECOND
