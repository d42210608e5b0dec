"""One machine: how well it is, what is wrong, what it is held against, what has been done."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.diagnostics.catalogue.checks import BY_ID
from hydrodiag.diagnostics.choices import (
    MAINTENANCE_KINDS,
    HealthySpan,
    StoredHealth,
    activate_baseline,
    confirm_healthy,
    find_diagnosis,
    list_health,
    list_healthy_spans,
    list_maintenance,
    note_maintenance,
)
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import FindingFilter
from hydrodiag.diagnostics.running.diagnostic_jobs import RUN_DIAGNOSTICS
from hydrodiag.fleet import System, list_components, list_systems
from hydrodiag.jobs import request_job
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.findings_inbox import build_inbox_frame
from hydrodiag.ui.findings_looks import ONGOING
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.system_ahead import show_forecasts, show_unusual
from hydrodiag.ui.system_circuit import show_circuit
from hydrodiag.ui.system_circuit_states import FAIR, GOOD
from hydrodiag.ui.system_report import show_report
from hydrodiag.ui.system_setup import show_setup
from hydrodiag.ui.system_window import show_window
from hydrodiag.ui.wording import format_instant

CARD_WIDTH = 180


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
        _show_health(system)
        _show_findings(system)
        for title, show in (
            ("Limits ahead", show_forecasts), ("Against the healthy span", show_unusual),
            ("Healthy span", _show_spans), ("Checks that could not be made", _show_skipped),
            ("Look at a window", show_window), ("Maintenance", _show_maintenance),
            ("Report", show_report), ("Setup", show_setup),
        ):  # fmt: skip
            st.subheader(title, anchor=False)
            show(system)


def _show_health(system: System) -> None:
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
            _do("diagnose machine", system, lambda db, user: request_job(
                db, RUN_DIAGNOSTICS, {"system_id": system.id, "asked_by": user},
                requested_by=user))  # fmt: skip
        page = find_page("Metrics")
        if page is not None:
            st.page_link(page, label="Open Metrics", icon=":material/monitoring:",
                         query_params={"system": system.code})  # fmt: skip


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


def _show_findings(system: System) -> None:
    st.subheader("Findings", anchor=False)
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


def _show_spans(system: System) -> None:
    st.caption("A span in which you know that the machine was healthy: it is compared with that. "
               "Confirm a new one after a repair.")  # fmt: skip
    spans = list_healthy_spans(resources.database(), system.id)
    if spans:
        st.dataframe(build_span_frame(spans), hide_index=True, alt="Healthy spans")
    if not may(Permission.MANAGE_DIAGNOSTICS):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        today = datetime.now(UTC).date()
        first = st.date_input("From", today - timedelta(days=7), key=f"healthy_from_{system.id}")
        last = st.date_input("To", today, key=f"healthy_to_{system.id}")
        if st.button("It was healthy", icon=":material/verified:", key="confirm"):
            begin, end = (datetime(e.year, e.month, e.day, tzinfo=UTC) for e in (first, last))
            _do("confirm healthy span", system,
                lambda db, _: confirm_healthy(db, me(), system.id, begin, end))  # fmt: skip
        older = {each.id: each for each in spans if not each.is_active}
        chosen = st.selectbox(
            "Go back to",
            list(older),
            index=None,
            key="older_span",
            width=220,
            format_func=lambda each: f"{older[each].from_at:%Y-%m-%d}",
        )
        if st.button("Use this one", disabled=chosen is None, key="use_span") and chosen:
            _do("activate healthy span", system,
                lambda db, _: activate_baseline(db, me(), system.id, chosen))  # fmt: skip


def build_span_frame(spans: Sequence[HealthySpan]) -> pd.DataFrame:
    rows = [
        (format_instant(each.from_at), format_instant(each.to_at),
         "compared with" if each.is_active else "", _tell_learned(each), each.confirmed_by)
        for each in spans
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["From (UTC)", "To", "Use", "Learned", "Confirmed by"])


def _tell_learned(span: HealthySpan) -> str:
    if span.is_learned:
        return f"from {span.steps} steps"
    return span.note or "with the next run"


def _show_skipped(system: System) -> None:
    diagnosis = find_diagnosis(resources.database(), system.id)
    if diagnosis is None or not diagnosis.skipped:
        st.caption("None: every check was made.")
        return
    rows = [(each.check_id, BY_ID[each.check_id].title if each.check_id in BY_ID else "",
             each.reason) for each in diagnosis.skipped]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=["Check", "Looks for", "Why not"]), hide_index=True,
                 alt="Checks that could not be made")  # fmt: skip
    st.caption(f"As of {format_instant(diagnosis.through_at)} UTC.")


def _show_maintenance(system: System) -> None:
    done = list_maintenance(resources.database(), system.id)
    if done:
        rows = [(format_instant(each.at), each.kind, each.component, each.text, each.author)
                for each in done]  # fmt: skip
        st.dataframe(pd.DataFrame(rows, columns=["When (UTC)", "What", "Component", "Note", "By"]),
                     hide_index=True, alt="Maintenance")  # fmt: skip
    else:
        st.caption("Nothing noted yet.")
    if may(Permission.MANAGE_DIAGNOSTICS):
        _show_maintenance_form(system)


def _show_maintenance_form(system: System) -> None:
    kinds = [each.kind for each in list_components(resources.database(), system.id)]
    with st.form(f"maintenance_{system.id}", border=False, clear_on_submit=True):
        places = st.columns([2, 2, 4, 1], vertical_alignment="bottom")
        kind = places[0].selectbox("What", MAINTENANCE_KINDS)
        component = places[1].selectbox(
            "Component", ["", *kinds], format_func=lambda each: safe_label(each or "machine")
        )
        words = places[2].text_input("Note", max_chars=2000)
        if places[3].form_submit_button("Note", icon=":material/add:"):
            _do("note maintenance", system, lambda db, _: note_maintenance(
                db, me(), system.id, datetime.now(UTC), kind, component=component or "",
                text=words or ""))  # fmt: skip


def _do(action: str, system: System, work: Callable[[Database, str], object]) -> None:
    act_and_rerun(Permission.MANAGE_DIAGNOSTICS, action, system.code, work)
