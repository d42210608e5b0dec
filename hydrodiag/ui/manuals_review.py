"""What people thought of answers, and the answers that engineers stand for."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.assistant.approved import list_with_standing
from hydrodiag.assistant.asked import AskedQuestion, list_asked
from hydrodiag.assistant.feedback import (
    Feedback,
    approve_answer,
    delete_approved,
    list_feedback,
    list_frequent,
    note_review,
)
from hydrodiag.db import Database
from hydrodiag.manuals.own_questions import add_question
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import me
from hydrodiag.ui.safe_text import safe_label, safe_markdown, safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_instant

HOLDS = {True: "yes", False: "no: a manual has changed"}


def show_review() -> None:
    with guarded("Review"):
        db = resources.database()
        _show_open(list_feedback(db, me()))
        _show_approved()
        _show_frequent()
        _show_recent()


def _show_open(judged: list[Feedback]) -> None:
    st.subheader("Judged answers", anchor=False)
    if not judged:
        show_empty("Nothing to review", "Thumbs under answers of the assistant come here.",
                   icon=":material/thumbs_up_down:")  # fmt: skip
    for each in judged:
        icon = ":material/thumb_up:" if each.is_helpful else ":material/thumb_down:"
        with st.expander(safe_label(each.question, 90), icon=icon):
            _show_one(each)


def _show_one(judged: Feedback) -> None:
    st.caption(safe_text(f"{judged.user_name}, {format_instant(judged.created_at)} UTC. "
                         f"{judged.reason}"))  # fmt: skip
    st.markdown(safe_markdown(judged.answer))
    key = judged.message_id
    text = st.text_area("The answer to give from now on", judged.answer, key=f"approved_{key}")
    with st.container(horizontal=True):
        if st.button("Approve", type="primary", icon=":material/verified:", key=f"approve_{key}"):
            _do("approve answer", judged.question, lambda db, _: _approve(db, judged, text or ""))
        if _find_place(judged) and st.button("Add to the questions", icon=":material/quiz:",
                                             key=f"question_{key}"):  # fmt: skip
            _do("add question", judged.question, lambda db, user: _add(db, user, judged))
        if st.button("Done", icon=":material/check:", key=f"reviewed_{key}"):
            _do("review answer", judged.question, lambda db, _: note_review(db, me(), key))


def _find_place(judged: Feedback) -> tuple[int, list[int]] | None:
    """The manual cited first, with the pages of it that were cited."""
    sources = judged.detail.get("sources", ())
    if not sources:
        return None
    document = int(sources[0]["document_id"])
    return document, [int(e["page"]) for e in sources if int(e["document_id"]) == document]


def _add(db: Database, user: str, judged: Feedback) -> None:
    place = _find_place(judged)
    if place is not None:
        add_question(db, user, judged.question, *place)


def _approve(db: Database, judged: Feedback, text: str) -> None:
    approve_answer(db, me(), judged.question, text, judged.detail)
    note_review(db, me(), judged.message_id)


def _show_approved() -> None:
    st.subheader("Approved answers", anchor=False)
    found = list_with_standing(resources.database())
    if not found:
        st.caption("None yet. A question with an approved answer gets it at once, until a manual "
                   "that it cites is deleted or gets a new revision.")  # fmt: skip
        return
    approved = [each for each, _ in found]
    rows = [(each.question, each.text, HOLDS[stands], each.used, each.approved_by)
            for each, stands in found]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=["Question", "Answer", "Holds", "Given",
                                             "Approved by"]),
                 hide_index=True, alt="Approved answers")  # fmt: skip
    names = {each.id: each.question for each in approved}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Answer", list(names), index=None, format_func=names.__getitem__,
                              key="approved_answer", width=360)  # fmt: skip
        if st.button("Withdraw", icon=":material/undo:", disabled=chosen is None) and chosen:
            _do("withdraw answer", names[chosen], lambda db, _: delete_approved(db, me(), chosen))


def _show_frequent() -> None:
    frequent = list_frequent(resources.database(), me())
    if frequent:
        st.subheader("Asked more than once in 90 days", anchor=False)
        rows = [(each.question, each.times) for each in frequent]
        st.dataframe(pd.DataFrame(rows, columns=["Question", "Times"]), hide_index=True,
                     alt="Frequent questions")  # fmt: skip


def _show_recent() -> None:
    st.subheader("Recent questions", anchor=False)
    only_weak = st.toggle("Only weak answers", key="only_weak", help="Not found, not supported by "
                          "a source, broken off, or judged unhelpful.")  # fmt: skip
    asked = list_asked(resources.database(), me(), only_weak=only_weak)
    if not asked:
        st.caption("None in the last 30 days.")
        return
    st.dataframe(build_asked_frame(asked), hide_index=True, alt="Recent questions")


def build_asked_frame(asked: list[AskedQuestion]) -> pd.DataFrame:
    """A row a question; milliseconds as numbers, so that they sort."""
    rows = [
        (format_instant(each.asked_at), each.user_name, each.question, each.outcome, each.method,
         ", ".join(each.tools), each.sources, each.total_ms)
        for each in asked
    ]  # fmt: skip
    columns = ["Asked (UTC)", "By", "Question", "Outcome", "Method", "Tools", "Sources", "ms"]
    return pd.DataFrame(rows, columns=columns)


def _do(action: str, subject: str, work: Callable[[Database, str], object]) -> None:
    act_and_rerun(Permission.MANAGE_MANUALS, action, subject[:200], work)
