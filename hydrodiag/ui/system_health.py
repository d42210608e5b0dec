"""How well each component of a machine is, and what is wrong with it now."""

from datetime import UTC, datetime

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.diagnostics.choices import StoredHealth, list_health
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import FindingFilter
from hydrodiag.diagnostics.running.diagnostic_jobs import RUN_DIAGNOSTICS
from hydrodiag.fleet import System, list_components
from hydrodiag.jobs import request_job
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.findings_inbox import build_inbox_frame
from hydrodiag.ui.findings_looks import ONGOING
from hydrodiag.ui.identity import may
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.system_circuit_states import FAIR, GOOD

CARD_WIDTH = 180


def show_health(system: System) -> None:
    health = list_health(resources.database(), system.id)
    if not health:
        st.info("It has not been diagnosed yet: the diagnostics run every five minutes.",
                icon=":material/hourglass_empty:")  # fmt: skip
    names = {each.kind: each.name for each in list_components(resources.database(), system.id)}
    grid = st.grid("auto", min_column_width=CARD_WIDTH)
    for each in sorted(health, key=lambda one: one.score if one.score is not None else 101):
        with grid.container(border=True, height="stretch"):
            _show_score(each, names.get(each.component, each.component.capitalize()))
    with st.container(horizontal=True):
        if may(Permission.MANAGE_DIAGNOSTICS) and st.button(
            "Diagnose now", icon=":material/troubleshoot:", key="diagnose"
        ):
            _diagnose(system)
        page = find_page("Metrics")
        if page is not None:
            st.page_link(page, label="Open Metrics", icon=":material/monitoring:",
                         query_params={"system": system.code})  # fmt: skip


def _diagnose(system: System) -> None:
    act_and_rerun(
        Permission.MANAGE_DIAGNOSTICS, "diagnose machine", system.code,
        lambda db, user: request_job(
            db, RUN_DIAGNOSTICS, {"system_id": system.id, "asked_by": user}, requested_by=user
        ),
    )  # fmt: skip


def _show_score(health: StoredHealth, name: str) -> None:
    score = health.score
    if score is None:
        st.metric(name, "-", help="Nothing of it can be assessed.")
        return
    icon, word = (
        (":material/check_circle:", "good") if score >= GOOD
        else (":material/warning:", "worn") if score >= FAIR
        else (":material/error:", "bad")
    )  # fmt: skip
    st.metric(
        name,
        f"{score:.0f}",
        icon=icon,
        help="100: as healthy as learned; 50: at the warning limit; 0: at the alarm limit.",
    )
    because = f": {health.because}" if health.because and score < GOOD else ""
    st.caption(safe_text(word + because))


def show_findings(system: System) -> None:
    wanted = FindingFilter(statuses=ONGOING, system_code=system.code)
    findings = list_findings(resources.database(), wanted)
    if not findings:
        st.caption("None going on.")
        return
    frame = build_inbox_frame(findings, datetime.now(UTC)).drop(columns="Machine")
    event = st.dataframe(frame, hide_index=True, key="system_findings", on_select="rerun",
                         selection_mode="single-row", alt="Findings of this machine")  # fmt: skip
    page, rows = find_page("Findings"), event.selection.rows
    if page is not None and rows and rows[0] < len(findings):
        st.switch_page(page, query_params={"finding": str(findings[rows[0]].id)})
