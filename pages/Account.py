"""Account: one's own password and sessions."""

import streamlit as st

from hydrodiag.ui.account_password import show_password
from hydrodiag.ui.account_sessions import show_sessions

st.title("Account", anchor=False)
show_password()
show_sessions()
