"""A run as it goes on: shown live, and quiet once nothing is under way."""

from collections.abc import Callable, Sequence

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.jobs import JobRun, find_run_of_request, list_runs, request_stop
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.identity import may
from hydrodiag.ui.jobs_result import show_result
from hydrodiag.ui.jobs_schedulers import warn_without_scheduler
from hydrodiag.ui.jobs_wording import STATUS_LOOK, describe_cause
from hydrodiag.ui.states import guarded

BUSY_TICK_S = 1.0
IDLE_TICK_S = 5.0
UNFINISHED = ("queued", "running")


def show_running() -> None:
    """What is queued or running now; looks again often while something is."""
    tick = BUSY_TICK_S if st.session_state.get("jobs_busy") else IDLE_TICK_S
    st.fragment(_show_unfinished, run_every=tick)()


def watch_request(request_id: int, *, on_success: Callable[[JobRun], None] = show_result) -> None:
    """Follow a request until its run ends, then show what came of it."""
    is_over = st.session_state.get(_over_key(request_id), False)
    tick = None if is_over else BUSY_TICK_S
    st.fragment(_show_request, run_every=tick)(request_id, on_success)


def show_run(run: JobRun) -> None:
    """One unfinished run: how far it is, and a way to stop it."""
    look = STATUS_LOOK[run.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"**{run.title}** {look.label.lower()}, {describe_cause(run)}. {run.message}"
        st.progress(run.progress or 0.0, text=text)
        if run.stop_requested_by is not None:
            st.badge("Stopping", icon=":material/stop_circle:", color="orange")
        elif may(Permission.RUN_JOBS) and st.button(
            "Stop", icon=":material/stop:", key=f"stop_{run.id}"
        ):
            _stop(run)


def _show_unfinished() -> None:
    with guarded("Running jobs"):
        runs = list_runs(resources.database(), status=UNFINISHED, limit=20)
        _show_runs(runs)
        was_busy = st.session_state.get("jobs_busy", False)
        st.session_state["jobs_busy"] = bool(runs)
        if was_busy != bool(runs):
            st.rerun()


def _show_runs(runs: Sequence[JobRun]) -> None:
    if not runs:
        st.caption("Nothing is running.")
    for run in runs:
        show_run(run)


def _show_request(request_id: int, on_success: Callable[[JobRun], None]) -> None:
    with guarded("Progress"):
        run = find_run_of_request(resources.database(), request_id)
        if run is None:
            st.caption("This run is no longer on record.")
            return
        if not run.is_finished:
            show_run(run)
            _warn_without_scheduler(run)
            return
        on_success(run) if run.status == "succeeded" else show_result(run)
        _end_watch(request_id)


def _end_watch(request_id: int) -> None:
    """The whole page once more: what it shows may have changed, and the ticking stops."""
    if not st.session_state.get(_over_key(request_id)):
        st.session_state[_over_key(request_id)] = True
        st.rerun()


def _warn_without_scheduler(run: JobRun) -> None:
    if run.status == "queued":
        warn_without_scheduler()


def _stop(run: JobRun) -> None:
    try:
        act(
            Permission.RUN_JOBS, "stop job", run.job_id,
            lambda db, name: request_stop(db, run.id, requested_by=name), {"run": run.id},
        )  # fmt: skip
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/info:")
    st.rerun(scope="fragment")


def _over_key(request_id: int) -> str:
    return f"request_{request_id}_over"
