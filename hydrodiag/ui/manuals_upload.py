"""Manuals in: several at once, with what they are about."""

from collections.abc import Sequence

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import System, list_systems
from hydrodiag.jobs import find_silence, request_job
from hydrodiag.manuals.documents import (
    DocumentDraft,
    NewFile,
    add_document,
    list_documents,
)
from hydrodiag.manuals.manual_jobs import INDEX_MANUALS
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import format_bytes, join_count

TYPES = ["pdf", "docx", "xlsx", "html", "htm", "md", "txt"]
COUNT = "_manuals_taken"
MESSAGES = "_manuals_messages"


def show_manual_upload() -> None:
    with guarded("Upload"):
        _show_messages()
        is_empty = not read(["manuals"], list_documents)
        with st.expander("Add manuals", icon=":material/upload_file:", expanded=is_empty):
            system_id, component, tags = pick_subject("new", read(["fleet"], list_systems))
            count = st.session_state.setdefault(COUNT, 0)
            files = st.file_uploader(
                "PDF, DOCX, XLSX, HTML, Markdown or text; up to 100 MB each",
                type=TYPES, accept_multiple_files=True, key=f"manuals_{count}",
            )  # fmt: skip
            if files and st.button("Add", type="primary", icon=":material/add:"):
                for file in files:
                    _add(file, DocumentDraft(_title_of(file.name), component, system_id, tags))
                ask_for_indexing()
                st.session_state[COUNT] = count + 1
                st.rerun()


def pick_subject(
    key: str,
    systems: Sequence[System],
    system_id: int | None = None,
    component: str = "",
    tags: Sequence[str] = (),
) -> tuple[int | None, str, tuple[str, ...]]:
    """Machine, component and tags."""
    names = {each.id: f"{each.name} ({each.code})" for each in systems}
    first, second, third = st.columns(3)
    choices = [None, *names]
    chosen = first.selectbox(
        "Machine", choices, index=choices.index(system_id) if system_id in names else 0,
        format_func=lambda each: names.get(each, "None of the fleet"), key=f"{key}_system",
    )  # fmt: skip
    what = second.text_input(
        "Component or type", component, placeholder="AXP-45 pump", key=f"{key}_component",
        help="What people call it: a question that names it is answered from this manual alone.",
    )  # fmt: skip
    words = third.text_input("Tags", ", ".join(tags), placeholder="hall 2, spare parts",
                             key=f"{key}_tags")  # fmt: skip
    return (
        chosen,
        what or "",
        tuple(filter(None, (each.strip() for each in (words or "").split(",")))),
    )


def ask_for_indexing() -> None:
    act(
        Permission.MANAGE_MANUALS, "index manuals", "",
        lambda db, user: request_job(db, INDEX_MANUALS, requested_by=user),
    )  # fmt: skip


def _add(file: "st.runtime.uploaded_file_manager.UploadedFile", draft: DocumentDraft) -> None:
    try:
        with st.spinner(f"Storing {safe_label(file.name)} ({format_bytes(file.size)})"):
            act(
                Permission.MANAGE_MANUALS, "add manual", file.name,
                lambda db, user: add_document(db, user, NewFile(file.name, file), draft),
                {"bytes": file.size},
            )  # fmt: skip
        _say("added", file.name)
    except HydroDiagError as error:
        _say("error", str(error))


def _say(kind: str, text: str) -> None:
    st.session_state.setdefault(MESSAGES, []).append((kind, text))


def _show_messages() -> None:
    messages = st.session_state.pop(MESSAGES, [])
    added = [text for kind, text in messages if kind == "added"]
    if added:
        # A toast outlives the run that begins when the library sees that something is read.
        stored = f"{join_count(len(added), 'manual', 'manuals')} stored."
        is_read = find_silence(resources.database()) is None
        st.toast(
            f"{stored} Reading starts in a moment." if is_read else stored,
            icon=":material/check_circle:",
        )
    for kind, text in messages:
        if kind == "error":
            st.error(safe_label(text, 400), icon=":material/error:")


def _title_of(file_name: str) -> str:
    return file_name.rpartition(".")[0] or file_name
