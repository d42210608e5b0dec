"""Metrics, Histogram: how often each sensor read what, and derived series were what."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from hydrodiag.db import Database
from hydrodiag.exploring.distribution import Distribution
from hydrodiag.readings.cover import RAW
from hydrodiag.readings.raw import load_readings
from hydrodiag.readings.series import Series, series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_channels import Channel, list_channels, list_sensor_ids
from hydrodiag.ui.metrics_derived import LONGEST_REASON, format_steps
from hydrodiag.ui.metrics_distributions import Histograms, build_histograms
from hydrodiag.ui.metrics_downloads import build_config
from hydrodiag.ui.metrics_histogram_chart import build_figure
from hydrodiag.ui.metrics_look_parts import count_allowed
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.quantities import format_number
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label
from hydrodiag.ui.wording import format_count, format_span, join_count

MOST_BUCKETS = 10_000
NUMBERS = ("5 % below", "Median", "95 % below", "Readings")


def show_histogram(view: MetricsView) -> None:
    channels = list_channels(view)
    found = read(view.topics, load_histograms, channels, view.window)
    names = ", ".join(each.name for each in channels)
    st.plotly_chart(
        build_figure(found.by_name, channels),
        key="histogram",
        config=build_config(view, "select", "lasso2d"),
        alt=f"How often {names} of {view.system.name} read what",
    )
    st.caption(describe_source(found, channels))
    for name, reason in found.left_out.items():
        text = safe_label(f"{name}: {reason}", LONGEST_REASON)
        st.caption(f":material/info: {text}.")
    st.dataframe(
        build_percentile_frame(found.by_name, channels),
        hide_index=True,
        height="content",
        column_config={name: st.column_config.TextColumn(alignment="right") for name in NUMBERS},
        alt="Percentiles of each series in this window",
    )


def load_histograms(db: Database, channels: tuple[Channel, ...], window: TimeWindow) -> Histograms:
    """Of single readings, or where these are too many of buckets."""
    ids = list_sensor_ids(channels)
    raw = load_readings(db, ids, window, count_allowed(len(ids)))
    if raw.fitting is None and len(raw.frame):
        frame = raw.frame.rename(columns={"value": "mean"}).assign(n=1)
        return build_histograms(channels, Series(frame, RAW, None, 0))
    return build_histograms(channels, series(db, ids, window, MOST_BUCKETS))


def build_percentile_frame(
    found: Mapping[str, Distribution], channels: Sequence[Channel]
) -> pd.DataFrame:
    return pd.DataFrame([
        _build_row(each, found[each.name]) for each in channels if each.name in found
    ])  # fmt: skip


def describe_source(found: Histograms, channels: Sequence[Channel]) -> str:
    """What sensors and derived series were made of, and what the lines across the bars mean."""
    of_sensors = [each.name for each in channels if not each.is_derived]
    total = sum(found.by_name[name].n for name in of_sensors if name in found.by_name)
    count = join_count(total, "reading", "readings")
    parts = [
        f"Made of {count} as stored."
        if found.bucket is None
        else f"Made of {count} as means of {format_span(found.bucket)} each: short peaks are "
        "flattened. Zoom in, or choose fewer sensors, for single readings.",
        _describe_derived(found),
        "Solid line: median; dotted: 5 % and 95 % of the readings are below.",
    ]
    return " ".join(filter(None, parts))


def _describe_derived(found: Histograms) -> str:
    steps = {part.step for part in found.parts.values() if part.step is not None}
    if not steps:
        return ""
    return (
        f"Derived series are worked out on the means of {format_steps(steps)} of their sensors, "
        "where all of these were read; each mean counts as often as its rarest sensor was read."
    )


def _build_row(channel: Channel, found: Distribution) -> dict[str, str]:
    resolution = None if channel.is_derived else channel.sensors[0].resolution
    return {
        "Series": channel.name, "Unit": channel.unit,
        "5 % below": format_number(found.p5, resolution),
        "Median": format_number(found.p50, resolution),
        "95 % below": format_number(found.p95, resolution),
        "Readings": format_count(found.n),
    }  # fmt: skip
