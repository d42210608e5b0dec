"""A card a machine: its state and why, how fresh, and its key quantities."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.readings.overview import KeyValue, MachineState
from hydrodiag.ui.findings_looks import SEVERITIES
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_looks import LOOKS
from hydrodiag.ui.quantities import PLAIN_UP_TO, format_age, format_value
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.wording import join_count

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
    if machine.reason and not (worst and worst.title == machine.reason):
        st.markdown(f":{look.colour}[{look.icon}] {_sentence(safe_label(machine.reason))}")
    if worst is not None:
        _show_finding(worst, now)
    if machine.keys:
        with st.grid(2, min_column_width=KEY_WIDTH):
            for key in machine.keys[:MOST_KEYS]:
                _show_key(key, sparklines.get(key.sensor_id, ()), machine, now)
    st.space("stretch")
    st.caption(f":material/schedule: Newest reading {format_age(machine.newest_at, now)}")


def describe_moved(worst: WorstFinding | None) -> str:
    """The quantity that a finding was seen by: `Cooler effectiveness 0.31, usual 0.62`."""
    if worst is None or worst.evidence is None:
        return ""
    seen = worst.evidence
    usual = f", usual {_figure(seen.expected)}" if seen.expected is not None else ""
    unit = f" {seen.unit}".rstrip()
    return f"{seen.indicator_name} {_figure(seen.value)}{usual}{unit}"


def _figure(value: float) -> str:
    return f"{value:.3g}" if abs(value) < PLAIN_UP_TO else f"{value:.0f}"


def _show_finding(worst: WorstFinding, now: datetime) -> None:
    look, page = SEVERITIES[worst.severity], find_page("Findings")
    label = safe_label(f"{worst.title}, {look.label.lower()}")
    if page is not None:
        st.page_link(page, label=label, icon=look.icon, query_params={"finding": str(worst.id)})
    others = f"{join_count(worst.others, 'other', 'others')}" if worst.others else ""
    since = f"began {format_age(worst.since_at, now)}"
    st.caption(safe_text(" · ".join(filter(None, (describe_moved(worst), since, others)))))


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
