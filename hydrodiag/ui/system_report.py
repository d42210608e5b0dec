"""A report of the machine over a period, to be downloaded."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import System
from hydrodiag.reports import build_document, gather_report, name_file, write_html, write_pdf
from hydrodiag.ui import resources
from hydrodiag.ui.identity import me
from hydrodiag.ui.safe_text import safe_text

MADE = "_report"
DAYS = 30
Made = tuple[int, datetime, datetime, bytes, bytes]


def show_report(system: System) -> None:
    today = datetime.now(UTC).date()
    row = st.container(horizontal=True, vertical_alignment="bottom")
    first = row.date_input("From", today - timedelta(days=DAYS), key=f"report_from_{system.id}")
    last = row.date_input("Up to and with", today, key=f"report_to_{system.id}")
    start, end = _midnight(first), _midnight(last) + timedelta(days=1)
    if row.button("Make report", icon=":material/summarize:", key="make_report"):
        _make(system, start, end)
    made: Made | None = st.session_state.get(MADE)
    if made is not None and made[:3] == (system.id, start, end):
        with row:
            _offer(system, made)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _make(system: System, start: datetime, end: datetime) -> None:
    st.session_state.pop(MADE, None)
    try:
        with st.spinner("Making the report"):
            report = gather_report(resources.database(), system, start, end, me().name)
            document = build_document(report)
            made = (system.id, start, end, write_pdf(document), write_html(document))
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.session_state[MADE] = made


def _offer(system: System, made: Made) -> None:
    _, start, end, pdf, html = made
    for label, content, ending, kind in (
        ("PDF", pdf, "pdf", "application/pdf"), ("HTML", html, "html", "text/html"),
    ):  # fmt: skip
        st.download_button(label, content, name_file(system, start, end, ending), kind,
                           icon=":material/download:", on_click="ignore",
                           key=f"report_{ending}")  # fmt: skip
