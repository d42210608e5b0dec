"""Invitations: links by which people make their own accounts."""

from urllib.parse import quote

import pandas as pd
import streamlit as st

from hydrodiag.accounts import (
    Invitation,
    Role,
    invite,
    list_invitations,
    withdraw_invitation,
)
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.identity import me
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.users_list import ROLES
from hydrodiag.ui.wording import format_instant

LINK = "_invitation_link"


def show_invitations() -> None:
    with guarded("Invitations"):
        _show_link()
        invitations = list_invitations(resources.database(), me())
        if invitations:
            st.dataframe(
                build_invitation_frame(invitations), hide_index=True, alt="Open invitations"
            )
            _offer_withdrawal(invitations)
        else:
            show_empty("No open invitations", "Make a link for a new colleague below.",
                       icon=":material/mail:")  # fmt: skip
        _show_form()


def build_invitation_frame(invitations: list[Invitation]) -> pd.DataFrame:
    rows = [
        (each.id, each.note, each.role, each.invited_by, format_instant(each.expires_at))
        for each in invitations
    ]
    return pd.DataFrame(rows, columns=["Number", "For", "Role", "By", "Holds until (UTC)"])


def _offer_withdrawal(invitations: list[Invitation]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox("Invitation", [each.id for each in invitations], width=160)
        st.button("Withdraw", icon=":material/unsubscribe:", key="withdraw",
                  on_click=_withdraw, args=(number,))  # fmt: skip


def _show_form() -> None:
    with st.form("invite", border=False, clear_on_submit=True):
        note = st.text_input("For", placeholder="Anna Petrova, hall 2")
        role = st.selectbox("Role", list(ROLES), format_func=ROLES.__getitem__)
        if st.form_submit_button("Make a link", type="primary", icon=":material/add_link:"):
            _invite(role or Role.VIEWER, (note or "").strip())


def _invite(role: Role, note: str) -> None:
    try:
        token = invite(resources.database(), me(), role, note)
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/error:")
        return
    st.session_state[LINK] = f"{_base()}/invitation?token={quote(token)}"
    st.rerun()


def _base() -> str:
    """What the browser shows, as far as is known."""
    origin = resources.settings().public_origin
    return origin or f"http://{st.context.headers.get('Host', 'localhost:8501')}"


def _withdraw(number: int) -> None:
    try:
        withdraw_invitation(resources.database(), me(), number)
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")


def _show_link() -> None:
    if link := st.session_state.pop(LINK, None):
        st.success("Shown once: whoever has it can make one account within 7 days.",
                   title="Invitation", icon=":material/link:")  # fmt: skip
        st.code(link, language=None)
