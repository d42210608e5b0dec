"""Users: who may sign in, and as what."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.ui.identity import demand
from hydrodiag.ui.users_invitations import show_invitations
from hydrodiag.ui.users_list import show_users

st.title("Users", anchor=False)
demand(Permission.MANAGE_USERS)
users, invitations = st.tabs(["Accounts", "Invitations"], key="tab", bind="query-params")
if users.open:
    with users:
        show_users()
if invitations.open:
    with invitations:
        show_invitations()
