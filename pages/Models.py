"""Models: conditions learned from labelled cycles, and how far to trust them."""

import streamlit as st

from hydrodiag.ui.models_page import show_models

st.title("Models", anchor=False)
show_models()
