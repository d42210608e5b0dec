"""Where a machine is heading, and how far it is from its healthy span as a whole."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from hydrodiag.diagnostics.catalogue.checks import BY_ID
from hydrodiag.diagnostics.catalogue.spec import Against, Check
from hydrodiag.diagnostics.findings.records import TOPIC
from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.diagnostics.running.foretelling import Forecast, list_forecasts
from hydrodiag.diagnostics.unusual import Share, Unusual, load_unusual
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import System
from hydrodiag.ui import resources
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.theme import Tone
from hydrodiag.ui.wording import NOTHING

HEIGHT_PX = 280
SEEN = timedelta(days=30)


def show_forecasts(system: System) -> None:
    forecasts = read([TOPIC], list_forecasts, system.id)
    if not forecasts:
        st.caption("No trend of the last 30 days leads to a limit that can be foretold. Looked at "
                   "every night.")  # fmt: skip
        return
    st.dataframe(build_forecast_frame(forecasts), hide_index=True, alt="Limits ahead")
    st.caption("By the trend of the last 30 days; 80 % of its resampled continuations lie between "
               "earliest and latest.")  # fmt: skip


def build_forecast_frame(forecasts: Sequence[Forecast]) -> pd.DataFrame:
    rows = []
    for each in forecasts:
        check = BY_ID[each.check_id]
        shown = _find_unit(check)
        against = "" if check.against is Against.LIMIT else " from healthy"
        rows.append({
            "Looks for": f"{check.title} ({check.id})",
            "Now": f"{each.value:.3g} {shown}{against}",
            "Reaches": f"{each.limit_kind} {each.limit_value:g} {shown}",
            "About": f"{each.reaches_at:%Y-%m-%d}",
            "Earliest": f"{each.earliest_at:%Y-%m-%d}",
            "Latest": f"{each.latest_at:%Y-%m-%d}" if each.latest_at else NOTHING,
            "A day": f"{each.slope_per_day:+.2g} {shown}",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _find_unit(check: Check) -> str:
    unit = INDICATORS[check.indicator].unit
    if check.against is Against.DIFFERENCE and unit == "%":
        return "points"
    return "%" if check.against is Against.PERCENT else unit


def show_unusual(system: System) -> None:
    st.caption(
        "All indicators at once, at the same temperature and load, against the healthy span: 1 is "
        "what one healthy step in a hundred exceeds. This ranks and explains, and opens no finding."
    )
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today + timedelta(days=1)
    try:
        found = load_unusual(resources.database(), system.id, end - SEEN, end)
    except InvalidInput as error:
        st.caption(safe_text(str(error)))
        return
    if found.frame.empty:
        st.caption("No step of the last 30 days tells all indicators.")
        return
    st.plotly_chart(build_unusual_chart(found), key=f"unusual_{system.id}",
                    alt="Distance from the healthy span over the last 30 days",
                    config={"displaylogo": False})  # fmt: skip
    st.dataframe(
        build_share_frame(found.shares), hide_index=True, alt="What the distance is made of",
        column_config={"Share": st.column_config.ProgressColumn(format="percent", max_value=1.0)},
    )  # fmt: skip


def build_unusual_chart(found: Unusual) -> go.Figure:
    figure = go.Figure()
    for name, label, dash in (("spe", "Beside the healthy pattern (SPE)", "solid"),
                              ("t2", "Along the healthy pattern (T²)", "dot")):  # fmt: skip
        figure.add_scatter(x=found.frame["time"], y=found.frame[name], name=label, mode="lines",
                           line={"width": 1.8, "dash": dash})  # fmt: skip
    figure.add_hline(1, line={"color": Tone.WARNING, "width": 1.2, "dash": "dash"})
    figure.update_layout(
        height=HEIGHT_PX, margin={"t": 30, "b": 36, "l": 56, "r": 12}, hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        yaxis={"type": "log", "title": {"text": "distance"}, "dtick": 1},
        xaxis={"type": "date", "nticks": 8, "tickangle": 0},
    )  # fmt: skip
    return figure


def build_share_frame(shares: Sequence[Share]) -> pd.DataFrame:
    rows = [
        (each.name, f"{each.value:.4g} {each.unit}".rstrip(), f"{each.expected:.4g}", each.spreads,
         each.share)
        for each in shares
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["Indicator", "Now", "Healthy", "Spreads away", "Share"])
    return frame.round({"Spreads away": 1})
