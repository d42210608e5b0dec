"""What the looks of Metrics share: readings as stored, panels, words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.cycles import Floats
from hydrodiag.readings.raw import RawReadings
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_layout import BOTTOM_PX, PANEL_PX, TOP_PX, colour_of
from hydrodiag.ui.metrics_moves import move_window
from hydrodiag.ui.metrics_panels import Panel
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.quantities import THIN_SPACE
from hydrodiag.ui.safe_text import chart_text, safe_label
from hydrodiag.ui.states import show_empty
from hydrodiag.ui.wording import format_count, format_span

T = TypeVar("T")
MOST_READINGS = 400_000
MOST_A_SENSOR = 200_000
GAP_PX = 72
MINUTE = timedelta(minutes=1)


def count_allowed(sensors: int) -> int:
    """How many readings of each are looked at as they are stored."""
    return min(MOST_A_SENSOR, MOST_READINGS // max(1, sensors))


def check_present(readings: RawReadings, sensor_ids: Sequence[int]) -> None:
    """Raises InvalidInput where no reading of any of the sensors is stored any more."""
    if not readings.frame["sensor_id"].isin(sensor_ids).any():
        raise InvalidInput(
            "No single readings are stored of this window, or only of other sensors.",
            hint="Choose a newer window or another sensor: old readings are kept as minutes only.",
        )


def show_too_long(view: MetricsView, fitting: timedelta) -> None:
    """A window of more readings than the look can be made of: how far to zoom in, and a button."""
    allowed = count_allowed(len(view.sensors))
    length = fitting if fitting < MINUTE else fitting - fitting % MINUTE
    show_empty(
        "This window is too long for this look",
        f"It is made of single readings, at most {format_count(allowed)} of each sensor. Zoom in "
        f"to {format_span(length)} or less, or choose fewer sensors.",
        icon=":material/zoom_in:",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(
            f"Show the last {format_span(length)}", icon=":material/zoom_in:", type="primary",
            on_click=move_window, args=(TimeWindow(view.window.end - length, view.window.end),),
        )  # fmt: skip


def pick_named(label: str, choices: Mapping[str, T], key: str, preferred: int = 0) -> T:
    """One of the choices by its name, which is kept in the address."""
    names = list(choices)
    if st.session_state.get(key) not in (None, *names):
        st.session_state[key] = names[preferred]
    name = st.selectbox(label, names, index=preferred, key=key, bind="query-params", width=220)
    return choices.get(str(name), choices[names[preferred]])


def list_colours(panels: Sequence[Panel]) -> Mapping[int, str]:
    """By sensor, the same as in the lines."""
    numbers = count()
    return {sensor.id: colour_of(next(numbers)) for panel in panels for sensor in panel.sensors}


def since_start_s(frame: pd.DataFrame, window: TimeWindow) -> Floats:
    return np.asarray((frame["time"] - window.start).dt.total_seconds(), np.float64)


def build_layout(
    panels: Sequence[Panel],
    *,
    y_title: Callable[[Panel], str],
    x_title: Callable[[Panel], str],
    is_shared: bool,
) -> dict[str, Any]:
    """A panel below the other, each with its legend; one horizontal axis where `is_shared`."""
    inner = len(panels) * PANEL_PX + (len(panels) - 1) * GAP_PX
    layout: dict[str, Any] = {
        "height": inner + TOP_PX + BOTTOM_PX + 20,
        "margin": {"t": TOP_PX, "b": BOTTOM_PX + 20, "l": 64, "r": 12},
        "showlegend": True,
    }
    for place, panel in enumerate(panels, start=1):
        top = 1 - (place - 1) * (PANEL_PX + GAP_PX) / inner
        axes = name_axes(place, is_shared=is_shared)
        layout[axes["yaxis"].replace("y", "yaxis", 1)] = {
            "domain": [max(0.0, top - PANEL_PX / inner), top], "anchor": axes["xaxis"],
            "nticks": 6, "title": {"text": chart_text(y_title(panel)), "font": {"size": 12}},
        }  # fmt: skip
        layout[axes["xaxis"].replace("x", "xaxis", 1)] = {
            "anchor": axes["yaxis"], "nticks": 8,
            "title": {"text": chart_text(x_title(panel)), "font": {"size": 12}, "standoff": 6},
        }  # fmt: skip
        layout[axes["legend"]] = {
            "title": {"text": f"<b>{chart_text(panel.title)}</b>  ", "side": "left",
                      "font": {"size": 13}},
            "font": {"size": 12}, "orientation": "h", "x": 0, "xanchor": "left", "y": top,
            "yanchor": "bottom",
        }  # fmt: skip
    return layout


def name_axes(place: int, *, is_shared: bool) -> dict[str, str]:
    """Of the panel at `place`, from 1 on."""
    number = "" if place == 1 else str(place)
    horizontal = "x" if is_shared else f"x{number}"
    return {"xaxis": horizontal, "yaxis": f"y{number}", "legend": f"legend{place + 1}"}


def with_unit(text: str, unit: str) -> str:
    return f"{text}{THIN_SPACE}{unit}" if unit else text


def list_reasons(reasons: Mapping[str, InvalidInput]) -> None:
    """Sensors that are left out, each with why and what to do."""
    for tag, error in reasons.items():
        st.caption(
            f":material/info: {safe_label(tag)} is left out. "
            f"{safe_label(f'{error.message} {error.hint}', 400)}"
        )
