"""The hydraulic circuit of a machine, drawn: how each part is and what is measured there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import streamlit as st

from hydrodiag.diagnostics.choices import list_health
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import FindingFilter
from hydrodiag.fleet import System, list_components, list_sensors
from hydrodiag.readings.overview import latest
from hydrodiag.ui import resources
from hydrodiag.ui.findings_looks import ONGOING
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.quantities import format_value
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.system_circuit_figure import build_circuit
from hydrodiag.ui.system_circuit_labels import SIGNS, describe, tell_age
from hydrodiag.ui.system_circuit_states import (
    ComponentState,
    SensorState,
    find_sensor_states,
    judge_components,
)
from hydrodiag.ui.system_component import show_component

CHOSEN = "component"
REFRESH_S = 10
LEGEND = ("Thick: pressure. Thin: return and suction. Dashed: case drain. ✓ good, ! worn, ✕ bad, "
          "? not assessed: by the worst finding going on, else by health.")  # fmt: skip


@st.fragment(run_every=REFRESH_S)
def show_circuit(system: System) -> None:
    with guarded("Circuit"):
        components = read(["fleet"], list_components, system.id)
        if not components:
            _show_none(system)
            return
        now = datetime.now(UTC)
        db = resources.database()
        sensors = find_sensor_states(read(["fleet"], list_sensors, system.id),
                                     latest(db, system.id), now)  # fmt: skip
        wanted = FindingFilter(statuses=ONGOING, system_code=system.code)
        states = judge_components(components, sensors, list_findings(db, wanted),
                                  list_health(db, system.id))  # fmt: skip
        _show_drawing(system, states, now)
        _show_unplaced(sensors, now)


def _show_none(system: System) -> None:
    show_empty(
        "No components yet",
        "Add the machine's pump, valves, cooler and so on, and say which sensor sits at which: "
        "the circuit is drawn from them.",
        icon=":material/schema:",
    )
    page = find_page("Fleet")
    if page is not None:
        st.page_link(page, label="Add components on Fleet", icon=":material/account_tree:",
                     query_params={"system": system.code})  # fmt: skip


def _show_drawing(system: System, states: Sequence[ComponentState], now: datetime) -> None:
    by_code = {each.component.code: each for each in states}
    left, right = st.columns([3, 2], gap="medium")
    drawing = left.container()
    with left:
        chosen = _pick_component(system, by_code)
    key = f"circuit_{system.id}_{chosen}"
    with drawing:
        st.plotly_chart(
            build_circuit(states, chosen, now), key=key, selection_mode="points",
            on_select=lambda: _take_click(key), config={"displayModeBar": False},
            alt=describe(states, system.name),
        )  # fmt: skip
    with right:
        if chosen is None:
            st.caption("Choose a component for its findings, sensors and limits.")
        else:
            show_component(system, by_code[chosen], now)


def _pick_component(system: System, states: Mapping[str, ComponentState]) -> str | None:
    """The address names the code: a bound widget would write the label, which changes."""
    key, asked = f"component_{system.id}", st.query_params.get(CHOSEN)
    st.session_state[key] = asked if asked in states else None
    chosen = st.pills(
        "Component", list(states), key=key, on_change=lambda: _choose(st.session_state[key]),
        format_func=lambda code: safe_label(
            f"{SIGNS[states[code].condition]} {states[code].component.name}", 60),
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    st.caption(LEGEND)
    return chosen


def _choose(code: str | None) -> None:
    if code is None:
        st.query_params.pop(CHOSEN, None)
    else:
        st.query_params[CHOSEN] = code


def _take_click(key: str) -> None:
    points = st.session_state[key].selection.points
    codes = [each["customdata"] for each in points if each.get("customdata")]
    if codes:
        _choose(codes[0])


def _show_unplaced(sensors: Sequence[SensorState], now: datetime) -> None:
    told = [
        f"{each.sensor.tag} {format_value(each.value, each.sensor.unit, each.sensor.resolution)}, "
        f"{tell_age(each, now)}"
        for each in sensors if each.sensor.component_id is None
    ]  # fmt: skip
    if told:
        st.caption(safe_text(f"At no component: {'; '.join(told)}."))
