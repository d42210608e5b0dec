"""A model that a page goes on without: what is down, what that means there, and what to do."""

from collections.abc import Callable

import streamlit as st

from hydrodiag.health import ModelState
from hydrodiag.ui.safe_text import safe_label

TICK_S = 5.0
AT_HEALTH = " The page Health shows when it is back."


def tell_outage(ask: Callable[[], ModelState], kind: str, meaning: str) -> None:
    """Nothing while the model is there; the page is shown anew once it is back.

    `kind` is what people call the model, `meaning` what the page does without it.
    """
    state = ask()
    if not state.is_ready:
        _show(state, kind, meaning)
        st.fragment(_look_again, run_every=TICK_S)(ask)


def _show(state: ModelState, kind: str, meaning: str) -> None:
    """An Ollama that nobody has set up is worth knowing, and no outage."""
    show = st.warning if state.is_wanted else st.info
    more = AT_HEALTH if state.is_wanted else ""
    show(
        f"{meaning}\n\nFor the operator: {state.remedy}{more}",
        title=f"No {kind}: {safe_label(state.what)}",
        icon=":material/power_off:",
    )


def _look_again(ask: Callable[[], ModelState]) -> None:
    if ask().is_ready:
        st.rerun()
