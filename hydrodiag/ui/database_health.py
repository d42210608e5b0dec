"""The health of the database: what is wrong first, with what to do about it."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from hydrodiag.timescale import HealthReport, timescale_health_check
from hydrodiag.timescale.reports import HealthCheck
from hydrodiag.ui import resources
from hydrodiag.ui.states import guarded

ORDER = ("failing", "warning", "ok")
Colour = Literal["red", "orange", "green"]
LOOKS: dict[str, tuple[str, str, Colour]] = {
    "failing": ("Failing", ":material/error:", "red"),
    "warning": ("Warning", ":material/warning:", "orange"),
    "ok": ("OK", ":material/check_circle:", "green"),
}


def show_health() -> None:
    with guarded("Health"):
        report = timescale_health_check(resources.database())
        st.markdown(summarise_health(report))
        for check in sort_checks(report.checks):
            _show_check(check)


def summarise_health(report: HealthReport) -> str:
    counts = {status: sum(each.status == status for each in report.checks) for status in ORDER}
    named = [f"{counts[status]} {LOOKS[status][0].lower()}" for status in ORDER if counts[status]]
    return f"{len(report.checks)} checks: {', '.join(named)}."


def sort_checks(checks: Sequence[HealthCheck]) -> list[HealthCheck]:
    return sorted(checks, key=lambda check: ORDER.index(check.status))


def _show_check(check: HealthCheck) -> None:
    label, icon, colour = LOOKS[check.status]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(label, icon=icon, color=colour)
            limit = f" (limit {check.limit})" if check.limit else ""
            st.markdown(f"**{check.title}**: {check.value}{limit}")
        if check.hint and check.status != "ok":
            st.caption(check.hint)
