"""Findings: what is wrong, since when, how sure, and what to do."""

import streamlit as st

from hydrodiag.ui.findings_detail import show_finding
from hydrodiag.ui.findings_inbox import CHOSEN, show_inbox

st.title("Findings", anchor=False)
chosen = st.query_params.get(CHOSEN, "")
if chosen.isdecimal():
    show_finding(int(chosen))
else:
    show_inbox()
