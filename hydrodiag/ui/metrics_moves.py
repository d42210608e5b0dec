"""A window of Metrics that the page itself sets: by a drag, a button, a click on an event."""

from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_times import write_instant
from hydrodiag.ui.metrics_view import at_least

FROM, TO, RANGE = "from", "to", "range"
MOVED = "_window_moved"
UNHEARD = "_window_unheard"


def set_window(window: TimeWindow) -> None:
    """For callbacks: look at exactly this, and put it in the URL."""
    wanted = at_least(window)
    _write(write_instant(wanted.start), write_instant(wanted.end))
    st.session_state[UNHEARD] = (st.session_state[FROM], st.session_state[TO])


def move_window(window: TimeWindow) -> None:
    """From inside the fragment: the controls outside have to follow."""
    set_window(window)
    st.session_state[MOVED] = True


def keep_unheard() -> None:
    """Before the controls are drawn: a window that the browser has not heard of yet stays.

    Whatever it asks for until then (the next click, a refresh) comes with the times that its
    controls had before, and Streamlit takes those for chosen. Its address tells what it knows.
    """
    unheard = st.session_state.get(UNHEARD)
    context = get_script_run_ctx()
    if unheard is None or context is None:
        return
    asked = parse_qs(context.query_string)
    # One of the two may be what the reader has just typed.
    has_heard = asked.get(FROM) == [unheard[0]] or asked.get(TO) == [unheard[1]]
    has_left = FROM not in st.session_state or context.is_history_navigation
    # A refresh of the chart alone does not come by here, and may have taken both away.
    is_lost = not st.session_state.get(FROM) and st.session_state.get(RANGE) is None
    if not has_left and (is_lost or not has_heard):
        _write(*unheard)
    if has_left or has_heard:
        del st.session_state[UNHEARD]


def _write(start: str, end: str) -> None:
    st.session_state[FROM], st.session_state[TO], st.session_state[RANGE] = start, end, None
