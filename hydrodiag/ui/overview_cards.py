"""A card a machine: its state and why, how fresh, and its key quantities."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.readings.overview import MachineState
from hydrodiag.ui.findings_looks import SEVERITIES
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_markup import Sparklines, build_body, build_head
from hydrodiag.ui.safe_text import safe_label

CARD_WIDTH = 340
LINKED = ("Metrics", "Findings", "System")
Worst = Mapping[int, WorstFinding]
Pages = Mapping[str, StreamlitPage | None]


def show_cards(
    machines: Sequence[MachineState], sparklines: Sparklines, worst: Worst, now: datetime
) -> None:
    pages = {title: find_page(title) for title in LINKED}
    grid = st.grid("auto", min_column_width=CARD_WIDTH)
    for machine in machines:
        with grid.container(border=True, height="stretch", gap="xsmall"):
            _show_card(machine, sparklines, worst.get(machine.system_id), now, pages)


def _show_card(
    machine: MachineState, sparklines: Sparklines, worst: WorstFinding | None, now: datetime,
    pages: Pages,
) -> None:  # fmt: skip
    """Links are elements of the page, which open without loading it anew; the rest is HTML."""
    system = {"system": machine.code}
    _show_link(pages["Metrics"], f"**{safe_label(machine.name)}**", system)
    head, body = build_head(machine, worst), build_body(machine, sparklines, worst, now)
    if worst is None:
        st.html(head + body)
    else:
        st.html(head)
        look = SEVERITIES[worst.severity]
        label = safe_label(f"{worst.title}, {look.label.lower()}")
        _show_link(pages["Findings"], label, {"finding": str(worst.id)}, look.icon)
        st.html(body)
    _show_link(pages["System"], "Circuit and components", system)


def _show_link(
    page: StreamlitPage | None, label: str, address: Mapping[str, str], icon: str | None = None
) -> None:
    if page is not None:
        st.page_link(page, label=label, icon=icon, query_params=address)
