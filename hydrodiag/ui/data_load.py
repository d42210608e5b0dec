"""Loading an upload: asked of the scheduler, followed, and reported to the last row."""

from collections.abc import Mapping as MappingOf
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.fleet import find_system_by_id
from hydrodiag.jobs import JobRun, list_runs, request_job
from hydrodiag.readings.ingest import Mapping
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.data_opened import Opened
from hydrodiag.ui.data_preview import build_reason_frame
from hydrodiag.ui.jobs_progress import watch_request
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.wording import format_count, format_instant, format_span

JOB_ID = "ingest_upload"
RUNS_LOOKED_AT = 100


def find_load(upload_id: int) -> JobRun | None:
    """The newest run that loads this upload, whoever asked for it."""
    runs = list_runs(resources.database(), job_id=JOB_ID, limit=RUNS_LOOKED_AT)
    return next((run for run in runs if run.params.get("upload_id") == upload_id), None)


def request_load(opened: Opened, mapping: Mapping) -> int:
    params = {
        "upload_id": opened.upload_id,
        "mapping": mapping.to_dict(),
        "sheet": opened.sheet,
    }
    return act(
        Permission.UPLOAD, "load file", opened.source.name,
        lambda db, name: request_job(db, JOB_ID, {**params, "started_by": name}, requested_by=name),
        {"upload": opened.upload_id},
    )  # fmt: skip


def show_load(run: JobRun) -> None:
    if run.request_id is not None:
        watch_request(run.request_id, on_success=show_report)


def show_report(run: JobRun) -> None:
    """Every row of the file in exactly one line of the report."""
    result = run.result or {}
    if result.get("state") == "stopped":
        st.warning(
            "Stopped before the end of the file. What is loaded stays; load it again to go on.",
            title="Stopped", icon=":material/stop_circle:",
        )  # fmt: skip
    else:
        st.success(
            f"{format_count(result['rows'])} readings in {format_span(run.duration)}.",
            title="Loaded", icon=":material/check_circle:",
        )  # fmt: skip
    with st.container(horizontal=True):
        outcomes = build_report_frame(result)
        st.dataframe(outcomes, hide_index=True, width="content", alt="What became of the rows")
        if result.get("reasons"):
            reasons = build_reason_frame(result["reasons"])
            st.dataframe(reasons, hide_index=True, width="content", alt="Reasons")
    if ignored := result.get("ignored_columns"):
        st.caption(f"Columns left out: {', '.join(ignored)}.")
    _show_links(run, result)


def build_report_frame(result: MappingOf[str, Any]) -> pd.DataFrame:
    """Outcome and Readings; the last line is the sum, and the file's number of rows."""
    parts = (
        ("New in the database", "inserted"),
        ("Already there", "already_there"),
        ("In quarantine", "quarantined"),
        ("Empty cells", "empty"),
        ("All readings of the file", "rows"),
    )
    rows = [(label, result.get(name, 0)) for label, name in parts]
    return pd.DataFrame(rows, columns=["Outcome", "Readings"])


def _show_links(run: JobRun, result: MappingOf[str, Any]) -> None:
    with st.container(horizontal=True):
        metrics = find_page("Metrics")
        if metrics and result.get("first_at"):
            st.page_link(
                metrics, label="Show in Metrics", icon=":material/monitoring:",
                query_params=_metrics_params(run, result),
            )  # fmt: skip
        data = find_page("Data")
        if data and result.get("quarantined"):
            st.page_link(
                data, label="Review the quarantine", icon=":material/report:",
                query_params={"tab": "Quarantine", "file": str(result.get("file_id") or "")},
            )  # fmt: skip
    if result.get("first_at"):
        first, last = (datetime.fromisoformat(result[name]) for name in ("first_at", "last_at"))
        st.caption(f"Readings from {format_instant(first)} to {format_instant(last)} UTC.")


def _metrics_params(run: JobRun, result: MappingOf[str, Any]) -> dict[str, str]:
    """The loaded window, of the machine if the file was of one."""
    params = {"from": result["first_at"], "to": result["last_at"]}
    system_id = run.params.get("mapping", {}).get("system_id")
    system = find_system_by_id(resources.database(), system_id) if system_id else None
    return {**params, "system": system.code} if system else params
