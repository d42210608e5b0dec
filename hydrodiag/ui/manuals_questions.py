"""Your own questions with their answers' pages: what the index is judged by."""

import re
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError, InvalidInput
from hydrodiag.manuals.documents import list_documents
from hydrodiag.manuals.manual_jobs import EVALUATE_INDEX, FEWEST_QUESTIONS
from hydrodiag.manuals.own_questions import (
    FORM,
    OwnQuestion,
    add_question,
    delete_question,
    import_lines,
    list_questions,
)
from hydrodiag.manuals.versions import IndexVersion, find_active
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act, act_and_rerun
from hydrodiag.ui.jobs_asked import AskedJob
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import guarded, show_empty

EVALUATION = AskedJob("evaluation_request", Permission.MANAGE_MANUALS, "judge index",
                      EVALUATE_INDEX)  # fmt: skip
NOWHERE = "Not in the manuals"


def show_questions() -> None:
    with guarded("Questions"):
        questions = list_questions(resources.database())
        st.caption(
            "Questions whose answers you know. Each new index is judged by them once there are "
            f'{FEWEST_QUESTIONS}, and where it says "not in the manuals" follows from them.'
        )
        _show_figures(find_active(resources.database()))
        _show_form()
        if questions:
            _show_table(questions)
        else:
            show_empty("No questions yet", "Add some above, or from a judged answer under Review.",
                       icon=":material/quiz:")  # fmt: skip
        _show_upload()


def _show_figures(active: IndexVersion | None) -> None:
    if active is None or not active.evaluation:
        return
    told = active.evaluation
    ranking, refusal = told["ranking"], told["refusal"]
    figures = {
        "Right page first": ranking["recall_at_1"],
        "Among the first five": ranking["recall_at_5"],
        "Mean reciprocal rank": ranking["mrr"],
        "Refused rightly": refusal.get("recall"),
        "Let through rightly": refusal.get("answer_recall"),
    }
    with st.container(horizontal=True):
        for label, value in figures.items():
            st.metric(label, "-" if value is None else f"{value:.2f}", width="content")
        st.metric("Search, p95", f"{told['latency_p95_ms']:.0f} ms", width="content")
    failed = told.get("failed", ())
    if failed:
        with st.expander(f"{len(failed)} questions went wrong in {active.name}"):
            rows = [(each["question"], each["why"]) for each in failed]
            st.dataframe(pd.DataFrame(rows, columns=["Question", "What went wrong"]),
                         hide_index=True, alt="Questions that went wrong")  # fmt: skip


def _show_form() -> None:
    titles = {each.id: each.title for each in read(["manuals"], list_documents)}
    with st.form("new_question", border=False, clear_on_submit=True):
        first, second, third, fourth = st.columns([4, 2, 1, 1], vertical_alignment="bottom")
        question = first.text_input("Question", max_chars=500)
        document = second.selectbox("Answered in", [None, *titles],
                                    format_func=lambda each: titles.get(each, NOWHERE))  # fmt: skip
        pages = third.text_input("Pages", placeholder="18, 34")
        if fourth.form_submit_button("Add", icon=":material/add:"):
            _do("add question", question or "",
                lambda db, user: add_question(db, user, question or "", document,
                                              read_pages(pages or "")))  # fmt: skip


def read_pages(text: str) -> list[int]:
    """ "18, 34-36" as numbers. Raises InvalidInput."""
    pages: list[int] = []
    for part in filter(None, re.split(r"[,;\s]+", text.strip())):
        found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part)
        if not found or int(found[2] or found[1]) - int(found[1]) not in range(100):
            raise InvalidInput(f"{part!r} is no page.", hint="Write numbers, such as 18, 34-36.")
        pages += range(int(found[1]), int(found[2] or found[1]) + 1)
    return pages


def _show_table(questions: Sequence[OwnQuestion]) -> None:
    rows = [
        (each.question, each.title or NOWHERE, ", ".join(map(str, each.pages)), each.created_by)
        for each in questions
    ]
    st.dataframe(pd.DataFrame(rows, columns=["Question", "Answered in", "Pages", "Added by"]),
                 hide_index=True, alt="Your questions")  # fmt: skip
    names = {each.id: each.question for each in questions}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button("Judge now", icon=":material/fact_check:", type="primary",
                     disabled=len(questions) < FEWEST_QUESTIONS):  # fmt: skip
            EVALUATION.ask("")
        chosen = st.selectbox("Question", list(names), index=None, format_func=names.__getitem__,
                              key="own_question", width=360)  # fmt: skip
        is_none = chosen is None
        if st.button("Delete question", icon=":material/delete:", disabled=is_none) and chosen:
            _do("delete question", names[chosen], lambda db, _: delete_question(db, chosen))
        lines = "\n".join(each.to_line() for each in questions)
        st.download_button("Export", lines, "questions.jsonl", icon=":material/download:")
    EVALUATION.watch()


def _show_upload() -> None:
    with st.expander("Upload a list", icon=":material/upload_file:"):
        st.caption(safe_text(f"JSON lines: {FORM}."))
        file = st.file_uploader("List", type=["jsonl", "txt", "json"], key="question_list")
        if file is None or not st.button("Add all", icon=":material/add:"):
            return
        try:
            text = file.getvalue().decode("utf-8")
            done = act(Permission.MANAGE_MANUALS, "import questions", file.name,
                       lambda db, user: import_lines(db, user, text))  # fmt: skip
        except UnicodeDecodeError:
            st.error("The list is no UTF-8 text. Save it as UTF-8.", icon=":material/error:")
            return
        except HydroDiagError as error:
            st.error(safe_text(str(error)), icon=":material/error:")
            return
        st.success(f"{done.added} added, {done.known} were there already.")
        for line in done.refused:
            st.warning(safe_text(line), icon=":material/warning:")


def _do(action: str, subject: str, work: Callable[[Database, str], object]) -> None:
    act_and_rerun(Permission.MANAGE_MANUALS, action, subject[:200], work)
