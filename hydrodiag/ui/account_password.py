"""Changing one's own password."""

import streamlit as st

from hydrodiag.accounts import change_password
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.gate.state import gate_state
from hydrodiag.ui.identity import session

DONE = "_password_changed"


def show_password() -> None:
    who = session()
    if who is None:
        return
    st.caption(f"Signed in as {who.user_name}, {who.role}.")
    if st.session_state.pop(DONE, False):
        st.success("Password changed; your other sessions have ended.",
                   icon=":material/check_circle:")  # fmt: skip
    if who.must_change_password:
        st.warning("Set a password of your own first.", title="One more step",
                   icon=":material/key:")  # fmt: skip
    with st.expander("Change password", icon=":material/key:", expanded=who.must_change_password):
        _show_form()


def _show_form() -> None:
    with st.form("change_password", border=False, clear_on_submit=True):
        current = st.text_input("Current password", type="password")
        new = st.text_input(
            "New password", type="password",
            help="At least 12 characters; a few unrelated words are easiest to keep in mind.",
        )  # fmt: skip
        again = st.text_input("New password again", type="password")
        if st.form_submit_button("Change password", type="primary"):
            _change(current or "", new or "", again or "")


def _change(current: str, new: str, again: str) -> None:
    who = session()
    if who is None:
        return
    if new != again:
        st.error("The two new passwords differ. Type them again.", icon=":material/error:")
        return
    try:
        change_password(resources.database(), who.actor, current, new, session_id=who.id)
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/error:")
        return
    gate_state().lookup.forget(who.id)
    st.session_state[DONE] = True
    st.rerun()
