"""What would become of the rows of a file, before anything is written."""

from collections.abc import Mapping, Sequence

import pandas as pd
import polars as pl
import streamlit as st

from hydrodiag.readings.ingest import (
    REASON_TEXT,
    IngestReport,
    Preview,
    Reason,
    RefusedRow,
)
from hydrodiag.ui.wording import format_count

OUTCOMES = (
    ("inserted", "New", ":material/add_circle:"),
    ("already_there", "Already there", ":material/content_copy:"),
    ("quarantined", "To quarantine", ":material/report:"),
    ("empty", "Empty cells", ":material/check_box_outline_blank:"),
)


def show_preview(preview: Preview) -> None:
    report = preview.report
    rows = format_count(report.rows)
    whole = (
        f"the first {rows} readings of the file" if preview.is_partial else f"all {rows} readings"
    )
    st.markdown(f"**Preview** of {whole}")
    show_outcomes(report)
    if report.reasons:
        reasons = build_reason_frame(report.reasons)
        st.dataframe(reasons, hide_index=True, width="content", alt="Reasons")
    good, refused = st.tabs(
        [f"Good rows ({format_count(report.rows - report.quarantined - report.empty)})",
         f"Refused rows ({format_count(report.quarantined)})"]
    )  # fmt: skip
    with good:
        st.dataframe(build_good_frame(preview.good), hide_index=True, height=240, alt="Good rows")
    with refused:
        _show_refused(preview.refused)


def show_outcomes(report: IngestReport) -> None:
    with st.container(horizontal=True):
        for name, label, icon in OUTCOMES:
            count = format_count(getattr(report, name))
            st.metric(label, count, icon=icon, border=True, width=170)


def build_reason_frame(reasons: Mapping[str, int]) -> pd.DataFrame:
    rows = [(REASON_TEXT[Reason(reason)], count) for reason, count in reasons.items()]
    return pd.DataFrame(rows, columns=["Why", "Readings"])


def build_good_frame(good: pl.DataFrame) -> pd.DataFrame:
    """Time (UTC), Sensor, Value, Unit."""
    frame = good.rename(
        {"time": "Time (UTC)", "sensor": "Sensor", "value": "Value", "unit": "Unit"}
    )
    return frame.with_columns(pl.col("Time (UTC)").dt.to_string("%Y-%m-%d %H:%M:%S%.f")).to_pandas()


def build_refused_frame(refused: Sequence[RefusedRow]) -> pd.DataFrame:
    rows = [
        (each.line, REASON_TEXT[Reason(each.reason)], each.detail, each.raw) for each in refused
    ]
    return pd.DataFrame(rows, columns=["Line", "Why", "In detail", "Row"])


def _show_refused(refused: Sequence[RefusedRow]) -> None:
    if not refused:
        st.caption("None of the rows looked at is refused.")
        return
    st.dataframe(build_refused_frame(refused), hide_index=True, height=240, alt="Refused rows")
