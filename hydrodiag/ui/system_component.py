"""One component of the circuit: how it is and why, what is wrong, what is measured at it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from hydrodiag.fleet import Sensor, System
from hydrodiag.ui.findings_looks import SEVERITIES, STATUSES
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_looks import Colour
from hydrodiag.ui.quantities import format_age, format_number, format_value
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.system_circuit_labels import SIGNS, tell_age
from hydrodiag.ui.system_circuit_states import ComponentState, Condition, SensorState
from hydrodiag.ui.wording import NOTHING

COLOURS: Mapping[Condition, Colour] = {
    Condition.GOOD: "green", Condition.WORN: "orange", Condition.BAD: "red",
    Condition.UNKNOWN: "gray",
}  # fmt: skip


def show_component(system: System, state: ComponentState, now: datetime) -> None:
    component = state.component
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {safe_label(component.name)}")
        colour = COLOURS[state.condition]
        st.badge(f"{SIGNS[state.condition]} {state.condition}", color=colour)
    st.caption(safe_text(" · ".join((component.kind, component.code))))
    _show_health(state)
    _show_findings(state, now)
    _show_sensors(system, state.sensors, now)


def _show_health(state: ComponentState) -> None:
    if state.score is None:
        st.markdown("Health: nothing of it could be assessed.")
    else:
        because = f": {state.because}" if state.because else ""
        st.markdown(safe_text(f"Health {state.score:.0f} of 100{because}"))
    if state.twins:
        st.caption(f"The checks look at all components of this kind together: {state.twins} more "
                   "share health and findings.")  # fmt: skip


def _show_findings(state: ComponentState, now: datetime) -> None:
    page = find_page("Findings")
    if not state.findings or page is None:
        st.caption("No findings going on.")
        return
    for each in state.findings:
        look = SEVERITIES[each.severity]
        st.page_link(page, label=safe_label(f"{each.title}, {look.label.lower()}"),
                     icon=look.icon, query_params={"finding": str(each.id)})  # fmt: skip
        st.caption(safe_text(f"{STATUSES[each.status]}, began {format_age(each.since_at, now)}"))


def _show_sensors(system: System, sensors: Sequence[SensorState], now: datetime) -> None:
    if not sensors:
        st.caption("No sensors are assigned to it.")
        return
    st.dataframe(build_sensor_frame(sensors, now), hide_index=True, height="content",
                 alt="Sensors of this component")  # fmt: skip
    page = find_page("Metrics")
    if page is not None:
        tags = [each.sensor.tag for each in sensors]
        st.page_link(page, label="Open these in Metrics", icon=":material/monitoring:",
                     query_params={"system": system.code, "sensors": tags})  # fmt: skip


def build_sensor_frame(sensors: Sequence[SensorState], now: datetime) -> pd.DataFrame:
    rows = [
        (each.sensor.name, format_value(each.value, each.sensor.unit, each.sensor.resolution),
         tell_age(each, now),
         _tell_limits(each.sensor, each.sensor.warn_low, each.sensor.warn_high),
         _tell_limits(each.sensor, each.sensor.critical_low, each.sensor.critical_high),
         each.sensor.tag)
        for each in sensors
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Sensor", "Newest", "Read", "Warning", "Critical", "Tag"])


def _tell_limits(sensor: Sensor, low: float | None, high: float | None) -> str:
    """`below 80, above 200 bar`."""
    told = [f"{side} {format_number(limit, sensor.resolution)}"
            for side, limit in (("below", low), ("above", high)) if limit is not None]  # fmt: skip
    return f"{', '.join(told)} {sensor.unit}".rstrip() if told else NOTHING
