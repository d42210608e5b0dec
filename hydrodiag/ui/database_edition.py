"""Which TimescaleDB answers, and what it cannot do."""

import streamlit as st

from hydrodiag.timescale import Edition, detect_edition
from hydrodiag.ui import resources
from hydrodiag.ui.states import guarded

NAMES = {"community": "Community edition", "apache": "Apache edition", "none": "not installed"}


def show_edition() -> None:
    with guarded("TimescaleDB"):
        edition = detect_edition(resources.database())
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(f"TimescaleDB {edition.version or ''}", icon=":material/database:")
            st.badge(
                NAMES[edition.name],
                icon=":material/deployed_code:",
                color="red" if edition.name == "none" else "gray",
            )
        _explain(edition)


def _explain(edition: Edition) -> None:
    if edition.is_misconfigured:
        st.warning(
            "The server claims the Timescale license but runs the Apache programs: set "
            "`timescaledb.license = 'apache'`, or install the Community edition.",
            icon=":material/warning:",
        )
    if edition.compression_obstacle:
        st.caption(
            f":material/info: {edition.compression_obstacle} Partitions, retention, rollups and "
            "charts work alike on both."
        )
