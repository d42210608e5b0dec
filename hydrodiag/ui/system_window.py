"""What the diagnostics say of a window, and going through a history again."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.diagnostics import run
from hydrodiag.diagnostics.records import Assessment, Severity
from hydrodiag.diagnostics.running.diagnostic_jobs import BACKFILL_DIAGNOSTICS
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import System
from hydrodiag.ui import resources
from hydrodiag.ui.findings_looks import SEVERITIES
from hydrodiag.ui.identity import may
from hydrodiag.ui.jobs_asked import AskedJob
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.wording import format_instant, join_count

BACKFILL = AskedJob("backfill_request", Permission.MANAGE_DIAGNOSTICS, "diagnose again",
                    BACKFILL_DIAGNOSTICS)  # fmt: skip


def show_window(system: System) -> None:
    st.caption("The state at the end of a window, as if nothing had been found before.")
    today = datetime.now(UTC).date()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = st.date_input("From", today - timedelta(days=2), key=f"window_from_{system.id}")
        last = st.date_input("Up to and with", today, key=f"window_to_{system.id}")
        start, end = _midnight(first), _midnight(last) + timedelta(days=1)
        if st.button("Look", icon=":material/search:", key="look"):
            _look(system, start, end)
        if may(Permission.MANAGE_DIAGNOSTICS) and st.button(
            "Diagnose again from there", icon=":material/history:", key="backfill",
            help="Goes through the readings since then again. Findings are updated, not repeated.",
        ):  # fmt: skip
            params = {"system_id": system.id, "from_at": start.isoformat()}
            BACKFILL.ask(system.code, params)
    BACKFILL.watch()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _look(system: System, start: datetime, end: datetime) -> None:
    try:
        found = run(resources.database(), system.id, start, end)
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    frame = build_window_frame(found)
    if frame.empty:
        st.success("Nothing was wrong at its end.", icon=":material/check_circle:")
    else:
        st.dataframe(frame, hide_index=True, alt="What was wrong at the end of the window")
    if found.skipped:
        many = join_count(len(found.skipped), "check", "checks")
        with st.expander(f"{many} could not be made"):
            rows = [(each.check_id, each.reason) for each in found.skipped]
            st.dataframe(pd.DataFrame(rows, columns=["Check", "Why not"]), hide_index=True,
                         alt="Checks that could not be made in the window")  # fmt: skip


def build_window_frame(found: Assessment) -> pd.DataFrame:
    wrong = sorted((each for each in found.findings if each.severity > Severity.NORMAL),
                   key=lambda each: -each.severity)  # fmt: skip
    rows = [
        (f"{SEVERITIES[each.severity].sign} {SEVERITIES[each.severity].label}", each.title,
         format_instant(each.since_at), each.explanation)
        for each in wrong
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Severity", "Finding", "Since (UTC)", "Why"])
