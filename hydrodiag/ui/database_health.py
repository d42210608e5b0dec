"""The health of the database: what is wrong first, with what to do about it."""

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from hydrodiag.timescale import HealthReport, timescale_health_check
from hydrodiag.timescale.reports import HealthCheck
from hydrodiag.ui import resources
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import NOTHING

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
        checks = sort_checks(report.checks)
        for check in checks:
            if check.status != "ok":
                _show_conspicuous(check)
        passed = [check for check in checks if check.status == "ok"]
        st.dataframe(build_check_frame(passed), hide_index=True, height="content", alt="Passed")


def summarise_health(report: HealthReport) -> str:
    counts = {status: sum(each.status == status for each in report.checks) for status in ORDER}
    named = [f"{counts[status]} {LOOKS[status][0].lower()}" for status in ORDER if counts[status]]
    return f"{len(report.checks)} checks: {', '.join(named)}."


def sort_checks(checks: Sequence[HealthCheck]) -> list[HealthCheck]:
    return sorted(checks, key=lambda check: ORDER.index(check.status))


def build_check_frame(checks: Sequence[HealthCheck]) -> pd.DataFrame:
    rows = [
        (LOOKS[each.status][0], each.title, each.value, each.limit or NOTHING) for each in checks
    ]
    return pd.DataFrame(rows, columns=["State", "Check", "Found", "Expected"])


def _show_conspicuous(check: HealthCheck) -> None:
    label, icon, colour = LOOKS[check.status]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(label, icon=icon, color=colour)
            st.markdown(f"**{check.title}**: {check.value}")
        expected = f"Expected: {check.limit}. " if check.limit else ""
        if expected or check.hint:
            st.caption(expected + check.hint)
