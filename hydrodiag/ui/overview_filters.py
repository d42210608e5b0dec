"""Which machines of the fleet are looked at; every choice stands in the URL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st

from hydrodiag.readings.overview import MachineState
from hydrodiag.ui.overview_looks import LABELS, find_state


@dataclass(frozen=True)
class FleetFilter:
    """Empty: no restriction. `text` is looked for in code, name, kind and site."""

    text: str = ""
    sites: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()

    def accepts(self, machine: MachineState) -> bool:
        return (
            self._finds(machine)
            and (not self.sites or machine.site in self.sites)
            and (not self.kinds or machine.kind in self.kinds)
            and (not self.states or machine.state in self.states)
        )

    def _finds(self, machine: MachineState) -> bool:
        fields = (machine.code, machine.name, machine.kind, machine.site)
        whole = " ".join(fields).casefold()
        return all(word in whole for word in self.text.casefold().split())


def filter_machines(machines: Iterable[MachineState], wanted: FleetFilter) -> list[MachineState]:
    return [machine for machine in machines if wanted.accepts(machine)]


def pick_filter(machines: Sequence[MachineState]) -> FleetFilter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search", key="q", bind="query-params", type="search", width=260,
            placeholder="Code, name, kind or site", icon=":material/search:",
        )  # fmt: skip
        sites = _pick_some("Site", (machine.site for machine in machines), "site")
        kinds = _pick_some("Kind", (machine.kind for machine in machines), "kind")
        states = st.pills("State", LABELS, selection_mode="multi", key="state", bind="query-params")
    return FleetFilter(
        text or "",
        frozenset(sites),
        frozenset(kinds),
        frozenset(find_state(label) for label in states or ()),
    )


def _pick_some(label: str, values: Iterable[str], key: str) -> list[str]:
    options = sorted({value for value in values if value})
    return st.multiselect(
        label, options, key=key, bind="query-params", width=220, placeholder="All"
    )
