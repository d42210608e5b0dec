"""The API keys there are: for what, used when, until when; revoked after a second click."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from hydrodiag.accounts.api_keys import ApiKey, list_keys, revoke_key
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.identity import me
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_away, format_instant

MESSAGE = "_api_keys_message"


def show_keys() -> None:
    with guarded("API keys"):
        _show_message()
        keys = list_keys(resources.database(), me())
        if not keys:
            show_empty(
                "No API keys", "Machines and programs that send readings need one: make it below.",
                icon=":material/key:",
            )  # fmt: skip
            return
        now = datetime.now(UTC)
        st.dataframe(build_key_frame(keys, now), hide_index=True, alt="API keys")
        _offer_revocation([key for key in keys if key.holds(now)])


def build_key_frame(keys: Sequence[ApiKey], now: datetime) -> pd.DataFrame:
    rows = [
        (
            key.id, key.name, key.system_code or "All", ", ".join(key.scopes),
            describe_state(key, now), format_away(key.last_used_at, now),
            format_instant(key.expires_at) if key.expires_at else "Never",
            key.created_by, format_instant(key.created_at),
        )
        for key in keys
    ]  # fmt: skip
    columns = [
        "Number", "Name", "System", "May", "State", "Last use", "Expires (UTC)", "Made by",
        "Made (UTC)",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def describe_state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"Revoked by {key.revoked_by}"
    return "Holds" if key.holds(now) else "Expired"


def _offer_revocation(keys: Sequence[ApiKey]) -> None:
    names = {key.id: f"{key.name} ({key.id})" for key in keys}
    if not names:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Key", list(names), index=None, format_func=names.__getitem__, key="revoked_key",
            placeholder="Choose a key to revoke it", width=320,
        )  # fmt: skip
        is_asked = st.button(
            "Revoke", icon=":material/key_off:", disabled=chosen is None, key="revoke"
        )
    if is_asked and chosen is not None:
        ask_for_revocation(chosen, names[chosen])


@st.dialog("Revoke this key?", icon=":material/key_off:")
def ask_for_revocation(key_id: int, name: str) -> None:
    st.markdown(
        "From the next request on the key does not hold; what uses it sends no readings any more "
        "until it gets another one. This cannot be taken back."
    )
    st.text(name)
    with st.container(horizontal=True):
        if st.button(
            "Revoke it", type="primary", key="revoke_now", on_click=_revoke, args=(key_id, name)
        ):
            st.rerun()
        if st.button("Keep it", key="keep"):
            st.rerun()


def _revoke(key_id: int, name: str) -> None:
    try:
        revoke_key(resources.database(), me(), key_id)
        st.session_state[MESSAGE] = ("success", f"Key {name} revoked.")
    except HydroDiagError as error:
        st.session_state[MESSAGE] = ("error", str(error))


def _show_message() -> None:
    kind, text = st.session_state.pop(MESSAGE, ("", ""))
    if kind == "success":
        st.success(text, icon=":material/check_circle:")
    elif kind == "error":
        st.error(text, icon=":material/error:")
