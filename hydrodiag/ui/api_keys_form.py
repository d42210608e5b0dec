"""A new API key, shown once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from hydrodiag.accounts.api_keys import KeyDraft, Scope, create_key
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import System, list_systems
from hydrodiag.ui import resources
from hydrodiag.ui.identity import me
from hydrodiag.ui.reads import read
from hydrodiag.ui.states import guarded

NEW_KEY = "_new_api_key"
SCOPES = {Scope.WRITE: "Send readings", Scope.READ: "See machines and readings"}
LIFETIMES = {
    "30 days": timedelta(days=30),
    "90 days": timedelta(days=90),
    "1 year": timedelta(days=365),
    "3 years": timedelta(days=1095),
    "Until revoked": None,
}
ALL_SYSTEMS = "All systems"


def show_new_key() -> None:
    """The key that was just made, until the page is left or does something else."""
    if key := st.session_state.pop(NEW_KEY, None):
        st.success(
            "Shown once: copy it now, HydroDiag keeps only a hash. "
            "Programs send it as `Authorization: Bearer` followed by the key.",
            title="New API key", icon=":material/key:",
        )  # fmt: skip
        st.code(key, language=None, wrap_lines=True)


def show_form() -> None:
    with guarded("New key"), st.expander("New key", icon=":material/add:", expanded=True):
        systems = read(["fleet"], list_systems)
        with st.form("new_key", border=False, clear_on_submit=True):
            draft = _pick_draft(systems)
            if st.form_submit_button("Make the key", type="primary", icon=":material/key:"):
                _create(draft)


def _pick_draft(systems: Sequence[System]) -> KeyDraft:
    name = st.text_input("Name", placeholder="Telegraf of hall 2", max_chars=100)
    codes = {system.code: system.id for system in systems}
    system = st.selectbox(
        "System", [ALL_SYSTEMS, *codes], key="key_system",
        help="A key of one system can neither see nor change another.",
    )  # fmt: skip
    scopes = st.pills(
        "May", list(SCOPES), selection_mode="multi", default=[Scope.WRITE],
        format_func=SCOPES.__getitem__, key="key_scopes",
    )  # fmt: skip
    lifetime = LIFETIMES[st.selectbox("Holds for", list(LIFETIMES), index=2, key="key_lifetime")]
    expires_at = datetime.now(UTC) + lifetime if lifetime else None
    return KeyDraft((name or "").strip(), scopes, codes.get(system), expires_at)


def _create(draft: KeyDraft) -> None:
    try:
        key = create_key(resources.database(), me(), draft)
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/error:")
        return
    st.session_state[NEW_KEY] = key
    st.rerun()
