"""Questions and answers as they are shown, with sources to open and a judgement to give."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from hydrodiag.assistant.conversations import Message
from hydrodiag.assistant.feedback import keep_feedback
from hydrodiag.assistant.live import ToolResult
from hydrodiag.ui import resources
from hydrodiag.ui.assistant_results import show_result
from hydrodiag.ui.passages import show_page
from hydrodiag.ui.safe_text import safe_label, safe_markdown, safe_text
from hydrodiag.ui.states import guarded

OPENED = "opened_source"
AVATARS = {"question": ":material/person:", "answer": ":material/support_agent:"}
ROLES = {"question": "user", "answer": "assistant"}
ENDS = {"stopped": "Stopped.", "interrupted": "Broken off."}
METHODS = {
    "model": "Written by {model} from the sources below.",
    "quoted": "Quoted from the manuals, without a language model.",
    "approved": "An approved answer.",
    "live": "From live readings.",
}
UNSUPPORTED = "⚠ marks {count} that no source holds."


def show_message(message: Message, user_id: int) -> None:
    with st.chat_message(ROLES[message.role], avatar=AVATARS[message.role]):
        if message.role == "question":
            st.markdown(safe_text(message.text))
            return
        for result in message.detail.get("results", ()):
            show_result(ToolResult.from_dict(result))
        st.markdown(safe_markdown(message.text))
        show_sources(message.detail.get("sources", ()), f"message_{message.id}")
        _show_small_print(message)
        _show_thought(message.detail.get("thought", ""))
        _show_feedback(message, user_id)


def show_sources(sources: Sequence[Mapping[str, Any]], key: str) -> None:
    """A button each: opens the page beside the conversation."""
    if not sources:
        return
    with st.container(horizontal=True):
        for source in sources:
            label = f", {source['label']}" if source.get("label") else ""
            name = safe_label(
                f"[{source['number']}] {source['title']}{label}, page {source['page']}"
            )
            st.button(name, key=f"{key}_source_{source['number']}", icon=":material/menu_book:",
                      on_click=_open, args=(dict(source),))  # fmt: skip


def show_opened_source() -> None:
    """The original at the cited page, with the words marked."""
    source = st.session_state.get(OPENED)
    if source is None:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**[{source['number']}]** {safe_label(source['title'])}")
            st.button("Close", icon=":material/close:", key="close_source", on_click=_open,
                      args=(None,))  # fmt: skip
        st.caption(safe_text(" › ".join(source["heading_path"])))
        if source["file_kind"] == "pdf":
            show_page(source["revision_id"], source["page"], source["text"])
        with st.expander("The words as they were cited", expanded=source["file_kind"] != "pdf"):
            st.markdown(safe_text(source["text"]))


def _open(source: dict[str, Any] | None) -> None:
    st.session_state[OPENED] = source


def _show_small_print(message: Message) -> None:
    detail = message.detail
    method, notice = detail.get("method", ""), detail.get("notice", "")
    is_silent = method == "quoted" and (notice or detail.get("is_refusal"))
    parts = [] if is_silent else [METHODS.get(method, "")]
    parts = [part.format(model=detail.get("model", "")) for part in parts]
    if detail.get("unsupported"):
        count = detail["unsupported"]
        parts.append(UNSUPPORTED.format(count="a sentence" if count == 1 else f"{count} sentences"))
    parts.append(ENDS.get(message.state, ""))
    parts.append(notice)
    st.caption(safe_text(" ".join(part for part in parts if part)))


def _show_thought(thought: str) -> None:
    if thought.strip():
        with st.expander("What the model thought", icon=":material/psychology:"):
            st.caption("No part of the answer, and not checked against the sources.")
            st.markdown(safe_text(thought))


def _show_feedback(message: Message, user_id: int) -> None:
    key = f"thumbs_{message.id}"
    if key not in st.session_state and message.is_helpful is not None:
        st.session_state[key] = int(message.is_helpful)
    st.feedback("thumbs", key=key, on_change=_keep, args=(message, user_id, key))
    if st.session_state.get(key) == 0:
        reason = st.text_input("What is wrong with it?", message.reason, key=f"reason_{message.id}",
                               max_chars=1000)  # fmt: skip
        if reason and reason != message.reason:
            with guarded("Feedback"):
                keep_feedback(resources.database(), user_id, message.id, is_helpful=False,
                              reason=reason)  # fmt: skip


def _keep(message: Message, user_id: int, key: str) -> None:
    verdict = st.session_state.get(key)
    if verdict is not None:
        with guarded("Feedback"):
            keep_feedback(resources.database(), user_id, message.id, is_helpful=bool(verdict))
