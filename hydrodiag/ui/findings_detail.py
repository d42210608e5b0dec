"""One finding: what it says, why, what to do, and what has been done."""

from datetime import timedelta

import pandas as pd
import streamlit as st

from hydrodiag.diagnostics.findings.reading import find_finding, list_events
from hydrodiag.diagnostics.findings.records import Finding
from hydrodiag.diagnostics.history import load_history
from hydrodiag.diagnostics.prognosis import NoTrend, Prognosis
from hydrodiag.diagnostics.records import Evidence
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import find_sensors
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import SearchRequest
from hydrodiag.ui import resources
from hydrodiag.ui.assistant_page import ask_assistant
from hydrodiag.ui.findings_actions import show_actions, show_files
from hydrodiag.ui.findings_chart import build_evidence_chart, describe_evidence
from hydrodiag.ui.findings_inbox import CHOSEN
from hydrodiag.ui.findings_looks import SEVERITIES, STATUSES
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.passages import show_passage
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_instant

BEFORE = timedelta(days=30)
AROUND = timedelta(days=3)
AFTER = timedelta(hours=1)
PASSAGES = 3


def show_finding(number: int) -> None:
    with guarded("Finding"):
        if st.button("All findings", icon=":material/arrow_back:", key="back"):
            del st.query_params[CHOSEN]
            st.rerun()
        finding = find_finding(resources.database(), number)
        if finding is None:
            show_empty("No such finding", "Its machine may have been deleted.")
            return
        _show_head(finding)
        show_actions(finding)
        left, right = st.columns([3, 2], gap="large")
        with left:
            for evidence in finding.evidence:
                _show_evidence(finding, evidence)
        with right:
            _show_steps(finding)
            _show_manuals(finding)
            show_files(finding)
            _show_events(finding)


def _show_head(finding: Finding) -> None:
    look = SEVERITIES[finding.severity]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{look.icon} {safe_label(finding.title)}", anchor=False)
        st.badge(look.label, icon=look.icon, color=look.colour)
        st.badge(STATUSES[finding.status], color="gray")
        st.badge(f"{finding.confidence} confidence", color="gray",
                 help="Of independent witnesses, and of how well the readings fit what was "
                      "learned.")  # fmt: skip
    st.markdown(safe_text(finding.explanation))
    assigned = f", assigned to {finding.assigned_name}" if finding.assigned_name else ""
    cleared = (f", not seen since {format_instant(finding.cleared_at)}"
               if finding.cleared_at else "")  # fmt: skip
    st.caption(safe_text(
        f"{finding.system_name} ({finding.system_code}), {finding.component}. Since "
        f"{format_instant(finding.since_at)}, last seen {format_instant(finding.last_seen_at)} UTC"
        f"{cleared}{assigned}."
    ))  # fmt: skip
    with st.container(horizontal=True):
        for title in ("System", "Metrics"):
            page = find_page(title)
            if page is not None:
                st.page_link(page, label=f"Open {title}", icon=":material/arrow_forward:",
                             query_params={"system": finding.system_code})  # fmt: skip
        if st.button("Ask about this", icon=":material/support_agent:", key="ask"):
            ask_assistant(
                f"{finding.title} on {finding.system_code}: what is the cause and what should be "
                "done?"
            )


def _show_evidence(finding: Finding, evidence: Evidence) -> None:
    with st.container(border=True):
        st.markdown(f"**{safe_label(evidence.indicator_name)}** · {evidence.check_id}")
        limit = evidence.critical if evidence.critical is not None else evidence.warn
        history = None
        if evidence.steps:
            start = min(finding.since_at - AROUND, evidence.end_at - BEFORE)
            history = load_history(resources.database(), finding.system_id, evidence.indicator,
                                   start, evidence.end_at + AFTER, limit)  # fmt: skip
            figure = build_evidence_chart(evidence, history, finding.since_at)
            st.plotly_chart(figure,
                            key=f"evidence_{evidence.check_id}", alt=describe_evidence(evidence),
                            config={"displaylogo": False})  # fmt: skip
        _show_numbers(evidence)
        if history is not None:
            st.caption(safe_text(_tell_ahead(history.prognosis, evidence.unit)))
            if history.shift is not None:
                st.caption(f"Its level began to shift about {history.shift.since_at:%Y-%m-%d}.")
        if evidence.formula:
            st.caption(safe_text(f"{evidence.indicator_name} = {evidence.formula}"))
        st.caption(safe_text(f"Limits: {evidence.source}."))


def _show_numbers(evidence: Evidence) -> None:
    rows = [
        ("Now", evidence.value, evidence.unit),
        ("Healthy machine, same conditions", evidence.expected, evidence.unit),
        ("Warning limit", evidence.warn, evidence.unit),
        ("Alarm limit", evidence.critical, evidence.unit),
        *((fact.label, fact.value, fact.unit) for fact in evidence.facts),
    ]
    sensors = find_sensors(resources.database(), evidence.sensor_ids)
    told = [(name, f"{value:.4g}", unit) for name, value, unit in rows if value is not None]
    told.append(("Sensors", ", ".join(each.tag for each in sensors) or "-", ""))
    if evidence.witnesses:
        told.append(("Also seen by", ", ".join(evidence.witnesses), ""))
    st.dataframe(pd.DataFrame(told, columns=["Number", "Value", "Unit"]), hide_index=True,
                 alt="Numbers of the evidence")  # fmt: skip


def _tell_ahead(ahead: Prognosis | NoTrend, unit: str) -> str:
    if isinstance(ahead, NoTrend):
        return f"Nothing is foretold: {ahead.reason}."
    late = f"{ahead.latest_at:%Y-%m-%d}" if ahead.latest_at else "later"
    return (
        f"Going on like this, {ahead.limit:.3g} {unit} are reached about "
        f"{ahead.reaches_at:%Y-%m-%d}; in four of five cases between "
        f"{ahead.earliest_at:%Y-%m-%d} and {late}."
    )


def _show_steps(finding: Finding) -> None:
    st.markdown("**What to do**")
    st.markdown("\n".join(f"{n}. {safe_text(step)}" for n, step in enumerate(finding.action, 1)))


def _show_manuals(finding: Finding) -> None:
    st.markdown("**From your manuals**")
    try:
        answer = resources.manual_search().search(
            resources.database(), SearchRequest(finding.manual_query, k=PASSAGES)
        )
    except HydroDiagError as error:
        st.caption(safe_text(str(error)))
        return
    if answer.verdict is Verdict.NOT_IN_MANUALS or not answer.passages:
        st.caption("Your manuals hold nothing on this.")
        return
    for number, passage in enumerate(answer.passages):
        show_passage(passage, passage.exact, key=f"manual_{number}_{passage.chunk_id}")


def _show_events(finding: Finding) -> None:
    st.markdown("**History**")
    for event in list_events(resources.database(), finding.id):
        words = f": {event.text}" if event.text else ""
        st.caption(safe_text(
            f"{format_instant(event.at)} · {event.author} · {event.kind}{words}"
        ))  # fmt: skip
