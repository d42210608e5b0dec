"""What people thought of answers, and the answers that engineers stand for."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.assistant.feedback import (
    Feedback,
    approve_answer,
    delete_approved,
    list_approved,
    list_feedback,
    list_frequent,
    note_review,
)
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.identity import me
from hydrodiag.ui.safe_text import safe_label, safe_markdown, safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_instant


def show_review() -> None:
    with guarded("Review"):
        db = resources.database()
        _show_open(list_feedback(db, me()))
        _show_approved()
        _show_frequent()


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
        if st.button("Done", icon=":material/check:", key=f"reviewed_{key}"):
            _do("review answer", judged.question, lambda db, _: note_review(db, me(), key))


def _approve(db: Database, judged: Feedback, text: str) -> None:
    approve_answer(db, me(), judged.question, text, judged.detail)
    note_review(db, me(), judged.message_id)


def _show_approved() -> None:
    st.subheader("Approved answers", anchor=False)
    approved = list_approved(resources.database())
    if not approved:
        st.caption("None yet. A question with an approved answer gets it at once, until a manual "
                   "that it cites is deleted.")  # fmt: skip
        return
    rows = [(each.question, each.text, each.used, each.approved_by) for each in approved]
    st.dataframe(pd.DataFrame(rows, columns=["Question", "Answer", "Given", "Approved by"]),
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


def _do(action: str, subject: str, work: Callable[[Database, str], object]) -> None:
    try:
        act(Permission.MANAGE_MANUALS, action, subject[:200], work)
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.rerun()
