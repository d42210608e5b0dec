"""What came of a run, for people first and as JSON below."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from hydrodiag.jobs import JobRun
from hydrodiag.ui.jobs_frames import build_entry_frame
from hydrodiag.ui.jobs_values import list_result_lines, summarise_result
from hydrodiag.ui.jobs_wording import (
    STATUS_LOOK,
    describe_cause,
)
from hydrodiag.ui.wording import format_instant, format_span


def show_result(run: JobRun) -> None:
    """The outcome in one box and the values of the result below it."""
    if run.status == "failed":
        st.error(summarise_result(None, run.error), title=f"{run.title} failed")
    elif run.status != "succeeded":
        st.warning(run.error or _explain_end(run), title=f"{run.title}: {_label(run)}")
    elif run.result and run.result.get("state"):
        st.info(summarise_result(run.result), title=run.title, icon=":material/info:")
    else:
        took = format_span(run.duration)
        st.success(f"Took {took}.", title=f"{run.title} succeeded", icon=":material/check_circle:")
    show_values(run.result)


def show_values(result: Mapping[str, Any] | None) -> None:
    """Plain values as a table, lists of objects as tables of their own."""
    if not result:
        return
    if lines := list_result_lines(result):
        frame = pd.DataFrame(lines, columns=["What", "Value"])
        st.dataframe(frame, hide_index=True, alt="What the run has to tell")
    for name, each in result.items():
        if isinstance(each, list | tuple) and each and isinstance(each[0], Mapping):
            title = name.replace("_", " ").capitalize()
            st.caption(title)
            st.dataframe(build_entry_frame(each), hide_index=True, alt=title)


def show_run_detail(run: JobRun) -> None:
    """Everything that is on record about a run."""
    look = STATUS_LOOK[run.status]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Run {run.id}: {run.title}", anchor=False)
            st.badge(look.label, icon=look.icon, color=look.colour)
        st.caption(_describe_course(run))
        if run.error:
            st.error(summarise_result(None, run.error), icon=":material/error:")
        elif not run.is_finished:
            st.progress(run.progress or 0.0, text=run.message or look.label)
        show_values(run.result)
        _show_raw(run)


def _show_raw(run: JobRun) -> None:
    parts = (("Parameters", run.params), ("Result", run.result))
    filled = [(name, each) for name, each in parts if each]
    if filled or "\n" in run.error:
        with st.expander("As recorded", icon=":material/data_object:"):
            for name, each in filled:
                st.caption(name)
                st.json(dict(each))
            if "\n" in run.error:
                st.code(run.error, language=None, wrap_lines=True)


def _describe_course(run: JobRun) -> str:
    parts = [
        f"{run.job_id}, queue {run.queue}, {describe_cause(run)}",
        f"queued {format_instant(run.queued_at)} UTC",
    ]
    if run.started_at:
        where = f" on {run.host}, process {run.pid}" if run.host else ""
        parts.append(f"started {format_instant(run.started_at)} UTC{where}")
    if run.finished_at:
        parts.append(f"took {format_span(run.duration)}")
    if run.stop_requested_by is not None:
        parts.append(f"stop asked for by {run.stop_requested_by}")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def _explain_end(run: JobRun) -> str:
    if run.status == "stopped":
        return f"Stopped by {run.stop_requested_by}. What was done until then stays done."
    if run.status == "handed_back":
        return "The scheduler was shut down; the run is queued again for the next one."
    return "The process that ran it has ended. The job runs again at its next turn."


def _label(run: JobRun) -> str:
    return STATUS_LOOK[run.status].label.lower()
