"""The inbox: what is wrong where, the worst first."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.diagnostics.findings.handling import acknowledge_all
from hydrodiag.diagnostics.findings.lifecycle import Status
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import Finding, FindingFilter
from hydrodiag.diagnostics.records import Severity
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import list_systems
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.findings_looks import ONGOING, SEVERITIES, STATUSES
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.quantities import format_age
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_instant, join_count

CHOSEN = "finding"
GOING_ON, OVER, ALL = "Going on", "Over", "All"
SPANS = {GOING_ON: ONGOING, OVER: (Status.RESOLVED, Status.FALSE_ALARM), ALL: tuple(Status)}


def show_inbox() -> None:
    with guarded("Findings"):
        findings = list_findings(resources.database(), _pick_filter())
        if not findings:
            _show_none()
            return
        event = st.dataframe(
            build_inbox_frame(findings, datetime.now(UTC)), hide_index=True, height="content",
            key="inbox", on_select="rerun", selection_mode="multi-row",
            alt="Findings, the worst first",
        )  # fmt: skip
        chosen = [findings[row] for row in event.selection.rows if row < len(findings)]
        _show_actions(findings, chosen)


def build_inbox_frame(findings: Sequence[Finding], now: datetime) -> pd.DataFrame:
    rows = [
        {
            "Severity": f"{SEVERITIES[each.severity].sign} {SEVERITIES[each.severity].label}",
            "Machine": each.system_name,
            "Finding": f"↳ {each.title}" if each.parent_id else each.title,
            "Component": each.component.removeprefix("sensor:"),
            "Since": format_instant(each.since_at),
            "Last seen": format_age(each.last_seen_at, now),
            "Status": STATUSES[each.status] + (", cleared" if _is_cleared(each) else ""),
            "Confidence": each.confidence,
            "Assigned to": each.assigned_name,
        }
        for each in findings
    ]
    return pd.DataFrame(rows)


def _is_cleared(finding: Finding) -> bool:
    return finding.cleared_at is not None and finding.status in ONGOING


def _pick_filter() -> FindingFilter:
    codes = [each.code for each in read(["fleet"], list_systems)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        span = st.segmented_control("Show", list(SPANS), default=GOING_ON, required=True,
                                    key="show", bind="query-params")  # fmt: skip
        code = st.selectbox("Machine", codes, index=None, placeholder="All machines",
                            key="system", bind="query-params", width=200)  # fmt: skip
        words = st.text_input("Find", key="q", bind="query-params", icon=":material/search:",
                              width=200)  # fmt: skip
        is_mine = st.toggle("Mine", key="mine", help="Assigned to you")
        is_quiet = st.toggle("With those put off", key="quiet")
    return FindingFilter(
        statuses=SPANS[span or GOING_ON], system_code=code or "", words=words or "",
        assigned_to=me().user_id if is_mine else None, is_quiet=is_quiet, least=Severity.NORMAL,
    )  # fmt: skip


def _show_none() -> None:
    show_empty(
        "No findings",
        "Nothing that fits is wrong. Machines are looked at every five minutes; the page System "
        "says which checks could not be made, and why.",
        icon=":material/task_alt:",
    )


def _show_actions(findings: Sequence[Finding], chosen: Sequence[Finding]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(join_count(len(findings), "finding", "findings"))
        if st.button("Open", type="primary", disabled=len(chosen) != 1, key="open_finding",
                     icon=":material/open_in_full:"):  # fmt: skip
            st.query_params[CHOSEN] = str(chosen[0].id)
            st.rerun()
        is_open = any(each.status is Status.OPEN for each in chosen)
        if may(Permission.MANAGE_DIAGNOSTICS) and st.button(
            "Acknowledge", disabled=not is_open, key="acknowledge_all", icon=":material/check:"
        ):
            _acknowledge([each.id for each in chosen])
        now = datetime.now(UTC)
        st.download_button("Export CSV", build_inbox_frame(findings, now).to_csv(index=False),
                           "findings.csv", "text/csv", icon=":material/download:")  # fmt: skip


def _acknowledge(numbers: Sequence[int]) -> None:
    subject = ", ".join(map(str, numbers))
    try:
        act(Permission.MANAGE_DIAGNOSTICS, "acknowledge findings", subject,
            lambda db, _: acknowledge_all(db, me(), numbers))  # fmt: skip
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.rerun()
