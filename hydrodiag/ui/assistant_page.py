"""The conversation: questions in, answers streamed, stopped, kept."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hydrodiag.assistant.answering import Desk, answer
from hydrodiag.assistant.approved import list_suggested
from hydrodiag.assistant.conversations import (
    Conversation,
    Message,
    NewMessage,
    Scope,
    add_message,
    count_questions,
    list_messages,
    scope_conversation,
    start_conversation,
)
from hydrodiag.assistant.events import Answer, LiveData, TextSoFar, Thinking
from hydrodiag.fleet import list_systems
from hydrodiag.manuals.documents import list_documents
from hydrodiag.ui import resources
from hydrodiag.ui.assistant_conversations import (
    choose_conversation,
    pick_conversation,
    show_conversation_menu,
)
from hydrodiag.ui.assistant_messages import AVATARS, OPENED, show_message, show_opened_source
from hydrodiag.ui.assistant_results import show_result
from hydrodiag.ui.identity import me
from hydrodiag.ui.model_outages import tell_outage
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label, safe_markdown
from hydrodiag.ui.states import guarded

PENDING = "_pending_question"
THINKS = "think_first"
LIMIT = 20
LIMIT_SPAN = timedelta(minutes=1)
LONGEST_QUESTION = 2000
WAIT_TICK_S = 1.0
LANGUAGES = {"": "Any language", "en": "English", "ru": "Russian"}
SEARCHED = ":material/hourglass_top: Waiting for the model"
THINKING = ":material/psychology: Thinking…"
WITHOUT_MODEL = (
    "Answers are quoted word for word from the manuals, beside live readings: no text is written "
    "by a model."
)
WELCOME = (
    "Ask about your manuals or machines, in English or Russian: a part number, an error code, "
    "how to do something, or which machine needs somebody. Each statement names its source."
)


def show_assistant() -> None:
    user_id = me().user_id
    if user_id is None:
        return
    with guarded("Assistant"):
        conversation = pick_conversation(user_id)
        talk, beside = _lay_out()
        with talk:
            _show_head(conversation, user_id)
            _show_talk(conversation, user_id)
        if beside is not None:
            with beside:
                show_opened_source()
    question = st.chat_input("Ask", max_chars=LONGEST_QUESTION, key="question")
    if question and question.strip():
        st.session_state[PENDING] = question.strip()
        st.rerun()


def ask_assistant(question: str) -> None:
    """Open the page Assistant with this question, in a conversation of its own."""
    st.session_state[PENDING] = question
    page = find_page("Assistant")
    if page is not None:
        st.switch_page(page)


def _lay_out() -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """A column also where it is the only one: in another kind of block the browser would make the
    conversation anew, and whoever opens a source by keyboard would lose the place."""
    is_open = st.session_state.get(OPENED) is not None
    talk, *beside = st.columns([3, 2] if is_open else 1, gap="large")
    return talk, beside[0] if beside else None


def _show_head(conversation: Conversation | None, user_id: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        state = resources.language_model().probe()
        if state.is_ready:
            st.badge(state.model, icon=":material/smart_toy:", color="green",
                     help=f"Answers by {state.model}.")  # fmt: skip
        else:
            st.badge("Quoting", icon=":material/format_quote:", color="gray")
        _show_scope(conversation, user_id)
        if state.is_ready:
            st.toggle("Think first", key=THINKS, help="Slower; what the model thought can be "
                      "opened under its answer.")  # fmt: skip
        if conversation is not None:
            show_conversation_menu(conversation, user_id)
    tell_outage(resources.language_model().probe, "language model", WITHOUT_MODEL)


def _show_scope(conversation: Conversation | None, user_id: int) -> None:
    scope = conversation.scope if conversation else Scope(system_code=_read_system())
    is_narrow = scope != Scope()
    with st.popover(
        "Search in some" if is_narrow else "Search in all", icon=":material/filter_alt:"
    ):
        key = conversation.id if conversation else "new"
        titles = {each.id: each.title for each in read(["manuals"], list_documents)}
        codes = ["", *(each.code for each in read(["fleet"], list_systems))]
        documents = st.multiselect(
            "Manuals", list(titles), [each for each in scope.document_ids if each in titles],
            format_func=titles.__getitem__, placeholder="All", key=f"scope_documents_{key}",
        )  # fmt: skip
        code = st.selectbox("Manuals of the machine", codes, key=f"scope_system_{key}",
                            index=max(0, codes.index(scope.system_code))
                            if scope.system_code in codes else 0,
                            format_func=lambda each: each or "Any")  # fmt: skip
        language = st.selectbox("Language", list(LANGUAGES), key=f"scope_language_{key}",
                                index=list(LANGUAGES).index(scope.language),
                                format_func=LANGUAGES.__getitem__)  # fmt: skip
        chosen = Scope(tuple(documents), code, language)
    if conversation is not None and chosen != scope:
        scope_conversation(resources.database(), user_id, conversation.id, chosen)
        st.rerun()
    st.session_state["_new_scope"] = chosen


def _read_system() -> str:
    """The machine of the address, where a page has sent somebody here to ask about it."""
    return st.query_params.get("system", "")


def _show_talk(conversation: Conversation | None, user_id: int) -> None:
    messages = list_messages(resources.database(), user_id, conversation.id) if conversation else []
    if not messages and PENDING not in st.session_state:
        st.info(WELCOME, icon=":material/waving_hand:")
        _show_suggested()
    for message in messages:
        show_message(message, user_id)
    question = st.session_state.pop(PENDING, None)
    if conversation and messages and messages[-1].role == "question" and not question:
        wait = st.fragment(_wait_for_answer, run_every=WAIT_TICK_S)
        wait(user_id, conversation.id, messages[-1].text)
    if question:
        _answer(conversation, user_id, question, messages)


def _show_suggested() -> None:
    """Questions whose answers engineers stand for."""
    for place, question in enumerate(list_suggested(resources.database())):
        if st.button(safe_label(question), icon=":material/verified:", type="tertiary",
                     key=f"suggested_{place}"):  # fmt: skip
            st.session_state[PENDING] = question
            st.rerun()


def _wait_for_answer(user_id: int, number: int, question: str) -> None:
    """Another run may still write: one that was stopped, while this one had begun already."""
    messages = list_messages(resources.database(), user_id, number)
    if messages and messages[-1].role == "answer":
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("There is no answer to this yet: it is being written in another tab, or broke "
                   "off.")  # fmt: skip
        if st.button("Ask again", icon=":material/refresh:", key="ask_again"):
            st.session_state[PENDING] = question
            st.rerun()


def _answer(
    conversation: Conversation | None, user_id: int, question: str, messages: list[Message]
) -> None:
    db = resources.database()
    if count_questions(db, user_id, LIMIT_SPAN) >= LIMIT:
        st.warning(f"At most {LIMIT} questions a minute: wait a moment.", icon=":material/timer:")
        return
    scope = conversation.scope if conversation else st.session_state.get("_new_scope", Scope())
    number = conversation.id if conversation else start_conversation(db, user_id, scope)
    add_message(db, user_id, number, NewMessage("question", question))
    choose_conversation(number)
    with st.chat_message("user", avatar=AVATARS["question"]):
        st.text(question)
    last = _stream(user_id, number, question, messages, scope)
    if last is not None:
        st.rerun()


def _stream(
    user_id: int, number: int, question: str, messages: list[Message], scope: Scope
) -> Answer | None:
    """Whatever ends this run, a stop, a closed tab or an error: what has come is kept."""
    db = resources.database()
    thinks = bool(st.session_state.get(THINKS))
    desk = Desk(db, resources.manual_search(), resources.language_model(), me(), thinks)
    kept = Answer("", state="stopped", method="")
    with st.chat_message("assistant", avatar=AVATARS["answer"]):
        st.button("Stop", icon=":material/stop_circle:", key=f"stop_{number}_{len(messages)}")
        shown = st.empty()
        shown.markdown(":material/hourglass_top: Searching the manuals")
        try:
            with closing(answer(desk, question, messages, scope)) as events:
                for event in events:
                    match event:
                        case LiveData(result):
                            kept = replace(kept, results=(*kept.results, result))
                            show_result(result)
                        case Thinking(thought):
                            kept = replace(kept, detail={"thought": thought})
                            shown.markdown(THINKING if thinks else SEARCHED)
                        case TextSoFar(text):
                            kept = replace(kept, text=text)
                            shown.markdown(safe_markdown(text))
                        case Answer():
                            kept = event
        finally:
            detail = kept.to_detail()
            add_message(db, user_id, number, NewMessage("answer", kept.text, kept.state, detail))
    return kept
