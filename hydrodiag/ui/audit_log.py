"""The audit log: filtered, page by page, and exported."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from hydrodiag.accounts import AuditEvent, AuditFilter, count_events, export_events, list_events
from hydrodiag.ui import resources
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_instant, join_count

PAGE_ROWS = 100
OUTCOMES = ("done", "refused", "failed")


def show_audit() -> None:
    with guarded("Audit"):
        wanted = _pick_filter()
        count = count_events(resources.database(), wanted)
        if not count:
            show_empty("No events", "Nobody has done anything that this filter finds.",
                       icon=":material/history_edu:")  # fmt: skip
            return
        page = _pick_page(count)
        events = list_events(
            resources.database(), wanted, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS
        )
        st.dataframe(build_event_frame(events), hide_index=True, alt="Events, newest first")
        st.download_button(
            "Download CSV", data=lambda: "".join(export_events(resources.database(), wanted)),
            file_name=f"hydrodiag-audit-{datetime.now(UTC):%Y-%m-%d}.csv", mime="text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def build_event_frame(events: Sequence[AuditEvent]) -> pd.DataFrame:
    rows = [
        (
            format_instant(event.at), event.actor, event.actor_role, event.address, event.action,
            event.subject, event.outcome, describe_detail(event.detail),
        )
        for event in events
    ]  # fmt: skip
    columns = ["At (UTC)", "Who", "Role", "From", "Did", "To what", "Outcome", "In detail"]
    return pd.DataFrame(rows, columns=columns)


def describe_detail(detail: dict[str, object]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items())


def _pick_filter() -> AuditFilter:
    with st.container(horizontal=True):
        actor = st.text_input("Who", key="who", bind="query-params", placeholder="Anybody")
        action = st.text_input("Did", key="did", bind="query-params", placeholder="Anything")
        subject = st.text_input("To what", key="what", bind="query-params", placeholder="Anything")
        outcome = st.selectbox("Outcome", OUTCOMES, index=None, key="outcome", bind="query-params",
                               placeholder="Any")  # fmt: skip
    return AuditFilter(actor or "", action or "", subject or "", outcome or "")


def _pick_page(count: int) -> int:
    pages = -(-count // PAGE_ROWS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(join_count(count, "event", "events"))
        return st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
