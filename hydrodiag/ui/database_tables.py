"""Which hypertable the page is about."""

import streamlit as st

from hydrodiag.timescale import list_hypertables
from hydrodiag.ui import resources
from hydrodiag.ui.states import guarded, show_empty

READINGS = "sensor_data"


def pick_table() -> str | None:
    """The readings unless another is chosen; None, with the reason shown, where there is none."""
    names: list[str] = []
    with guarded("Hypertables"):
        found = [table.name for table in list_hypertables(resources.database())]
        names = sorted(found, key=lambda name: (name != READINGS, name))
        if not names:
            show_empty("No hypertables", "Set the database up with `make migrate`.")
    if not names:
        return None
    return st.selectbox("Hypertable", names, key="table", bind="query-params", width=320)
