"""Metrics, Cycles: the window cut at a trigger and folded, so that one cycle lies on another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
import streamlit as st

from hydrodiag.db import Database
from hydrodiag.exploring.cycles import (
    CycleCut,
    Floats,
    Trigger,
    cut_cycles,
    fold,
    pick_trigger,
)
from hydrodiag.fleet import Sensor
from hydrodiag.readings.raw import RawReadings, load_readings
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_cycles_chart import build_figure, count_drawn
from hydrodiag.ui.metrics_downloads import build_config
from hydrodiag.ui.metrics_look_parts import (
    check_present,
    count_allowed,
    pick_named,
    show_too_long,
    since_start_s,
)
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.quantities import format_value
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label
from hydrodiag.ui.wording import join_count

LEVEL = "level"


@dataclass(frozen=True)
class FoldedCycles:
    """`folded` by sensor: (cycles, steps of the grid)."""

    trigger: Trigger
    cut: CycleCut
    folded: Mapping[int, Floats]


def show_cycles(view: MetricsView) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sensor = pick_named("Trigger", {each.tag: each for each in view.sensors}, "trigger")
        level = _pick_level(sensor)
    ids, window = view.sensor_ids, view.window
    found = read(view.topics, load_cycles, ids, window, sensor.id, level)
    if isinstance(found, timedelta):
        show_too_long(view, found)
        return
    st.plotly_chart(
        build_figure(found.cut.grid_s, found.folded, view),
        key="cycles",
        config=build_config(view, "select", "lasso2d"),
        alt=f"{len(found.cut.start_s)} cycles of {view.system.name} laid over each other",
    )
    st.caption(_describe_source(found, sensor))
    _show_durations(found.cut, view)


def load_cycles(
    db: Database,
    sensor_ids: tuple[int, ...],
    window: TimeWindow,
    trigger_id: int,
    level: float | None,
) -> FoldedCycles | timedelta:
    """A span where the window has too many readings: how long it may be. Raises InvalidInput."""
    raw = load_readings(db, sensor_ids, window, count_allowed(len(sensor_ids)))
    if raw.fitting is not None:
        return raw.fitting
    check_present(raw, [trigger_id])
    times_s, values = _select(raw, trigger_id, window)
    trigger = pick_trigger(values, level)
    cut = cut_cycles(times_s, values, trigger)
    folded = {each: fold(*_select(raw, each, window), cut) for each in sensor_ids}
    return FoldedCycles(trigger, cut, folded)


def build_duration_frame(cut: CycleCut, view: MetricsView) -> pd.DataFrame:
    """A row a cycle, the newest first."""
    starts = [view.window.start + timedelta(seconds=float(each)) for each in cut.start_s]
    off_s = cut.duration_s - np.median(cut.duration_s)
    rows = [
        {
            f"Began ({view.clock.label})": view.clock.format(start),
            "Duration [s]": f"{duration:.2f}",
            "Against the median [s]": f"{off:+.2f}",
        }
        for start, duration, off in zip(starts, cut.duration_s, off_s, strict=True)
    ]
    return pd.DataFrame(rows[::-1])


def _pick_level(sensor: Sensor) -> float | None:
    unit = f" [{safe_label(sensor.unit)}]" if sensor.unit else ""
    return st.number_input(
        f"Rises through{unit}", value=None, key=LEVEL, bind="query-params", width=220,
        placeholder="middle", help="Empty: the middle of what the trigger usually reads.",
    )  # fmt: skip


def _select(raw: RawReadings, sensor_id: int, window: TimeWindow) -> tuple[Floats, Floats]:
    rows = raw.frame[raw.frame["sensor_id"] == sensor_id]
    return since_start_s(rows, window), np.asarray(rows["value"], np.float64)


def _show_durations(cut: CycleCut, view: MetricsView) -> None:
    st.dataframe(
        build_duration_frame(cut, view),
        hide_index=True,
        height=300 if len(cut.start_s) > 8 else "content",
        column_config={
            name: st.column_config.TextColumn(alignment="right")
            for name in ("Duration [s]", "Against the median [s]")
        },
        alt="How long each cycle took",
    )


def _describe_source(found: FoldedCycles, sensor: Sensor) -> str:
    cut, trigger = found.cut, found.trigger
    level = format_value(trigger.level, sensor.unit, sensor.resolution)
    below = format_value(trigger.level - trigger.hysteresis, sensor.unit, sensor.resolution)
    drawn = count_drawn(len(cut.start_s), len(cut.grid_s), len(found.folded))
    part = "" if drawn == len(cut.start_s) else f" (the newest {drawn} drawn)"
    return (
        f"{join_count(len(cut.start_s), 'cycle', 'cycles')}{part} out of raw readings "
        f"{cut.interval_s:.3g} s apart: from {safe_label(sensor.tag)} rising through "
        f"{safe_label(level)}, once it was below {safe_label(below)}, to the next rise; "
        f"{np.median(cut.duration_s):.2f} s each by the median. Band: 5 to 95 % of the cycles; "
        "thick line: the newest cycle; dashed: the median."
    )
