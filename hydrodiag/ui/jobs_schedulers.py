"""Whether anybody is there to run jobs."""

from collections.abc import Sequence

import streamlit as st

from hydrodiag.jobs import SchedulerState, Silence, find_silence, list_schedulers
from hydrodiag.ui import resources
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import format_instant, format_span, join_count

TICK_S = 5.0
WHAT_TO_DO = (
    "Jobs that are due or requested wait in the queue and start as soon as a scheduler is there. "
    "`make dev` starts one together with the app; alone it is `python scheduler.py`, with the "
    "same `DATABASE_URL` as the app."
)


def show_schedulers() -> None:
    """Looks again by itself: a scheduler comes and goes while the page is open."""
    st.fragment(_show_schedulers, run_every=TICK_S)()


def _show_schedulers() -> None:
    with guarded("Schedulers"):
        alive = [each for each in list_schedulers(resources.database()) if each.is_alive]
        if alive:
            st.caption(f":green[:material/check_circle:] {describe_schedulers(alive)}")
        else:
            warn_without_scheduler()


def warn_without_scheduler(meaning: str = "") -> None:
    """Say so where nobody would start what somebody is waiting for: `meaning` is what that is."""
    silence = find_silence(resources.database())
    if silence is not None:
        _warn(silence, meaning)


def describe_schedulers(alive: Sequence[SchedulerState]) -> str:
    named = "; ".join(
        f"{each.host}, process {each.pid}, heartbeat {format_span(each.silent_for)} ago"
        for each in alive
    )
    return f"{join_count(len(alive), 'scheduler', 'schedulers')} alive: {named}."


def describe_silence(silence: Silence) -> str:
    """Since when; empty where no scheduler is known ever to have run."""
    if silence.began_at is None:
        return ""
    return f"None since {format_instant(silence.began_at)} UTC, for {format_span(silence.lasts)}."


def _warn(silence: Silence, meaning: str = "") -> None:
    first = " ".join(filter(None, (meaning, describe_silence(silence))))
    st.warning(
        "\n\n".join(filter(None, (first, WHAT_TO_DO))),
        title="No scheduler is running",
        icon=":material/power_off:",
    )
