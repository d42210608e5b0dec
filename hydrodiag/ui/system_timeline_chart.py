"""Findings as bars and what was done as marks over time, a row or more a component."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import plotly.graph_objects as go

from hydrodiag.diagnostics.choices import Maintenance
from hydrodiag.diagnostics.findings.records import Finding
from hydrodiag.diagnostics.records import Severity
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.findings_looks import ONGOING, SEVERITIES, STATUSES
from hydrodiag.ui.safe_text import chart_text
from hydrodiag.ui.theme import Tone, find_ink
from hydrodiag.ui.wording import NOTHING, format_instant

ROW_PX, AROUND_PX = 34, 110
LEAST_SHARE = 1 / 150  # of the window: a bar that is shorter could not be hit
LONGEST_HINT = 200
COLOURS: Mapping[Severity, str] = {
    Severity.DANGER: Tone.CRITICAL, Severity.ALARM: Tone.CRITICAL, Severity.WARNING: Tone.WARNING,
    Severity.ADVISORY: Tone.MUTED, Severity.NORMAL: Tone.GOOD,
}  # fmt: skip
MACHINE = "machine"
COLUMNS = ["From (UTC)", "To", "Component", "What", "State", "Words"]


def find_end(finding: Finding) -> datetime:
    """When it was last seen; for one that is over, when it ended."""
    if finding.status in ONGOING:
        return finding.last_seen_at
    return finding.resolved_at or finding.last_seen_at


def pick_shown(findings: Sequence[Finding], window: TimeWindow) -> list[Finding]:
    """Those that touch the window, oldest first."""
    touching = [each for each in findings
                if each.since_at < window.end and find_end(each) >= window.start]  # fmt: skip
    return sorted(touching, key=lambda each: (each.since_at, each.id))


def lay_out(findings: Sequence[Finding], done: Sequence[Maintenance]) -> dict[str, list[datetime]]:
    """By component the ends of its lanes: as many as findings go on at once, one at least."""
    lanes: dict[str, list[datetime]] = {}
    for each in findings:
        place_finding(lanes.setdefault(each.component or MACHINE, []), each)
    for event in done:
        lanes.setdefault(event.component or MACHINE, [])
    return {name: ends or [datetime.min.replace(tzinfo=UTC)] for name, ends in lanes.items()}


def place_finding(ends: list[datetime], finding: Finding) -> int:
    """The first lane that is free when the finding begins; it is taken up to its end."""
    lane = next((at for at, end in enumerate(ends) if end <= finding.since_at), len(ends))
    ends[lane:lane + 1] = [find_end(finding)]  # fmt: skip
    return lane


def build_timeline(
    findings: Sequence[Finding], done: Sequence[Maintenance], window: TimeWindow,
    names: Mapping[str, str],
) -> go.Figure:  # fmt: skip
    """`names` are the components' by their kind. Bars carry the finding's id as custom data."""
    rows = _count_rows(lay_out(findings, done))
    taken: dict[str, list[datetime]] = {}
    placed = []
    for each in findings:
        name = each.component or MACHINE
        placed.append((each, rows[name] + place_finding(taken.setdefault(name, []), each)))
    figure = go.Figure()
    for severity in sorted(SEVERITIES, reverse=True):
        some = [(each, row) for each, row in placed if each.severity is severity]
        if some:
            figure.add_trace(_build_bars(severity, some, window))
    if done:
        figure.add_trace(_build_marks(done, rows))
    return _finish(figure, rows, window, names)


def _count_rows(lanes: Mapping[str, Sequence[datetime]]) -> dict[str, int]:
    """The first row of each component, and under `""` how many there are."""
    rows, first = {}, 0
    for name in sorted(lanes):
        rows[name] = first
        first += len(lanes[name])
    return {**rows, "": first}


def _build_bars(
    severity: Severity, placed: Sequence[tuple[Finding, int]], window: TimeWindow
) -> go.Bar:
    look = SEVERITIES[severity]
    starts = [max(each.since_at, window.start) for each, _ in placed]
    ends = [min(find_end(each), window.end) for each, _ in placed]
    least = window.span * LEAST_SHARE
    return go.Bar(
        base=starts,
        x=[max(end - start, least) / timedelta(milliseconds=1)
           for start, end in zip(starts, ends, strict=True)],
        y=[row for _, row in placed], orientation="h", width=0.72, name=f"{look.sign} {look.label}",
        customdata=[each.id for each, _ in placed],
        text=[f"{look.sign} {chart_text(each.title)}" for each, _ in placed],
        textposition="inside", insidetextanchor="start",
        textfont={"color": find_ink(COLOURS[severity])},
        hovertext=[_hint(each) for each, _ in placed], hoverinfo="text",
        marker={"color": str(COLOURS[severity])},
    )  # fmt: skip


def _hint(finding: Finding) -> str:
    look = SEVERITIES[finding.severity]
    return "<br>".join((
        f"{look.sign} {look.label}: {chart_text(finding.title, LONGEST_HINT)}",
        f"{format_instant(finding.since_at)} to {format_instant(find_end(finding))} UTC",
        STATUSES[finding.status],
    ))  # fmt: skip


def _build_marks(done: Sequence[Maintenance], rows: Mapping[str, int]) -> go.Scatter:
    return go.Scatter(
        x=[each.at for each in done], y=[rows[each.component or MACHINE] for each in done],
        mode="markers", name="✚ Maintenance and notes",
        marker={"symbol": "cross", "size": 13, "color": str(Tone.PRIMARY),
                "line": {"width": 1.5, "color": "white"}},
        hovertext=[
            f"✚ {chart_text(each.kind)} {format_instant(each.at)} UTC<br>"
            f"{chart_text(each.text or NOTHING, LONGEST_HINT)}<br>{chart_text(each.author)}"
            for each in done
        ],
        hoverinfo="text",
    )  # fmt: skip


def _finish(
    figure: go.Figure, rows: Mapping[str, int], window: TimeWindow, names: Mapping[str, str]
) -> go.Figure:
    components = [name for name in rows if name]
    count = rows[""]
    figure.update_layout(
        height=AROUND_PX + ROW_PX * count, barmode="overlay", dragmode=False,
        margin={"t": 40, "b": 36, "l": 12, "r": 12},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        uniformtext={"mode": "hide", "minsize": 10},
        xaxis={"type": "date", "nticks": 6, "tickangle": 0,
               "range": [window.start, window.end + window.span / 50]},
        yaxis={"tickvals": [rows[name] for name in components], "automargin": True,
               "ticktext": [chart_text(names.get(name, name.capitalize()), 28)
                            for name in components],
               "range": [count - 0.4, -0.6], "showgrid": False, "zeroline": False,
               "fixedrange": True},
    )  # fmt: skip
    return figure


def build_timeline_frame(findings: Sequence[Finding], done: Sequence[Maintenance]) -> pd.DataFrame:
    """The same as a table, the newest first."""
    rows = [
        (each.since_at, format_instant(find_end(each)), each.component or MACHINE,
         f"{SEVERITIES[each.severity].sign} {SEVERITIES[each.severity].label}",
         STATUSES[each.status], each.title)
        for each in findings
    ] + [
        (each.at, "", each.component or MACHINE, f"✚ {each.kind}", f"by {each.author}", each.text)
        for each in done
    ]  # fmt: skip
    rows.sort(key=lambda row: row[0], reverse=True)
    return pd.DataFrame([(format_instant(at), *rest) for at, *rest in rows], columns=COLUMNS)
