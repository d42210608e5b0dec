"""Data: files in, what became of them, and what was refused."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.ui.data_files import show_files
from hydrodiag.ui.data_quarantine import show_quarantine
from hydrodiag.ui.data_upload import show_upload
from hydrodiag.ui.identity import may

st.title("Data", anchor=False)
parts = {"Files": show_files, "Quarantine": show_quarantine}
if may(Permission.UPLOAD):
    parts = {"Upload": show_upload, **parts}
tabs = st.tabs(list(parts), key="tab", bind="query-params")
for tab, show in zip(tabs, parts.values(), strict=True):
    if tab.open:
        with tab:
            show()
