"""The page Metrics: what to look at, then the readings."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from hydrodiag.fleet import Sensor, System, list_sensors, list_systems
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_controls import (
    pick_look,
    pick_range,
    pick_sensors,
    pick_system,
    show_ranges,
)
from hydrodiag.ui.metrics_moves import set_window
from hydrodiag.ui.metrics_options import Options, pick_options
from hydrodiag.ui.metrics_readings import show_readings
from hydrodiag.ui.metrics_saved import show_lost_link, show_views
from hydrodiag.ui.metrics_times import AxisClock, find_zone
from hydrodiag.ui.metrics_view import (
    LONGEST,
    MetricsView,
    shift,
    widen,
)
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.reads import one_state, read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import guarded, show_empty

# As assets/accessible.css knows them.
SUBJECT, CONTROLS = "metrics_subject", "metrics_controls"


def show_metrics() -> None:
    with guarded("Metrics"):
        show_lost_link()
        with one_state("fleet"):
            systems = read(("fleet",), list_systems)
            picked = _pick_sensors(systems) if systems else None
        if picked is not None:
            _show_machine(systems, *picked)
        else:
            _show_no_machines()


def _pick_sensors(systems: list[System]) -> tuple[System, list[Sensor], tuple[Sensor, ...]]:
    """A machine, its sensors, and those to show."""
    with st.container(horizontal=True, key=SUBJECT):
        system = pick_system(systems)
        sensors = read(("fleet",), list_sensors, system.id)
        return system, sensors, pick_sensors(sensors)


def _show_machine(
    systems: list[System], system: System, sensors: list[Sensor], chosen: tuple[Sensor, ...]
) -> None:
    zone = find_zone(st.context.timezone)
    with st.container(horizontal=True, vertical_alignment="bottom", key=CONTROLS):
        ranges = st.container(width="content")
        moves = st.container(horizontal=True, width="content", gap="xsmall")
        others = [each for each in systems if each.id != system.id]
        options = pick_options(others, sensors, chosen, zone)
        with ranges:
            show_ranges()
        views = st.container(width="content")
        look = pick_look()
        build = partial(_build_view, system, chosen, options, zone, look)
        with moves:
            _show_moves(options.absolute or pick_range())
        with views:
            show_views(build if chosen else None)
    st.caption(safe_text(_describe(system, options, zone)))
    if chosen:
        show_readings(build, options.refresh)
    elif sensors:
        show_empty("No sensor chosen", "Choose one or more sensors above.")
    else:
        show_empty(
            f"{system.name} has no sensors",
            "Upload a file with its readings on the page Data: the columns can become sensors.",
        )


def _build_view(
    system: System, sensors: tuple[Sensor, ...], options: Options, zone: ZoneInfo, look: str
) -> MetricsView:
    window, is_live = options.absolute or pick_range(), options.absolute is None
    return MetricsView(system, sensors, window, zone, is_live, options.comparison,
                       options.derived, look)  # fmt: skip


def _show_moves(window: TimeWindow) -> None:
    moves = (
        ("Earlier", ":material/chevron_left:", "Half a window earlier", lambda: shift(window, -1)),
        ("Wider", ":material/zoom_out:", "Twice as long", lambda: widen(window)),
        ("Later", ":material/chevron_right:", "Half a window later", lambda: shift(window, 1)),
    )
    for name, icon, text, build in moves:
        st.button(
            name, icon=icon, help=text, key=f"move_{name.lower()}", on_click=_move, args=(build,),
            disabled=name == "Wider" and window.span >= LONGEST - timedelta(days=1),
        )  # fmt: skip


def _move(build: Callable[[], TimeWindow]) -> None:
    set_window(build())


def _describe(system: System, options: Options, zone: ZoneInfo) -> str:
    times = _describe_times(options.absolute, zone) if options.absolute else ""
    refresh = f"read again every {options.refresh}" if options.refresh else ""
    parts = (system.name, system.kind, system.site, system.description, times, refresh)
    return " · ".join(part for part in parts if part)


def _describe_times(window: TimeWindow, zone: ZoneInfo) -> str:
    clock = AxisClock.build(window, zone)
    return f"from {clock.format(window.start)} to {clock.format(window.end)} {clock.label}"


def _show_no_machines() -> None:
    show_empty(
        "No machines yet",
        "Run `make init-data` for a demo fleet of six machines with 60 days of readings, or "
        "upload a file of your own readings.",
        icon=":material/monitoring:",
    )
    page = find_page("Data")
    if page is not None:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.page_link(page, label="Upload readings", icon=":material/upload_file:")
