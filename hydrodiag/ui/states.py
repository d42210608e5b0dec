"""Designed states: nothing there yet, a part that is down, an error."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from hydrodiag.errors import DatabaseUnavailable, HydroDiagError, QueryTimeout, SchemaMissing

RETRY_S = 3.0


def show_empty(title: str, text: str, *, icon: str = ":material/inbox:") -> None:
    """Nothing to show: what is missing, and the next thing to do."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"### {icon} {title}", text_alignment="center")
        st.caption(text, text_alignment="center")


@contextmanager
def guarded(part: str) -> Iterator[None]:
    """Show an error inside as a state of `part`; the rest of the page goes on."""
    try:
        yield
    except DatabaseUnavailable as error:
        _show_down(part, error)
    except SchemaMissing as error:
        st.warning(
            f"{error.message} {error.hint}", title=f"{part}: the database is not set up",
            icon=":material/construction:",
        )  # fmt: skip
    except QueryTimeout as error:
        st.warning(
            f"{error.message} {error.hint}", title=f"{part}: the database took too long",
            icon=":material/hourglass_disabled:",
        )  # fmt: skip
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", title=part, icon=":material/error:")


def _show_down(part: str, error: DatabaseUnavailable) -> None:
    st.error(
        f"{error.message} {error.hint} This page looks again by itself.",
        title=f"{part}: the database is not reachable",
        icon=":material/cloud_off:",
    )
