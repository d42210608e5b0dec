"""Data: files in, what became of them, and what was refused."""

import streamlit as st

from hydrodiag.ui.data_upload import show_upload

st.title("Data", anchor=False)
upload, files, quarantine = st.tabs(
    ["Upload", "Files", "Quarantine"], key="tab", bind="query-params"
)
if upload.open:
    with upload:
        show_upload()
