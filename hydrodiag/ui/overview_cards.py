"""A card a machine: its state and why, how fresh, and its key quantities."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.readings.overview import KeyValue, MachineState
from hydrodiag.ui.findings_looks import SEVERITIES
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_looks import LOOKS
from hydrodiag.ui.quantities import format_age, format_value

CARD_WIDTH = 340
KEY_WIDTH = 135
MOST_KEYS = 4
LEAST_POINTS = 2
ALARMS = ("critical", "warning")
Sparklines = Mapping[int, Sequence[float]]
Worst = Mapping[int, WorstFinding]


def show_cards(
    machines: Sequence[MachineState], sparklines: Sparklines, worst: Worst, now: datetime
) -> None:
    grid = st.grid("auto", min_column_width=CARD_WIDTH)
    for machine in machines:
        with grid.container(border=True, height="stretch"):
            show_card(machine, sparklines, worst.get(machine.system_id), now)


def show_card(
    machine: MachineState, sparklines: Sparklines, worst: WorstFinding | None, now: datetime
) -> None:
    look = LOOKS[machine.state]
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        _show_name(machine)
        st.badge(look.label, icon=look.icon, color=look.colour)
    labels = (machine.code, machine.kind, machine.site)
    st.caption(" · ".join(label for label in labels if label))
    if machine.reason:
        st.markdown(f":{look.colour}[{look.icon}] {_sentence(machine.reason)}")
    if worst is not None:
        _show_finding(worst)
    if machine.keys:
        keys = st.grid(2, min_column_width=KEY_WIDTH)
        for key in machine.keys[:MOST_KEYS]:
            with keys.container():
                _show_key(key, sparklines.get(key.sensor_id, ()), machine, now)
    st.space("stretch")
    st.caption(f":material/schedule: Newest reading {format_age(machine.newest_at, now)}")


def _show_finding(worst: WorstFinding) -> None:
    look, page = SEVERITIES[worst.severity], find_page("Findings")
    label = f"{worst.title}, {look.label.lower()}"
    if page is not None:
        st.page_link(page, label=label, icon=look.icon, query_params={"finding": str(worst.id)})


def _show_name(machine: MachineState) -> None:
    page = find_page("Metrics")
    if page is None:
        st.markdown(f"**{machine.name}**")
        return
    st.page_link(page, label=f"**{machine.name}**", query_params={"system": machine.code})


def _show_key(key: KeyValue, means: Sequence[float], machine: MachineState, now: datetime) -> None:
    is_odd = key.state not in ("ok", "no_data", machine.state) or key.state in ALARMS
    age = f" Last read {format_age(key.at, now)}." if key.state == "stale" and key.at else ""
    st.metric(
        key.name,
        format_value(key.value, key.unit, key.resolution),
        icon=LOOKS[key.state].icon if is_odd else None,
        chart_data=list(means) if len(means) >= LEAST_POINTS else None,
        help=f"{key.tag}. The line: hourly means of the last 24 hours.{age}",
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
