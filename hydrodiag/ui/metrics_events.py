"""Findings and maintenance of the machine within the window of Metrics: drawn, listed, noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.diagnostics.choices import (
    MAINTENANCE_KINDS,
    Maintenance,
    list_maintenance,
    note_maintenance,
)
from hydrodiag.diagnostics.findings.reading import list_findings
from hydrodiag.diagnostics.findings.records import TOPIC, Finding, FindingFilter
from hydrodiag.diagnostics.records import Severity
from hydrodiag.errors import HydroDiagError
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.acting import act
from hydrodiag.ui.findings_looks import SEVERITIES
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.metrics_times import AxisClock, parse_instant
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.plotly_drawing import Drawing
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import chart_text, safe_label, safe_text
from hydrodiag.ui.theme import Tone

MOST = 12
# Several findings may lie over each other and over the whole window.
FAINT = 0.06
SECOND = timedelta(seconds=1)
LABEL_PX = 15
NOTE, NOTED = "note_maintenance", "_maintenance_noted"
TONES = {Severity.ADVISORY: Tone.MUTED, Severity.WARNING: Tone.WARNING}


@dataclass(frozen=True)
class Events:
    """Those within the window, findings the worst first; `more` were left out."""

    findings: tuple[Finding, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    more: int = 0


def load_events(view: MetricsView) -> Events:
    window = view.window
    wanted = FindingFilter(system_code=view.system.code, least=Severity.ADVISORY)
    findings = [each for each in read((TOPIC,), list_findings, wanted) if _touches(each, window)]
    done = [each for each in read((TOPIC,), list_maintenance, view.system.id)
            if window.start <= each.at < window.end]  # fmt: skip
    more = max(0, len(findings) - MOST) + max(0, len(done) - MOST)
    return Events(tuple(findings[:MOST]), tuple(done[:MOST]), more)


def _touches(finding: Finding, window: TimeWindow) -> bool:
    return finding.since_at < window.end and finding.last_seen_at >= window.start


def add_events(
    figure: Drawing, events: Events, clock: AxisClock, window: TimeWindow, *, ink: str
) -> None:
    """Findings as shaded spans with their sign, maintenance as lines, across all panels."""
    for finding in events.findings:
        start = max(finding.since_at, window.start)
        end = min(finding.last_seen_at, window.end)
        _add(figure, clock, start, end, TONES.get(finding.severity, Tone.CRITICAL),
             f"{SEVERITIES[finding.severity].sign} {finding.title}")  # fmt: skip
    for each in events.maintenance:
        _add(figure, clock, each.at, each.at, ink, f"✚ {each.kind}")


def _add(
    figure: Drawing, clock: AxisClock, start: datetime, end: datetime, colour: str, label: str
) -> None:
    is_span = end > start
    figure.add_shape(
        type="rect" if is_span else "line", xref="x", yref="paper", y0=0, y1=1,
        x0=clock.place_one(start), x1=clock.place_one(end), layer="below",
        fillcolor=colour, opacity=FAINT if is_span else 0.8,
        line={"color": colour, "width": 0 if is_span else 1.5, "dash": "dash"},
    )  # fmt: skip
    beside = figure.count_annotations(clock.place_one(start))
    figure.add_annotation(
        x=clock.place_one(start), xref="x", y=1, yref="paper", yanchor="top", xanchor="left",
        xshift=beside * LABEL_PX,
        text=chart_text(label), showarrow=False, textangle=-90,
        font={"size": 11},
    )  # fmt: skip


def show_events(view: MetricsView, events: Events) -> None:
    if events.findings:
        _show_findings(events.findings)
    for done in events.maintenance:
        st.caption(safe_text(
            f"✚ {view.clock.format(done.at)} {done.kind}, {done.component or 'machine'}: "
            f"{done.text} ({done.author})"
        ))  # fmt: skip
    if events.more:
        st.caption(f"{events.more} more: see System and Findings.")


def _show_findings(findings: Sequence[Finding]) -> None:
    page = find_page("Findings")
    with st.container(horizontal=True, vertical_alignment="center"):
        for each in findings:
            if page is not None:
                st.page_link(page, label=safe_label(each.title),
                             icon=SEVERITIES[each.severity].icon,
                             query_params={"finding": str(each.id)})  # fmt: skip


def show_note_form(view: MetricsView) -> None:
    """Drawn when it is opened: its fields are a twentieth of a run of the page."""
    if not may(Permission.MANAGE_DIAGNOSTICS):
        return
    if st.session_state.pop(NOTED, False):
        st.session_state[NOTE] = False
    popover = st.popover("Note maintenance", icon=":material/build:", key=NOTE, on_change="rerun")
    if popover.open:
        with popover, st.form("note_here", border=False, clear_on_submit=True):
            _show_fields(view)


def _show_fields(view: MetricsView) -> None:
    # A value here would change as a live window moves, and take the place of what is typed.
    at = st.text_input("When", key="note_at", placeholder=view.clock.format(_latest(view)),
                       help=f"In {view.clock.label}, or with an offset; empty: the end of "
                            "what is shown.")  # fmt: skip
    kind = st.selectbox("What", MAINTENANCE_KINDS)
    words = st.text_input("Note", max_chars=2000)
    if st.form_submit_button("Note", icon=":material/add:"):
        _note(view, at or view.clock.format(_latest(view)), kind, words or "")


def _latest(view: MetricsView) -> datetime:
    return min(view.window.end - SECOND, datetime.now(UTC))


def _note(view: MetricsView, at: str, kind: str, words: str) -> None:
    try:
        instant = parse_instant(at, timezone(view.clock.offset))
        act(Permission.MANAGE_DIAGNOSTICS, "note maintenance", view.system.code,
            lambda db, _: note_maintenance(db, me(), view.system.id, instant, kind,
                                           text=words))  # fmt: skip
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.session_state[NOTED] = True
    st.rerun(scope="fragment")
