"""Audit: who did what, when and from where."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.ui.audit_log import show_audit
from hydrodiag.ui.identity import demand

st.title("Audit", anchor=False)
demand(Permission.SEE_AUDIT)
show_audit()
