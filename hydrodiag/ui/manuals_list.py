"""The manuals there are, how far they are read, and what can be done with one."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import list_systems
from hydrodiag.manuals.documents import (
    Document,
    DocumentDraft,
    NewFile,
    add_revision,
    change_document,
    delete_document,
    each_part,
    list_documents,
    list_revisions,
    read_again,
)
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.identity import may
from hydrodiag.ui.manuals_upload import TYPES, ask_for_indexing, pick_subject, show_manual_upload
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import format_bytes, format_instant

TICK_S = 2.0
BUSY = "_manuals_busy"
STATES = {"waiting": "Waits", "reading": "Being read", "read": "Read", "refused": "Refused"}


def show_library() -> None:
    if may(Permission.MANAGE_MANUALS):
        show_manual_upload()
    _show_manuals()


def _show_manuals() -> None:
    """Looks again often while something is being read."""
    st.fragment(_show_table, run_every=TICK_S if st.session_state.get(BUSY) else None)()


def _show_table() -> None:
    with guarded("Manuals"):
        documents = list_documents(resources.database())
        _note_busy(any(each.is_busy for each in documents))
        if not documents:
            show_empty("No manuals yet", "Add PDF, DOCX, XLSX, HTML, Markdown or text files above.",
                       icon=":material/menu_book:")  # fmt: skip
            return
        words = st.text_input("Find", placeholder="Title, machine, component, tag or file name",
                              key="find_manual", icon=":material/search:")  # fmt: skip
        shown = [each for each in documents if _fits(each, words or "")]
        st.dataframe(
            build_manual_frame(shown), hide_index=True, alt="Manuals", key="manual_table",
            on_select=lambda: _choose_row(shown), selection_mode="single-row",
        )  # fmt: skip
        _show_chosen(shown)


def build_manual_frame(documents: Sequence[Document]) -> pd.DataFrame:
    rows = [
        (
            each.title, each.system_code or each.component, describe_state(each), each.language,
            each.page_count, each.chunks or None, each.kind.upper(), format_bytes(each.size_bytes),
            ", ".join(each.tags), each.uploaded_by, format_instant(each.uploaded_at),
        )
        for each in documents
    ]  # fmt: skip
    columns = ["Title", "About", "State", "Language", "Pages", "Passages", "Kind", "Size", "Tags",
               "Added by", "Added (UTC)"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def describe_state(document: Document) -> str:
    state = STATES[document.status]
    if document.status == "reading" and document.page_count:
        return f"{state}: page {document.pages_done} of {document.page_count}"
    if document.status == "read" and not document.chunks:
        return "Read: no passages"
    return state


def _fits(document: Document, words: str) -> bool:
    text = " ".join((document.title, document.component, document.system_code or "",
                     document.file_name, *document.tags)).casefold()  # fmt: skip
    return all(word in text for word in words.casefold().split())


def _note_busy(is_busy: bool) -> None:
    was_busy = st.session_state.get(BUSY, False)
    st.session_state[BUSY] = is_busy
    if was_busy != is_busy:
        st.rerun()


def _choose_row(documents: Sequence[Document]) -> None:
    rows = st.session_state["manual_table"]["selection"]["rows"]
    if rows:
        st.session_state["manual"] = documents[rows[0]].id


def _show_chosen(documents: Sequence[Document]) -> None:
    titles = {each.id: each.title for each in documents}
    chosen = st.selectbox("Manual", list(titles), index=None, key="manual", bind="query-params",
                          format_func=lambda each: titles.get(each, ""),
                          placeholder="Choose a row above, or a manual here")  # fmt: skip
    document = next((each for each in documents if each.id == chosen), None)
    if document is not None:
        with st.container(border=True):
            show_document(document)


def show_document(document: Document) -> None:
    st.subheader(safe_label(document.title), anchor=False)
    if document.status == "refused":
        st.error(safe_text(document.reason), title="Not read", icon=":material/error:")
    for warning in document.warnings:
        st.warning(safe_text(warning), icon=":material/warning:")
    _show_revisions(document)
    if may(Permission.MANAGE_MANUALS):
        _show_actions(document)


def _show_revisions(document: Document) -> None:
    revisions = list_revisions(resources.database(), document.id)
    rows = [
        (each.label or f"{number}.", each.file_name, STATES[each.status],
         "searched" if each.id == document.searched_id else "", each.page_count,
         format_bytes(each.size_bytes), each.uploaded_by, format_instant(each.uploaded_at))
        for number, each in zip(range(len(revisions), 0, -1), revisions, strict=True)
    ]  # fmt: skip
    columns = ["Revision", "File", "State", "", "Pages", "Size", "Added by", "Added (UTC)"]
    st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, alt="Revisions")
    newest = revisions[0]
    st.download_button(
        "Download the newest file", icon=":material/download:", file_name=newest.file_name,
        data=lambda: b"".join(each_part(resources.database(), newest.id)), on_click="ignore",
        key=f"download_{newest.id}",
    )  # fmt: skip


def _show_actions(document: Document) -> None:
    with (
        st.expander("Change", icon=":material/edit:"),
        st.form(f"change_{document.id}", border=False),
    ):
        title = st.text_input("Title", document.title, max_chars=200)
        system_id, component, tags = pick_subject(
            f"change_{document.id}", read(["fleet"], list_systems), document.system_id,
            document.component, document.tags,
        )  # fmt: skip
        if st.form_submit_button("Save", type="primary"):
            draft = DocumentDraft(title or "", component, system_id, tags)
            _do("change manual", document, lambda db, _: change_document(db, document.id, draft))
    with st.expander("Replace with a new revision", icon=":material/published_with_changes:"):
        _show_replacement(document)
    with st.container(horizontal=True):
        if document.status == "refused" and st.button(
            "Read again", icon=":material/refresh:", key=f"again_{document.id}"
        ):
            _do("read manual again", document, lambda db, _: read_again(db, document.newest_id))
        if st.button("Delete", icon=":material/delete:", key=f"delete_{document.id}"):
            _ask_for_deletion(document)


def _show_replacement(document: Document) -> None:
    label = st.text_input("Revision as its maker calls it", placeholder="Rev. B, 2026-03",
                          key=f"label_{document.id}")  # fmt: skip
    file = st.file_uploader("The new file", type=TYPES, key=f"replace_{document.id}")
    if file and st.button("Replace", type="primary", key=f"do_replace_{document.id}"):
        new = NewFile(file.name, file, label=label or "")
        _do("replace manual", document, lambda db, user: add_revision(db, user, document.id, new))


@st.dialog("Delete this manual?", icon=":material/delete:")
def _ask_for_deletion(document: Document) -> None:
    st.markdown(
        f"**{safe_label(document.title)}** with {document.revisions} files. From now on no search "
        "finds it; answers that cite it keep the words they cited. This cannot be taken back."
    )
    with st.container(horizontal=True):
        if st.button("Delete it", type="primary", key="delete_now"):
            _do("delete manual", document, lambda db, _: delete_document(db, document.id))
        if st.button("Keep it", key="keep_manual"):
            st.rerun()


def _do(action: str, document: Document, work: Callable[[Database, str], object]) -> None:
    try:
        act(Permission.MANAGE_MANUALS, action, document.title, work, {"document": document.id})
        ask_for_indexing()
    except HydroDiagError as error:
        st.error(safe_label(str(error), 400), icon=":material/error:")
        return
    st.rerun()
