"""The parts that HydroDiag needs, each with its state and what to do."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from hydrodiag.health import Probe, State, probe_all
from hydrodiag.ui import resources

TICK_S = 10.0
Colour = Literal["green", "orange", "red"]
LOOKS: Mapping[State, tuple[str, str, Colour]] = {
    State.OK: ("OK", ":material/check_circle:", "green"),
    State.WARNING: ("Warning", ":material/warning:", "orange"),
    State.FAILING: ("Failing", ":material/error:", "red"),
}


def show_parts() -> None:
    """Looks again every few seconds, also while the database is away."""
    st.fragment(_show_probes, run_every=TICK_S)()


def _show_probes() -> None:
    for probe in probe_all(resources.database, resources.settings()):
        _show_probe(probe)


def _show_probe(probe: Probe) -> None:
    label, icon, colour = LOOKS[probe.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(label, icon=icon, color=colour)
            is_there = probe.state is State.OK and probe.took_ms
            took = f", answered in {probe.took_ms:.0f} ms" if is_there else ""
            st.markdown(f"**{probe.title}**: {probe.detail}{took}")
        if probe.hint:
            st.caption(probe.hint)
