"""Data: files in, what became of them, and what was refused."""

import streamlit as st

from hydrodiag.ui.data_files import show_files
from hydrodiag.ui.data_quarantine import show_quarantine
from hydrodiag.ui.data_upload import show_upload

st.title("Data", anchor=False)
tabs = st.tabs(["Upload", "Files", "Quarantine"], key="tab", bind="query-params")
for tab, show in zip(tabs, (show_upload, show_files, show_quarantine), strict=True):
    if tab.open:
        with tab:
            show()
