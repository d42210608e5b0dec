"""Manuals: what there is, searching it, and the index behind."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.ui.identity import may
from hydrodiag.ui.manuals_glossary import show_glossary
from hydrodiag.ui.manuals_index import show_index
from hydrodiag.ui.manuals_list import show_library
from hydrodiag.ui.manuals_outages import show_outages
from hydrodiag.ui.manuals_questions import show_questions
from hydrodiag.ui.manuals_review import show_review
from hydrodiag.ui.manuals_search import show_search

st.title("Manuals", anchor=False)
show_outages()
parts = {"Library": show_library, "Search": show_search, "Index": show_index}
parts["Glossary"] = show_glossary
if may(Permission.MANAGE_MANUALS):
    parts["Questions"] = show_questions
    parts["Review"] = show_review
tabs = st.tabs(list(parts), key="tab", bind="query-params")
for tab, show in zip(tabs, parts.values(), strict=True):
    if tab.open:
        with tab:
            show()
