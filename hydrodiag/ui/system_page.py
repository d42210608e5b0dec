"""One machine: how well it is, what is wrong, what it is held against, what has been done."""

from collections.abc import Callable, Mapping

import streamlit as st

from hydrodiag.fleet import System, list_systems
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.system_ahead import show_forecasts, show_unusual
from hydrodiag.ui.system_circuit import show_circuit
from hydrodiag.ui.system_documents import show_documents
from hydrodiag.ui.system_figures import show_figures
from hydrodiag.ui.system_health import show_findings, show_health
from hydrodiag.ui.system_maintenance import show_maintenance
from hydrodiag.ui.system_report import show_report
from hydrodiag.ui.system_setup import show_setup
from hydrodiag.ui.system_spans import show_skipped, show_spans
from hydrodiag.ui.system_timeline import show_timeline
from hydrodiag.ui.system_window import show_window

Parts = Mapping[str, Callable[[System], None]]
STATE: Parts = {
    "Findings": show_findings,
    "Key figures": show_figures,
    "Limits ahead": show_forecasts,
    "Against the healthy span": show_unusual,
    "Timeline": show_timeline,
    "Maintenance and notes": show_maintenance,
    "Documents": show_documents,
    "Report": show_report,
}
SETUP: Parts = {
    "Healthy span": show_spans,
    "Sensors and nominal values": show_setup,
    "Checks that could not be made": show_skipped,
    "Look at a window": show_window,
}


def show_system() -> None:
    with guarded("System"):
        systems = {each.code: each for each in read(["fleet"], list_systems)}
        if not systems:
            show_empty("No machines yet", "Load readings on the page Data.",
                       icon=":material/factory:")  # fmt: skip
            return
        code = st.selectbox("Machine", list(systems), key="system", bind="query-params", width=240)
        system = systems[code or next(iter(systems))]
        st.subheader(safe_label(system.name), anchor=False)
        labels = (system.kind, system.site, system.description)
        st.caption(safe_text(" · ".join(filter(None, labels))))
        show_circuit(system)
        show_health(system)
        _show_parts(STATE, system)
        st.divider()
        st.header("Setup", anchor=False)
        _show_parts(SETUP, system)


def _show_parts(parts: Parts, system: System) -> None:
    for title, show in parts.items():
        st.subheader(title, anchor=False)
        with guarded(title):
            show(system)
