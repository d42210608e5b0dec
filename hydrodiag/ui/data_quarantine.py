"""Refused readings: looked through, tried again, corrected or given up."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.readings.ingest import (
    REASON_TEXT,
    QuarantinedRow,
    QuarantineFilter,
    Reason,
    count_reasons,
    list_quarantine,
    reject_quarantined,
    retry_quarantined,
)
from hydrodiag.readings.ingest.quarantine import Selection
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.data_history_frames import build_quarantine_frame
from hydrodiag.ui.data_quarantine_fix import ask_for_fix, describe_retry
from hydrodiag.ui.identity import may
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_count, join_count

PAGE_ROWS = 100
STATUSES = ("open", "retried", "rejected")


def show_quarantine() -> None:
    with guarded("Quarantine"):
        _show_message()
        filters = _pick_filters()
        reasons = count_reasons(resources.database(), filters)
        count = sum(reasons.values())
        if not count:
            _show_nothing(filters)
            return
        _show_reasons(reasons)
        page = _pick_page(count)
        _show_rows(filters, count, page)


def _pick_filters() -> QuarantineFilter:
    with st.container(horizontal=True):
        status = st.selectbox("Status", STATUSES, key="status", bind="query-params")
        reason = st.selectbox(
            "Reason", list(Reason), index=None, key="reason", bind="query-params",
            placeholder="Any reason",
        )  # fmt: skip
        sensor = st.text_input(
            "Sensor", key="sensor", bind="query-params", placeholder="Part of it"
        )
        search = st.text_input(
            "Row text", key="search", bind="query-params", placeholder="Part of it"
        )
        file_id = st.number_input(
            "File number", min_value=1, step=1, value=None, key="file", bind="query-params",
            placeholder="Any file",
        )  # fmt: skip
    return QuarantineFilter(
        file_id=int(file_id) if file_id else None,
        reason=reason.value if reason else None,
        sensor=sensor or "",
        status=status,
        search=search or "",
    )


def _show_reasons(reasons: dict[str, int]) -> None:
    with st.container(horizontal=True):
        for reason, count in reasons.items():
            text = f"{REASON_TEXT[Reason(reason)]}: {format_count(count)}"
            st.badge(text, icon=":material/report:", color="orange")


def _pick_page(count: int) -> int:
    pages = -(-count // PAGE_ROWS)
    return st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1


def _show_rows(filters: QuarantineFilter, count: int, page: int) -> None:
    offset = (page - 1) * PAGE_ROWS
    rows = list_quarantine(resources.database(), filters, limit=PAGE_ROWS, offset=offset)
    version = st.session_state.setdefault("_quarantine_version", 0)
    picked = st.dataframe(
        build_quarantine_frame(rows),
        key=f"quarantine_table_{version}_{page}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        alt="Refused readings",
    )
    chosen = [rows[index] for index in picked["selection"]["rows"] if index < len(rows)]
    if not may(Permission.REVIEW):
        st.caption("Reviewing these needs the role of an engineer.")
    elif filters.status == "open":
        _show_actions(chosen, filters, count)
    else:
        st.caption("These are settled; nothing is left to do with them.")


def _show_actions(chosen: Sequence[QuarantinedRow], filters: QuarantineFilter, count: int) -> None:
    """For the ticked rows, or for all that the filters find when none is ticked."""
    which: Selection = [row.id for row in chosen] if chosen else replace(filters, status="open")
    size = len(chosen) or count
    what = join_count(size, "row", "rows") if chosen else f"all {format_count(size)}"
    with st.container(horizontal=True):
        st.button(
            f"Retry {what}", icon=":material/replay:", key="retry", on_click=_retry, args=(which,),
            help="Checks them again: a sensor may exist now, a limit may have been widened.",
        )  # fmt: skip
        if st.button(f"Reject {what}", icon=":material/delete_sweep:", key="reject"):
            _ask_to_reject(which, size)
        if st.button(
            "Correct one", icon=":material/edit:", key="fix", disabled=len(chosen) != 1,
            help="Tick exactly one row.",
        ):  # fmt: skip
            ask_for_fix(chosen[0])


@st.dialog("Reject readings", icon=":material/delete_sweep:")
def _ask_to_reject(which: Selection, size: int) -> None:
    st.markdown(
        f"{join_count(size, 'reading is', 'readings are')} given up. They stay on record as "
        "rejected and are not tried again."
    )
    if st.button("Reject", type="primary", key="confirm_reject"):
        _settle(lambda: _reject(which))
        st.rerun()


def _reject(which: Selection) -> str:
    count = act(
        Permission.REVIEW, "reject readings", "quarantine",
        lambda db, name: reject_quarantined(db, which, by=name), {"which": str(which)[:500]},
    )  # fmt: skip
    return f"{join_count(count, 'reading', 'readings')} rejected."


def _retry(which: Selection) -> None:
    _settle(lambda: describe_retry(act(
        Permission.REVIEW, "retry readings", "quarantine",
        lambda db, name: retry_quarantined(db, which, by=name), {"which": str(which)[:500]},
    )))  # fmt: skip


def _settle(work: Callable[[], str]) -> None:
    """Do it, keep what to say for the next run, and begin with nothing ticked."""
    try:
        st.session_state["_quarantine_message"] = work()
    except HydroDiagError as error:
        st.session_state["_quarantine_message"] = str(error)
    st.session_state["_quarantine_version"] = st.session_state.get("_quarantine_version", 0) + 1


def _show_message() -> None:
    if message := st.session_state.pop("_quarantine_message", None):
        st.info(message, icon=":material/info:")


def _show_nothing(filters: QuarantineFilter) -> None:
    if filters == QuarantineFilter():
        show_empty(
            "Nothing in quarantine",
            "Readings that cannot be taken in wait here with their row, line and reason.",
            icon=":material/verified:",
        )
    else:
        show_empty("No such readings", "Nothing in quarantine fits these filters.")
