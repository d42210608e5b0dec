"""The evidence of a finding as a chart: measured, expected, limits, and the episode."""

from datetime import datetime

import plotly.graph_objects as go

from hydrodiag.diagnostics.history import IndicatorHistory
from hydrodiag.diagnostics.prognosis import Prognosis
from hydrodiag.diagnostics.records import Evidence
from hydrodiag.ui.theme import Tone, line_colour

HEIGHT_PX = 320
FIRST_COLOUR = "#000001"  # the theme's first


def build_evidence_chart(
    evidence: Evidence, history: IndicatorHistory, since_at: datetime
) -> go.Figure:
    frame = history.frame
    figure = go.Figure(layout=_build_layout(evidence))
    figure.add_scatter(x=frame["time"], y=frame["value"], name=evidence.indicator_name,
                       mode="lines", line={"color": FIRST_COLOUR, "width": 2},
                       connectgaps=False)  # fmt: skip
    if frame["expected"].notna().any():
        figure.add_scatter(
            x=frame["time"],
            y=frame["expected"],
            name="Healthy machine",
            mode="lines",
            line={"color": Tone.MUTED, "width": 2, "dash": "dash"},
        )
    for limit, name, tone in (
        (evidence.warn, "Warning", Tone.WARNING), (evidence.critical, "Alarm", Tone.CRITICAL),
    ):  # fmt: skip
        if limit is not None:
            figure.add_hline(limit, line={"color": tone, "width": 1.5, "dash": "dot"},
                             annotation={"text": f"{name} {limit:.3g}"},
                             annotation_position="top left")  # fmt: skip
    figure.add_vrect(since_at, evidence.end_at, fillcolor=Tone.WARNING, opacity=0.12,
                     line_width=0, layer="below")  # fmt: skip
    if isinstance(history.prognosis, Prognosis):
        _add_prognosis(figure, history.prognosis, evidence.value, evidence.end_at)
    return figure


def _add_prognosis(figure: go.Figure, ahead: Prognosis, value: float, now: datetime) -> None:
    reaches = ahead.reaches_at
    figure.add_scatter(x=[now, reaches], y=[value, ahead.limit], name="Trend", mode="lines",
                       line={"color": line_colour(), "width": 1.5, "dash": "dashdot"})  # fmt: skip


def describe_evidence(evidence: Evidence) -> str:
    return (
        f"{evidence.indicator_name} up to {evidence.end_at:%Y-%m-%d %H:%M} UTC with the limits of "
        f"{evidence.check_id}"
    )


def _build_layout(evidence: Evidence) -> dict[str, object]:
    unit = f" [{evidence.unit}]" if evidence.unit else ""
    return {
        "height": HEIGHT_PX,
        "margin": {"t": 36, "b": 36, "l": 56, "r": 12},
        "hovermode": "x unified",
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "yaxis": {"title": {"text": f"{evidence.indicator_name}{unit}"}},
        "xaxis": {"type": "date", "nticks": 8, "tickangle": 0},
        "uirevision": evidence.check_id,
    }
