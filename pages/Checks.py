"""Checks: what machines are held against, and by which source."""

import streamlit as st

from hydrodiag.ui.checks_page import show_checks

st.title("Checks", anchor=False)
show_checks()
