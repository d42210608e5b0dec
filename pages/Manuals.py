"""Manuals: what there is, searching it, and the index behind."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.ui.identity import may
from hydrodiag.ui.manuals_glossary import show_glossary
from hydrodiag.ui.manuals_index import show_index
from hydrodiag.ui.manuals_list import show_manuals
from hydrodiag.ui.manuals_search import show_search
from hydrodiag.ui.manuals_upload import show_manual_upload

st.title("Manuals", anchor=False)
library, search, index, glossary = st.tabs(
    ["Library", "Search", "Index", "Glossary"], key="tab", bind="query-params"
)
if library.open:
    with library:
        if may(Permission.MANAGE_MANUALS):
            show_manual_upload()
        show_manuals()
for tab, show in ((search, show_search), (index, show_index), (glossary, show_glossary)):
    if tab.open:
        with tab:
            show()
