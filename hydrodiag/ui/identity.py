"""Who uses this page: looked up anew at each run, so that a changed role holds at once."""

import streamlit as st

from hydrodiag.accounts import Actor, Permission, Session, allows
from hydrodiag.ui.gate.state import gate_state

NOBODY = Actor("nobody", None)


def session() -> Session | None:
    """The living session; None without the gate, whose header would be a stranger's."""
    state = gate_state()
    session_id = st.user.get("session")
    if not state.is_installed or not session_id:
        return None
    return state.lookup.by_id(str(session_id))


def me() -> Actor:
    found = session()
    return found.actor if found else NOBODY


def may(permission: Permission) -> bool:
    return allows(me().role, permission)


def demand(permission: Permission) -> None:
    """The first line of a page that not everybody may see."""
    if not may(permission):
        st.error(f"Your role does not allow to {permission}.", title="Not for your role",
                 icon=":material/lock:")  # fmt: skip
        st.stop()
