"""The table of figures under the chart."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from hydrodiag.fleet import Sensor
from hydrodiag.readings.statistics import statistics
from hydrodiag.ui.metrics_times import AxisClock
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.quantities import format_number
from hydrodiag.ui.reads import read, share
from hydrodiag.ui.wording import NOTHING, format_count

NUMBERS = ("Mean", "Lowest", "Highest", "Std. dev.", "First", "Last", "Readings")
OLD_ROLLUPS = (
    "Rollups of an earlier version, which kept no standard deviation, are in this window. Where "
    "raw readings are still kept, `hydrodiag timescale renew-rollups` makes them anew."
)


@dataclass(frozen=True)
class FigureTable:
    """`readings` are those of the window."""

    table: pa.Table
    readings: int
    lacks_deviation: bool


def show_figures(view: MetricsView) -> int:
    """Draws the table; returns how many readings the window holds."""
    built = share(view.topics, build_figures, view)
    st.dataframe(
        built.table,
        hide_index=True,
        height="content",
        column_config={
            "Sensor": st.column_config.TextColumn(pinned=True),
            **{name: st.column_config.TextColumn(alignment="right") for name in NUMBERS},
        },
        alt="Figures of each sensor in this window",
    )
    if built.lacks_deviation:
        st.caption(OLD_ROLLUPS)
    return built.readings


def build_figures(view: MetricsView) -> FigureTable:
    figures = read(view.topics, statistics, view.sensor_ids, view.window)
    table = pa.Table.from_pylist(list_figure_rows(figures, view))
    lacks_deviation = bool((figures["std"].isna() & (figures["n"] > 1)).any())
    return FigureTable(table, int(figures["n"].sum()), lacks_deviation)


def list_figure_rows(figures: pd.DataFrame, view: MetricsView) -> list[dict[str, str]]:
    """A row a sensor, numbers rounded to its resolution."""
    rows = {row["sensor_id"]: row for row in figures.to_dict("records")}
    return [_build_row(each, rows[each.id], view.clock) for each in view.sensors]


def _build_row(sensor: Sensor, row: Mapping[Hashable, Any], clock: AxisClock) -> dict[str, str]:
    def number(name: str) -> str:
        return format_number(float(row[name]), sensor.resolution)

    last_at = row["last_at"]
    return {
        "Sensor": sensor.tag,
        "Name": sensor.name,
        "Unit": sensor.unit,
        "Mean": number("mean"),
        "Lowest": number("min"),
        "Highest": number("max"),
        "Std. dev.": number("std"),
        "First": number("first"),
        "Last": number("last"),
        "Last at": NOTHING if pd.isna(last_at) else clock.format(last_at),
        "Readings": format_count(int(row["n"])),
    }
