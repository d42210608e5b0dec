"""Whether anybody is there to run jobs."""

from collections.abc import Sequence

import streamlit as st

from hydrodiag.jobs import SchedulerState, list_schedulers
from hydrodiag.ui import resources
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import format_span, join_count

WHAT_TO_DO = (
    "Jobs that are due or requested wait in the queue and start as soon as a scheduler is there. "
    "`make dev` starts one together with the app; alone it is `python scheduler.py`, with the "
    "same `DATABASE_URL` as the app."
)


def show_schedulers() -> None:
    with guarded("Schedulers"):
        schedulers = list_schedulers(resources.database())
        alive = [each for each in schedulers if each.is_alive]
        if not alive:
            _warn(schedulers)
            return
        st.caption(f":green[:material/check_circle:] {describe_schedulers(alive)}")


def warn_without_scheduler() -> None:
    """Say so where nobody would start the run that somebody is waiting for."""
    schedulers = list_schedulers(resources.database())
    if not any(each.is_alive for each in schedulers):
        _warn(schedulers)


def describe_schedulers(alive: Sequence[SchedulerState]) -> str:
    named = "; ".join(
        f"{each.host}, process {each.pid}, heartbeat {format_span(each.silent_for)} ago"
        for each in alive
    )
    return f"{join_count(len(alive), 'scheduler', 'schedulers')} alive: {named}."


def describe_silence(schedulers: Sequence[SchedulerState]) -> str:
    """When a scheduler was last heard of; empty where none was within the last hour."""
    if not schedulers:
        return ""
    last = min(schedulers, key=lambda each: each.silent_for)
    return f"Last heard of {last.host} {format_span(last.silent_for)} ago. "


def _warn(schedulers: Sequence[SchedulerState]) -> None:
    st.warning(
        describe_silence(schedulers) + WHAT_TO_DO,
        title="No scheduler is running",
        icon=":material/power_off:",
    )
