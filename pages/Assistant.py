"""Assistant: answers from the manuals and from live readings, each with its source."""

import streamlit as st

from hydrodiag.ui.assistant_page import show_assistant

st.title("Assistant", anchor=False)
show_assistant()
