"""Designed states: nothing there yet, a part that is down, an unexpected error."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

import streamlit as st
import structlog

from hydrodiag.errors import DatabaseUnavailable, HydroDiagError, QueryTimeout, SchemaMissing
from hydrodiag.metrics import PAGE_FAILURES
from hydrodiag.ui import resources

RECOVERY_TICK_S = 3.0
OUTAGE = "_database_is_down"
log = structlog.get_logger(__name__)


def show_empty(title: str, text: str, *, icon: str = ":material/inbox:") -> None:
    """Nothing to show: what is missing, and the next thing to do."""
    with st.container(border=True, horizontal_alignment="center"):
        st.subheader(f"{icon} {title}", anchor=False, text_alignment="center")
        st.caption(text, text_alignment="center")


@contextmanager
def guarded(part: str) -> Iterator[None]:
    """Show an error inside as a state of `part`; the rest of the page goes on."""
    try:
        yield
    except HydroDiagError as error:
        show_error(part, error)


def show_error(part: str, error: HydroDiagError) -> None:
    text = f"{error.message} {error.hint}".strip()
    match error:
        case DatabaseUnavailable():
            _show_outage(part)
        case SchemaMissing():
            title = f"{part}: the database is not set up"
            st.warning(text, title=title, icon=":material/construction:")
        case QueryTimeout():
            title = f"{part}: the database took too long"
            st.warning(text, title=title, icon=":material/hourglass_disabled:")
        case _:
            st.error(text, title=part, icon=":material/error:")


def show_unexpected(error: Exception) -> bool:
    """What a page shows instead of a trace; the trace is logged under the reference."""
    if isinstance(error, HydroDiagError):
        show_error("This page", error)
        watch_for_recovery()
        return True
    reference = f"E{token_hex(4)}"
    PAGE_FAILURES.inc()
    log.error("page_failed", reference=reference, exc_info=error)
    st.error(
        f"The log of the app holds the details under the reference **{reference}**.",
        title="This page failed",
        icon=":material/error:",
    )
    if st.button("Try again", icon=":material/refresh:", key=f"retry_{reference}"):
        st.rerun()
    return True


def forget_outage() -> None:
    st.session_state.pop(OUTAGE, None)


def watch_for_recovery() -> None:
    """After an outage was shown: look again, and show the page anew once the database answers."""
    if st.session_state.get(OUTAGE):
        st.fragment(_look_again, run_every=RECOVERY_TICK_S)()


def _look_again() -> None:
    try:
        resources.require_database()
    except HydroDiagError:
        return
    forget_outage()
    st.rerun()


def _show_outage(part: str) -> None:
    """In full for the first part of the page; the others only say that they wait too."""
    first = st.session_state.setdefault(OUTAGE, part)
    if first != part:
        st.caption(f":material/cloud_off: {part}: waiting for the database.")
        return
    st.error(
        "TimescaleDB does not answer. This page looks again every few seconds and goes on by "
        "itself. With `make dev` the database is started again; else see to the server that "
        "`DATABASE_URL` names.",
        title=f"{part}: the database is not reachable",
        icon=":material/cloud_off:",
    )
