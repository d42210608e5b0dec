"""The jobs with their next turns, and what a person can do with one."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError, InvalidInput
from hydrodiag.jobs import (
    Job,
    list_jobs,
    parse_cadence,
    pause_job,
    request_job,
    reschedule_job,
    resume_job,
)
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.identity import may
from hydrodiag.ui.jobs_frames import build_job_frame
from hydrodiag.ui.jobs_progress import watch_request
from hydrodiag.ui.jobs_values import summarise_result
from hydrodiag.ui.jobs_wording import (
    STATUS_LOOK,
    describe_cadence,
    describe_next_turn,
)
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_away, format_instant, format_span

TURNS_SHOWN = 3
# Jobs that need parameters are started where these are chosen.
STARTED_ELSEWHERE = {"ingest_upload": "the page Data"}


def show_schedule() -> None:
    with guarded("Jobs"):
        jobs = list_jobs(resources.database())
        if not jobs:
            show_empty(
                "No jobs yet",
                "Each scheduler enters the jobs it knows when it starts. Start one: `make dev`, "
                "or `python scheduler.py` alone.",
                icon=":material/manufacturing:",
            )
            return
        _show_table(jobs)
        if job := _pick_job(jobs):
            _show_job(job)


def list_turns(cadence_text: str, now: datetime, time_zone: str) -> list[datetime]:
    """The next turns of a cadence. Raises InvalidInput."""
    cadence, turns = parse_cadence(cadence_text, time_zone), [now]
    while len(turns) <= TURNS_SHOWN and (turn := cadence.next_after(turns[-1])):
        turns.append(turn)
    return turns[1:]


def _show_table(jobs: Sequence[Job]) -> None:
    ids = [job.id for job in jobs]
    st.dataframe(
        build_job_frame(jobs, datetime.now(UTC)),
        key="job_table",
        hide_index=True,
        on_select=lambda: _choose_row(ids),
        selection_mode="single-row",
        alt="Jobs with their last results and next turns",
    )


def _choose_row(ids: Sequence[str]) -> None:
    rows = st.session_state["job_table"]["selection"]["rows"]
    if rows:
        st.session_state["job"] = ids[rows[0]]


def _pick_job(jobs: Sequence[Job]) -> Job | None:
    chosen = st.selectbox(
        "Job",
        [job.id for job in jobs],
        index=None,
        key="job",
        bind="query-params",
        placeholder="Choose a row above, or a job here",
    )
    return next((job for job in jobs if job.id == chosen), None)


def _show_job(job: Job) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(job.title, anchor=False)
            if job.is_paused:
                st.badge("Paused", icon=":material/pause_circle:", color="orange")
            if status := job.newest_status:
                look = STATUS_LOOK[status]
                st.badge(look.label, icon=look.icon, color=look.colour)
        st.markdown(job.description)
        st.caption(_describe_state(job, datetime.now(UTC)))
        if job.is_known and may(Permission.RUN_JOBS):
            _show_actions(job)
    request_id = st.session_state.get(f"job_request_{job.id}")
    if request_id is not None:
        watch_request(request_id)


def _describe_state(job: Job, now: datetime) -> str:
    parts = [f"Cadence: {describe_cadence(job)}. Next run: {describe_next_turn(job, now)}."]
    if job.last_finished_at:
        outcome = summarise_result(job.last_result, job.last_error)
        took = format_span(job.last_duration)
        parts.append(f"Last run {format_away(job.last_finished_at, now)}, took {took}: {outcome}.")
    if job.changed_by:
        changed = format_instant(job.changed_at)
        parts.append(f"Last changed by {job.changed_by} on {changed} UTC.")
    return " ".join(parts)


def _show_actions(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if where := STARTED_ELSEWHERE.get(job.id):
            st.caption(f"Started from {where}, which gives it its file and mapping.")
        else:
            st.button(
                "Run now", icon=":material/play_arrow:", type="primary", key="run_now",
                disabled=job.is_busy, on_click=_run_now, args=(job,),
            )  # fmt: skip
        if job.cadence is not None:
            _show_pause(job)
            with st.popover("Reschedule", icon=":material/edit_calendar:"):
                _show_cadence_form(job)


def _show_pause(job: Job) -> None:
    if job.is_paused:
        label, icon, change = "Resume", ":material/resume:", resume_job
    else:
        label, icon, change = "Pause", ":material/pause:", pause_job
    st.button(label, icon=icon, key="pause_or_resume", on_click=_do, args=(change, job.id))


def _show_cadence_form(job: Job) -> None:
    text = st.text_input(
        "Cadence",
        value=job.cadence or "",
        key=f"cadence_{job.id}",
        help="every 15s, every 5m, every 2h, daily 02:10, weekly sun 03:00, cron 10 2 * * *",
    )
    is_valid = _show_turns(text or "")
    st.button(
        "Save cadence", type="primary", key="save_cadence", disabled=not is_valid,
        on_click=_do, args=(reschedule_job, job.id, text),
    )  # fmt: skip
    if job.is_cadence_own:
        st.button(
            f"Back to {job.default_cadence}", key="default_cadence",
            on_click=_do, args=(reschedule_job, job.id, None),
        )  # fmt: skip


def _show_turns(text: str) -> bool:
    """The next turns of a cadence, or what is wrong with it; whether it can be saved."""
    try:
        turns = list_turns(text, datetime.now(UTC), resources.settings().time_zone)
    except InvalidInput as error:
        st.error(f"{error.message} {error.hint}")
        return False
    st.caption("Next turns: " + ", ".join(f"{format_instant(turn)} UTC" for turn in turns))
    return True


def _run_now(job: Job) -> None:
    try:
        request_id = act(
            Permission.RUN_JOBS, "run job", job.id,
            lambda db, name: request_job(db, job.id, {}, requested_by=name),
        )  # fmt: skip
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")
        return
    st.session_state[f"job_request_{job.id}"] = request_id


def _do(change: Callable[..., None], job_id: str, *args: object) -> None:
    action = change.__name__.replace("_", " ")
    try:
        act(
            Permission.RUN_JOBS, action, job_id,
            lambda db, name: change(db, job_id, *args, changed_by=name), {"to": args},
        )  # fmt: skip
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")
