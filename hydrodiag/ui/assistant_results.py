"""What the tools of the assistant found: as a table, a chart, and a way to the page."""

from datetime import datetime

import pandas as pd
import streamlit as st

from hydrodiag.assistant.live import ToolResult
from hydrodiag.readings.series import series
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui import resources
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.states import guarded

POINTS = 400


def show_result(result: ToolResult) -> None:
    with st.container(border=True):
        st.markdown(f":material/monitoring: **{safe_label(result.title)}**")
        if result.rows:
            frame = pd.DataFrame([list(row) for row in result.rows], columns=list(result.columns))
            st.dataframe(frame, hide_index=True, alt=result.title)
        if result.note:
            st.caption(safe_text(result.note))
        if result.chart:
            with guarded("Chart"):
                _show_chart(result)
        _show_link(result)


def _show_chart(result: ToolResult) -> None:
    chart = result.chart or {}
    window = TimeWindow(
        datetime.fromisoformat(chart["start"]), datetime.fromisoformat(chart["end"])
    )
    found = series(resources.database(), [int(chart["sensor_id"])], window, POINTS)
    st.line_chart(found.frame, x="time", y="mean", height=220, x_label="", y_label=chart["tag"],
                  alt=f"{chart['tag']}: mean over time")  # fmt: skip


def _show_link(result: ToolResult) -> None:
    page = find_page(result.page) if result.page else None
    if page is not None:
        st.page_link(page, label=f"Open {result.page}", icon=":material/arrow_forward:",
                     query_params=dict(result.params))  # fmt: skip
