"""Panels below each other on one time axis, for the chart of Metrics."""

from collections.abc import Sequence
from typing import Any

from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_times import AxisClock

PANEL_PX = 210
GAP_PX = 44
TOP_PX, BOTTOM_PX = 44, 44
PALETTE = 10
# Fewer values than this are drawn with markers: a lone one would draw no line.
FEW = 120


def axes(place: int) -> dict[str, str]:
    """Streamlit's theme hides or restyles the legend without a number: none has that name."""
    number = "" if place == 1 else str(place)
    return {"xaxis": "x", "yaxis": f"y{number}", "legend": f"legend{place + 1}"}


def colour_of(number: int) -> str:
    """Streamlit's frontend puts the theme's chart colours in place of #000001 to #000010."""
    return f"#{number % PALETTE + 1:06d}"


def build_layout(
    titles: Sequence[str], clock: AxisClock, window: TimeWindow, revision: str
) -> dict[str, Any]:
    """A panel a title; the reader's zoom is kept while `revision` stays."""
    inner = len(titles) * PANEL_PX + (len(titles) - 1) * GAP_PX
    layout: dict[str, Any] = {
        "height": inner + TOP_PX + BOTTOM_PX,
        "margin": {"t": TOP_PX, "b": BOTTOM_PX, "l": 52, "r": 12},
        "dragmode": "select",
        "selectdirection": "h",
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "uirevision": revision,
        "xaxis": {
            "type": "date",
            "anchor": axes(len(titles))["yaxis"],
            "range": [clock.place_one(window.start), clock.place_one(window.end)],
            "showspikes": True, "spikemode": "across", "spikethickness": 1, "spikedash": "dot",
            "nticks": 8, "tickangle": 0,
        },
    }  # fmt: skip
    for place, title in enumerate(titles, start=1):
        top = 1 - (place - 1) * (PANEL_PX + GAP_PX) / inner
        names = axes(place)
        layout[names["yaxis"].replace("y", "yaxis", 1)] = {
            "domain": [max(0.0, top - PANEL_PX / inner), top], "anchor": "x", "nticks": 6,
        }  # fmt: skip
        layout[names["legend"]] = {
            "title": {"text": f"<b>{title}</b>  ", "side": "left", "font": {"size": 13}},
            "font": {"size": 12},
            "orientation": "h", "x": 0, "xanchor": "left", "y": top, "yanchor": "bottom",
        }  # fmt: skip
    return layout
