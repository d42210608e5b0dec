"""Metrics: readings of a machine over time."""

import streamlit as st

from hydrodiag.ui.metrics_page import show_metrics

st.title("Metrics", anchor=False)
show_metrics()
