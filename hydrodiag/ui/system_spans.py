"""The healthy spans that a machine is held against, and the checks that could not be made."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.diagnostics.catalogue.checks import BY_ID
from hydrodiag.diagnostics.choices import (
    HealthySpan,
    activate_baseline,
    confirm_healthy,
    find_diagnosis,
    list_healthy_spans,
)
from hydrodiag.fleet import System
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.wording import format_instant


def show_spans(system: System) -> None:
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


def show_skipped(system: System) -> None:
    diagnosis = find_diagnosis(resources.database(), system.id)
    if diagnosis is None or not diagnosis.skipped:
        st.caption("None: every check was made.")
        return
    rows = [(each.check_id, BY_ID[each.check_id].title if each.check_id in BY_ID else "",
             each.reason) for each in diagnosis.skipped]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=["Check", "Looks for", "Why not"]), hide_index=True,
                 alt="Checks that could not be made")  # fmt: skip
    st.caption(f"As of {format_instant(diagnosis.through_at)} UTC.")


def _do(action: str, system: System, work: Callable[[Database, str], object]) -> None:
    act_and_rerun(Permission.MANAGE_DIAGNOSTICS, action, system.code, work)
