"""A user's conversations: chosen, begun, found, renamed, exported, deleted."""

from collections.abc import Callable

import streamlit as st

from hydrodiag.assistant.conversations import (
    Conversation,
    delete_conversation,
    export_markdown,
    find_conversation,
    list_conversations,
    list_messages,
    rename_conversation,
)
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.safe_text import safe_label, safe_text

CHOSEN = "conversation"
LISTED = 15


def pick_conversation(user_id: int) -> Conversation | None:
    """The one of the address; None for a new one, and for somebody else's."""
    with st.sidebar.expander("Conversations", icon=":material/forum:", expanded=True):
        st.button("New conversation", icon=":material/add:", key="new_conversation",
                  on_click=_choose, args=(None,), width="stretch")  # fmt: skip
        words = st.text_input("Find", key="find_conversation", icon=":material/search:",
                              label_visibility="collapsed", placeholder="Find")  # fmt: skip
        found = list_conversations(resources.database(), user_id, words or "", LISTED)
        for each in found:
            st.button(safe_label(each.title or "Untitled", 40), key=f"conversation_{each.id}",
                      on_click=_choose, args=(each.id,), type="tertiary")  # fmt: skip
        if not found:
            st.caption("None yet." if not words else "None has these words.")
    chosen = _read_chosen()
    return find_conversation(resources.database(), user_id, chosen) if chosen else None


def show_conversation_menu(conversation: Conversation, user_id: int) -> None:
    with st.popover("This conversation", icon=":material/more_horiz:"):
        title = st.text_input("Title", conversation.title, max_chars=120,
                              key=f"title_{conversation.id}")  # fmt: skip
        if st.button("Rename", key="rename_conversation"):
            _do(lambda: rename_conversation(
                resources.database(), user_id, conversation.id, title or ""))  # fmt: skip
        messages = list_messages(resources.database(), user_id, conversation.id)
        st.download_button("Export as Markdown", export_markdown(conversation, messages),
                           f"conversation-{conversation.id}.md", "text/markdown",
                           icon=":material/download:", on_click="ignore")  # fmt: skip
        if st.button("Delete", icon=":material/delete:", key="delete_conversation"):
            _do(lambda: delete_conversation(resources.database(), user_id, conversation.id))


def choose_conversation(conversation_id: int | None) -> None:
    _choose(conversation_id)


def _choose(conversation_id: int | None) -> None:
    if conversation_id is None:
        st.query_params.pop(CHOSEN, None)
    else:
        st.query_params[CHOSEN] = str(conversation_id)
    st.session_state.pop("opened_source", None)


def _read_chosen() -> int | None:
    text = st.query_params.get(CHOSEN, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _do(work: Callable[[], object]) -> None:
    try:
        work()
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.rerun()
