"""Past runs: filtered, page by page, each with everything on record."""

from collections.abc import Sequence

import streamlit as st

from hydrodiag.jobs import JobRun, count_runs, find_run, list_jobs, list_runs
from hydrodiag.ui import resources
from hydrodiag.ui.jobs_frames import build_run_frame
from hydrodiag.ui.jobs_result import show_run_detail
from hydrodiag.ui.jobs_wording import STATUS_LOOK
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import join_count

PAGE_ROWS = 50


def show_history() -> None:
    with guarded("History"):
        db = resources.database()
        job_id, statuses = _pick_filters()
        count = count_runs(db, job_id=job_id, status=statuses)
        if not count:
            _show_nothing(is_filtered=bool(job_id or statuses))
        else:
            page = _pick_page(count)
            offset = (page - 1) * PAGE_ROWS
            _show_runs(list_runs(
                db, job_id=job_id, status=statuses, limit=PAGE_ROWS, offset=offset
            ))  # fmt: skip
        _show_chosen()


def _pick_filters() -> tuple[str | None, list[str]]:
    jobs = [job.id for job in list_jobs(resources.database())]
    with st.container(horizontal=True):
        job_id = st.selectbox(
            "Job", jobs, index=None, key="history_job", bind="query-params", placeholder="All jobs"
        )
        statuses = st.multiselect(
            "Status", list(STATUS_LOOK), key="status", bind="query-params", placeholder="Any status"
        )
    return job_id, statuses


def _pick_page(count: int) -> int:
    pages = -(-count // PAGE_ROWS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(join_count(count, "run", "runs"))
        return st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1


def _show_runs(runs: Sequence[JobRun]) -> None:
    ids = [run.id for run in runs]
    st.dataframe(
        build_run_frame(runs),
        key="run_table",
        hide_index=True,
        on_select=lambda: _choose_row(ids),
        selection_mode="single-row",
        column_config={"Run": st.column_config.NumberColumn(format="%d")},
        alt="Runs, newest first",
    )
    st.caption("Choose a row to see its parameters, result and error.")


def _choose_row(ids: Sequence[int]) -> None:
    rows = st.session_state["run_table"]["selection"]["rows"]
    if rows:
        st.session_state["run"] = ids[rows[0]]


def _show_chosen() -> None:
    run_id = st.number_input(
        "Run", min_value=1, step=1, value=None, key="run", bind="query-params",
        placeholder="Number of a run", width=220,
    )  # fmt: skip
    if run_id is None:
        return
    run = find_run(resources.database(), int(run_id))
    if run is None:
        st.warning(f"There is no run {run_id} on record: old runs are removed after a while.")
        return
    show_run_detail(run)


def _show_nothing(*, is_filtered: bool) -> None:
    if is_filtered:
        show_empty("No such runs", "No run has this job and status. Clear a filter.")
    else:
        show_empty("No runs yet", "The first appears when a scheduler runs the first job.")
