"""A card a machine: its state and why, how fresh, and its key quantities."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.readings.overview import MachineState
from hydrodiag.ui.findings_looks import SEVERITIES
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_markup import Sparklines, build_body, build_head
from hydrodiag.ui.safe_text import safe_label

CARD_WIDTH = 340
Worst = Mapping[int, WorstFinding]


def show_cards(
    machines: Sequence[MachineState], sparklines: Sparklines, worst: Worst, now: datetime
) -> None:
    grid = st.grid("auto", min_column_width=CARD_WIDTH)
    for machine in machines:
        with grid.container(border=True, height="stretch", gap="xsmall"):
            _show_card(machine, sparklines, worst.get(machine.system_id), now)


def _show_card(
    machine: MachineState, sparklines: Sparklines, worst: WorstFinding | None, now: datetime
) -> None:
    """Links are elements of the page, which open without loading it anew; the rest is HTML."""
    _show_link("Metrics", f"**{safe_label(machine.name)}**", "system", machine.code)
    head, body = build_head(machine, worst), build_body(machine, sparklines, worst, now)
    if worst is None:
        st.html(head + body)
    else:
        st.html(head)
        look = SEVERITIES[worst.severity]
        label = safe_label(f"{worst.title}, {look.label.lower()}")
        _show_link("Findings", label, "finding", str(worst.id), look.icon)
        st.html(body)
    _show_link("System", "Circuit and components", "system", machine.code)


def _show_link(title: str, label: str, name: str, value: str, icon: str | None = None) -> None:
    page = find_page(title)
    if page is not None:
        st.page_link(page, label=label, icon=icon, query_params={name: value})
