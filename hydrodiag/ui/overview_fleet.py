"""The fleet: how many machines are in which state, and the machines themselves."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from hydrodiag.diagnostics.attention import FleetNeed
from hydrodiag.readings.overview import MachineState
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_cards import show_cards
from hydrodiag.ui.overview_filters import filter_machines, pick_filter
from hydrodiag.ui.overview_markup import MOST_KEYS, build_totals
from hydrodiag.ui.overview_reads import list_topics, read_need, read_shown
from hydrodiag.ui.overview_table import show_table
from hydrodiag.ui.overview_wallboard import show_wallboard
from hydrodiag.ui.reads import one_state
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import join_count

REFRESH = "10s"
CARDS, TABLE, WALLBOARD = "Cards", "Table", "Wallboard"
MOST_CARDS = 24
STYLE = Path(__file__).with_name("assets") / "overview.css"
ROWS = {CARDS: 12, TABLE: 50}


@st.fragment(run_every=REFRESH)
def show_fleet() -> None:
    with guarded("Fleet"):
        now = datetime.now(UTC)
        topics = list_topics()
        with one_state(*topics):
            need = read_need(topics, now)
            if need.machines:
                _show_need(need, topics, now)
            else:
                _show_no_machines()


def _show_need(need: FleetNeed, topics: Sequence[str], now: datetime) -> None:
    machines = need.machines
    with st.container(key="fleet_controls"):
        _show_totals(machines)
        shown = filter_machines(machines, pick_filter(machines))
    if not shown:
        show_empty(
            "No machine matches",
            f"None of {join_count(len(machines), 'machine', 'machines')} fits these "
            "filters. Take one of them away.",
            icon=":material/search_off:",
        )
        return
    form, part = _pick_part(shown, is_small=len(machines) <= MOST_CARDS)
    if form == WALLBOARD:
        show_wallboard(shown, need.worst, now)
        st.button("Leave the wallboard", icon=":material/close:", on_click=_leave_wallboard)
        return
    known = read_shown(topics, part, MOST_KEYS, now)
    show = show_table if form == TABLE else show_cards
    show(known.machines, known.sparklines, need.worst, now)


def _show_totals(machines: Sequence[MachineState]) -> None:
    st.html(STYLE)
    st.html(build_totals(len(machines), Counter(machine.state for machine in machines)))


def _pick_part(
    machines: Sequence[MachineState], *, is_small: bool
) -> tuple[str, Sequence[MachineState]]:
    """How to show them, and those of the page that is turned to."""
    with st.container(horizontal=True, horizontal_alignment="distribute", key="fleet_pages"):
        form = st.segmented_control(
            "Show as", (CARDS, TABLE, WALLBOARD), default=CARDS if is_small else TABLE,
            required=True, key="as", bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        rows = ROWS.get(form or CARDS, len(machines))
        pages = -(-len(machines) // rows)
        number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
        st.caption(join_count(len(machines), "machine", "machines"))
    return form or CARDS, machines[(number - 1) * rows : number * rows]


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
