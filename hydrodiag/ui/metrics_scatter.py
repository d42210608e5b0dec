"""Metrics, Scatter: two sensors or derived series against each other."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import streamlit as st

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.pairs import Relation, join_pairs, relate
from hydrodiag.formulas import derive
from hydrodiag.readings.aligning import pick_common_step
from hydrodiag.readings.series import Series, series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_channels import Channel, list_channels, list_sensor_ids
from hydrodiag.ui.metrics_derived import explain_nothing
from hydrodiag.ui.metrics_downloads import build_config
from hydrodiag.ui.metrics_look_parts import pick_named
from hydrodiag.ui.metrics_scatter_chart import build_figure
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label
from hydrodiag.ui.wording import format_count, format_span

MOST_POINTS = 3000


@dataclass(frozen=True)
class Scatter:
    """`step`: in which time readings count as taken together."""

    pairs: pd.DataFrame
    relation: Relation
    step: timedelta
    is_raw: bool


def show_scatter(view: MetricsView) -> None:
    channels = {each.name: each for each in list_channels(view)}
    if len(channels) < 2:
        raise InvalidInput(
            "It takes two sensors.",
            hint="Choose another one under Sensors, or derive a series under Options.",
        )
    with st.container(horizontal=True):
        x = pick_named("Horizontal", channels, "x")
        y = pick_named("Vertical", channels, "y", preferred=1)
    if x == y:
        raise InvalidInput(f"Both are {x.name}.", hint="Choose two different ones.")
    found = read(view.topics, load_scatter, x, y, view.window)
    _show_relation(found.relation, x, y)
    st.plotly_chart(
        build_figure(found.pairs, found.relation, x, y, view.clock),
        key="scatter",
        config=build_config(view, "select", "lasso2d"),
        alt=f"{y.name} against {x.name} of {view.system.name}, {found.relation.n} pairs",
    )
    st.caption(describe_source(found, x, y))


def load_scatter(db: Database, x: Channel, y: Channel, window: TimeWindow) -> Scatter:
    return build_scatter(x, y, series(db, list_sensor_ids((x, y)), window, MOST_POINTS))


def build_scatter(x: Channel, y: Channel, shown: Series) -> Scatter:
    """All sensors of both on one grid: buckets, or raw readings averaged over the interval of the
    slowest. Raises InvalidInput where the two have nothing to do with each other in time.
    """
    ids = list_sensor_ids((x, y))
    step = shown.bucket or pick_common_step(shown.rows_of(each) for each in ids)
    pairs = join_pairs(find_rows(x, shown, step), find_rows(y, shown, step), step)
    return Scatter(pairs, relate(pairs), step, shown.bucket is None)


def find_rows(channel: Channel, shown: Series, step: timedelta) -> pd.DataFrame:
    """Columns time, mean and n. Raises InvalidInput for a derived series without any value."""
    if channel.formula is None:
        return shown.rows_of(channel.sensors[0].id)
    derived = derive(channel.formula, {each.tag: each for each in channel.sensors}, shown, step)
    reason = explain_nothing(derived)
    if reason is not None:
        raise InvalidInput(f"{channel.name}: {reason}.", hint="Choose another window or series.")
    return derived.frame


def _show_relation(relation: Relation, x: Channel, y: Channel) -> None:
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


def describe_source(found: Scatter, x: Channel, y: Channel) -> str:
    step = format_span(found.step)
    source = (
        f"Raw readings averaged over the same {step} each, about as often as the slowest sensor "
        "is read."
        if found.is_raw
        else f"Means of {step} each, which hide what moves faster."
    )
    derived = " Derived series are worked out on these means, where all their sensors were read."
    return f"{source}{derived * (x.is_derived or y.is_derived)} Dashed line: by least squares."
