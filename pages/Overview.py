"""Overview: which machine needs somebody, and why."""

import streamlit as st

from hydrodiag.ui.overview_fleet import show_fleet

st.title("Overview", anchor=False)
show_fleet()
