"""Database: how readings are stored, how long they live, and whether all is well."""

import streamlit as st

from hydrodiag.ui.database_dry_runs import show_dry_runs
from hydrodiag.ui.database_edition import show_edition
from hydrodiag.ui.database_figures import show_figures
from hydrodiag.ui.database_health import show_health
from hydrodiag.ui.database_holds import show_holds
from hydrodiag.ui.database_policy import show_policy
from hydrodiag.ui.database_tables import pick_table

PARTS = {
    "Chunks": show_figures,
    "Policy": show_policy,
    "Dry runs": show_dry_runs,
    "Holds": show_holds,
}

st.title("Database", anchor=False)
show_edition()
table = pick_table()
*tabs, health = st.tabs([*PARTS, "Health"], key="tab", bind="query-params")
for tab, show in zip(tabs, PARTS.values(), strict=True):
    if tab.open and table:
        with tab:
            show(table)
if health.open:
    with health:
        show_health()
