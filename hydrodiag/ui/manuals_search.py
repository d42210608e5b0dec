"""Searching the manuals for people who do not want a chat."""

import streamlit as st

from hydrodiag.manuals.documents import list_documents
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import SearchRequest
from hydrodiag.manuals.search_answers import SearchAnswer
from hydrodiag.manuals.versions import find_active
from hydrodiag.ui import resources
from hydrodiag.ui.manuals_outages import misses_vectors
from hydrodiag.ui.passages import show_passage
from hydrodiag.ui.reads import read
from hydrodiag.ui.states import guarded, show_empty

LANGUAGES = {"en": "English", "ru": "Russian"}
SHOWN = 8


def show_search() -> None:
    with guarded("Search"):
        question = st.text_input(
            "Question, part number, error code or words", key="q", bind="query-params",
            icon=":material/search:", placeholder="E06, RF-0850-R-010-BN4, how to bleed the press",
        )  # fmt: skip
        documents, languages = _pick_filters()
        if question and question.strip():
            request = SearchRequest(question.strip(), documents, languages, k=SHOWN)
            _show_answer(resources.manual_search().search(resources.database(), request))


def _pick_filters() -> tuple[tuple[int, ...], tuple[str, ...]]:
    titles = {each.id: each.title for each in read(["manuals"], list_documents)}
    first, second = st.columns([3, 1])
    documents = first.multiselect("Only in", list(titles), format_func=lambda each: titles[each],
                                  placeholder="All manuals", key="search_documents")  # fmt: skip
    languages = second.multiselect("Language", list(LANGUAGES), placeholder="Any",
                                   format_func=LANGUAGES.__getitem__,
                                   key="search_languages")  # fmt: skip
    return tuple(documents), tuple(languages)


def _show_answer(answer: SearchAnswer) -> None:
    # What is down stands above all tabs already.
    if answer.notice and not misses_vectors(find_active(resources.database())):
        st.warning(answer.notice, icon=":material/warning:")
    if answer.version is None:
        show_empty("Nothing is indexed yet", "Add manuals: once read, they can be searched.",
                   icon=":material/menu_book:")  # fmt: skip
        return
    if answer.verdict is Verdict.NOT_IN_MANUALS:
        st.info("The manuals do not seem to answer this. The nearest passages are below."
                if answer.passages else "Nothing in the manuals.",
                title="Not in your manuals", icon=":material/search_off:")  # fmt: skip
    elif answer.verdict is Verdict.WEAK:
        st.warning("Some of what you ask for stands in none of them: look closely.",
                   title="Weak evidence", icon=":material/help:")  # fmt: skip
    for number, passage in enumerate(answer.passages):
        show_passage(passage, passage.exact, key=f"found_{number}_{passage.chunk_id}")
    how = "words and vectors" if answer.uses_vectors else "words, part numbers and the glossary"
    took = f" in {answer.took_ms:.0f} ms" if answer.took_ms else ""
    st.caption(f"Found{took} by {how}, index {answer.version}.")
