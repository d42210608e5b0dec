"""System: one machine, its health, its findings and what it is held against."""

import streamlit as st

from hydrodiag.ui.system_page import show_system

st.title("System", anchor=False)
show_system()
