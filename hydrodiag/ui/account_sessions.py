"""One's own sessions, each to be ended."""

from datetime import UTC, datetime

import streamlit as st

from hydrodiag.accounts import SessionLine, end_session, list_sessions
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.identity import session
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import format_away, format_instant


def show_sessions() -> None:
    who = session()
    if who is None:
        return
    st.subheader("Your sessions", anchor=False)
    with guarded("Your sessions"):
        for line in list_sessions(resources.database(), who.user_id):
            _show_line(line, who.user_id, is_this=line.id == who.id)


def describe_agent(user_agent: str) -> str:
    """The browser and system, as far as its name says."""
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    browser = next((name for name in browsers if name in user_agent), "A browser")
    system = next((name for name in systems if name in user_agent), "")
    names = {"Edg": "Edge", "OPR": "Opera"}
    return f"{names.get(browser, browser)} on {system}" if system else names.get(browser, browser)


def _show_line(line: SessionLine, user_id: int, *, is_this: bool) -> None:
    now = datetime.now(UTC)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        used = format_away(line.last_seen_at, now)
        st.markdown(
            f"**{describe_agent(line.user_agent)}**, {line.address or 'unknown address'}  \n"
            f"since {format_instant(line.created_at)} UTC, used {used}"
        )
        if is_this:
            st.badge("This one", icon=":material/check:", color="green")
        else:
            st.button("End", icon=":material/logout:", key=f"end_{line.id}",
                      on_click=_end, args=(line.id, user_id))  # fmt: skip


def _end(session_id: str, user_id: int) -> None:
    try:
        end_session(resources.database(), session_id, user_id=user_id)
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")
