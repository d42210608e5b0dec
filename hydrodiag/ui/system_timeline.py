"""What happened to a machine: its findings, its maintenance and its notes over time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import streamlit as st

from hydrodiag.diagnostics.choices import list_maintenance
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import TOPIC, FindingFilter
from hydrodiag.diagnostics.records import Severity
from hydrodiag.fleet import System, list_components
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.reads import read
from hydrodiag.ui.system_timeline_chart import build_timeline, build_timeline_frame, pick_shown

DAYS: Mapping[str, int] = {"7 d": 7, "30 d": 30, "90 d": 90, "365 d": 365}
USUAL = "90 d"
STEP = timedelta(minutes=5)


def show_timeline(system: System) -> None:
    chosen = st.segmented_control("Up to now, the last", list(DAYS), default=USUAL, required=True,
                                  key="days", bind="query-params")  # fmt: skip
    now = datetime.now(UTC)
    window = TimeWindow(now - timedelta(days=DAYS[chosen or USUAL]), now).rounded(STEP)
    wanted = FindingFilter(system_code=system.code, least=Severity.ADVISORY, from_at=window.start)
    findings = pick_shown(read([TOPIC], list_findings, wanted), window)
    done = read([TOPIC], list_maintenance, system.id, from_at=window.start, until_at=window.end)
    if not findings and not done:
        st.caption("Nothing was found and nothing was noted in these days.")
        return
    names = {each.kind: each.name for each in read(["fleet"], list_components, system.id)}
    event = st.plotly_chart(
        build_timeline(findings, done, window, names), key=f"timeline_{system.id}",
        on_select="rerun", selection_mode="points", config={"displaylogo": False},
        alt="Findings, maintenance and notes over time",
    )  # fmt: skip
    st.caption("In UTC. A click on a finding opens it.")
    with st.expander("Timeline as a table"):
        st.dataframe(build_timeline_frame(findings, done), hide_index=True, alt="Timeline")
    _open_chosen(event.selection.points)


def _open_chosen(points: list[dict[str, object]]) -> None:
    page = find_page("Findings")
    chosen = points[0].get("customdata") if points else None
    if isinstance(chosen, list):
        chosen = chosen[0] if chosen else None
    if page is not None and chosen is not None:
        st.switch_page(page, query_params={"finding": str(chosen)})
