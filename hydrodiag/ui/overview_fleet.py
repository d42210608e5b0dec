"""The fleet: how many machines are in which state, and the machines themselves."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from hydrodiag.diagnostics.attention import list_by_need
from hydrodiag.readings.overview import MachineState, load_sparklines, with_keys
from hydrodiag.ui import resources
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_cards import MOST_KEYS, Worst, show_cards
from hydrodiag.ui.overview_filters import filter_machines, pick_filter
from hydrodiag.ui.overview_looks import LOOKS
from hydrodiag.ui.overview_table import show_table
from hydrodiag.ui.overview_wallboard import show_wallboard
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import join_count

REFRESH = "10s"
CARDS, TABLE, WALLBOARD = "Cards", "Table", "Wallboard"
MOST_CARDS = 24
KPI_WIDTH = 120
ROWS = {CARDS: 12, TABLE: 50}


@st.fragment(run_every=REFRESH)
def show_fleet() -> None:
    with guarded("Fleet"):
        now = datetime.now(UTC)
        need = list_by_need(resources.database(), now)
        machines = need.machines
        if not machines:
            _show_no_machines()
            return
        with st.container(key="fleet_controls"):
            _show_totals(machines)
            shown = filter_machines(machines, pick_filter(machines))
        if shown:
            _show_machines(shown, need.worst, now, is_small=len(machines) <= MOST_CARDS)
        else:
            show_empty(
                "No machine matches",
                f"None of {join_count(len(machines), 'machine', 'machines')} fits these "
                "filters. Take one of them away.",
                icon=":material/search_off:",
            )


def _show_totals(machines: Sequence[MachineState]) -> None:
    counts = Counter(machine.state for machine in machines)
    states = [state for state in LOOKS if counts[state] or state != "no_data"]
    with st.grid(len(states) + 1, min_column_width=KPI_WIDTH):
        st.metric("Machines", len(machines), border=True, icon=":material/factory:")
        for state in states:
            st.metric(LOOKS[state].label, counts[state], border=True, icon=LOOKS[state].icon)


def _show_machines(
    machines: Sequence[MachineState], worst: Worst, now: datetime, *, is_small: bool
) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", key="fleet_pages"):
        form = st.segmented_control(
            "Show as", (CARDS, TABLE, WALLBOARD), default=CARDS if is_small else TABLE,
            required=True, key="as", bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        rows = ROWS.get(form or CARDS, len(machines))
        pages = -(-len(machines) // rows)
        number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
        st.caption(join_count(len(machines), "machine", "machines"))
    if form == WALLBOARD:
        show_wallboard(machines, worst, now)
        st.button("Leave the wallboard", icon=":material/close:", on_click=_leave_wallboard)
        return
    part = with_keys(resources.database(), machines[(number - 1) * rows : number * rows])
    ids = [key.sensor_id for machine in part for key in machine.keys[:MOST_KEYS]]
    sparklines = load_sparklines(resources.database(), ids, now)
    show = show_table if form == TABLE else show_cards
    show(part, sparklines, worst, now)


def _leave_wallboard() -> None:
    st.session_state["as"] = CARDS


def _show_no_machines() -> None:
    show_empty(
        "No machines yet",
        "Run `make init-data` for a demo fleet of six machines with 60 days of readings, or "
        "upload a file of your own readings.",
        icon=":material/factory:",
    )
    page = find_page("Data")
    if page is not None:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.page_link(page, label="Upload readings", icon=":material/upload_file:")
