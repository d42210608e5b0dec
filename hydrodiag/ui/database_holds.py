"""Spans of time that retention leaves alone: listed, added, released."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.timescale import Hold, add_hold, list_holds, release_hold
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.identity import may
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_instant


def show_holds(table: str) -> None:
    with guarded("Holds"):
        holds = list_holds(resources.database(), table)
        if holds:
            st.dataframe(build_hold_frame(holds), hide_index=True, alt="Holds in force")
            if may(Permission.MANAGE_POLICIES):
                _offer_release(holds)
        else:
            show_empty(
                "No holds", "Add one to keep the readings of an incident beyond retention.",
                icon=":material/lock_open:",
            )  # fmt: skip
        if may(Permission.MANAGE_POLICIES):
            with st.expander("Add a hold", icon=":material/lock:"):
                _show_form(table)


def build_hold_frame(holds: Sequence[Hold]) -> pd.DataFrame:
    rows = [
        (
            hold.id, format_instant(hold.start_at), format_instant(hold.end_at), hold.reason,
            format_instant(hold.until_at) if hold.until_at else "until released",
            hold.created_by, format_instant(hold.created_at),
        )
        for hold in holds
    ]  # fmt: skip
    columns = ["Hold", "From (UTC)", "To (UTC)", "Reason", "Ends (UTC)", "By", "Added (UTC)"]
    return pd.DataFrame(rows, columns=columns)


def _offer_release(holds: Sequence[Hold]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Hold", [hold.id for hold in holds], key="hold", width=160)
        st.button("Release", icon=":material/lock_open:", key="release_hold",
                  on_click=_release, args=(chosen,))  # fmt: skip


def _show_form(table: str) -> None:
    now = datetime.now(UTC).replace(tzinfo=None, second=0, microsecond=0)
    with st.form(f"add_hold_{table}", border=False, clear_on_submit=True):
        with st.container(horizontal=True):
            start = st.datetime_input("From (UTC)", value=now - timedelta(days=1))
            end = st.datetime_input("To (UTC)", value=now)
            until = st.datetime_input("Ends by itself (UTC)", value=None)
        reason = st.text_input("Reason", placeholder="Failure of the main pump, claim 4711")
        if st.form_submit_button("Add hold", type="primary"):
            _add(table, _aware(start), _aware(end), reason or "", _aware(until))


def _add(
    table: str, start: datetime | None, end: datetime | None, reason: str, until: datetime | None
) -> None:
    if start is None or end is None:
        st.error("A hold needs a beginning and an end.")
        return
    try:
        act(
            Permission.MANAGE_POLICIES, "add hold", table,
            lambda db, name: add_hold(
                db, table, start, end, reason, until_at=until, created_by=name
            ),
            {"from": start, "to": end, "reason": reason},
        )  # fmt: skip
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/error:")
        return
    st.rerun()


def _aware(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=UTC)


def _release(hold_id: int) -> None:
    try:
        act(
            Permission.MANAGE_POLICIES, "release hold", str(hold_id),
            lambda db, _: release_hold(db, hold_id),
        )  # fmt: skip
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")
