"""The manuals of a machine, and asking the assistant about it."""

from collections.abc import Iterable, Sequence

import streamlit as st

from hydrodiag.fleet import System, list_components
from hydrodiag.manuals.documents import TOPIC, Document, list_documents
from hydrodiag.ui import resources
from hydrodiag.ui.manuals_list import describe_state
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.wording import join_count


def show_documents(system: System) -> None:
    kinds = {each.kind for each in list_components(resources.database(), system.id)}
    documents = pick_documents(read([TOPIC], list_documents), system, kinds)
    if not documents:
        st.caption("None of this machine yet: upload a manual on the page Manuals and choose "
                   f"{safe_text(system.code)} there, or one of its components.")  # fmt: skip
    for each in documents:
        _show_document(each)
    with st.container(horizontal=True):
        _show_links(system, has_own=any(each.system_id == system.id for each in documents))


def pick_documents(
    documents: Iterable[Document], system: System, kinds: Iterable[str]
) -> Sequence[Document]:
    """The machine's own first, then those about a kind of component that it has."""
    known = {each.casefold() for each in kinds}
    own = [each for each in documents if each.system_id == system.id]
    general = [each for each in documents
               if each.system_id is None and each.component.casefold() in known]  # fmt: skip
    return [*own, *general]


def _show_document(document: Document) -> None:
    page = find_page("Manuals")
    with st.container(horizontal=True, vertical_alignment="center"):
        if page is not None:
            st.page_link(page, label=safe_label(document.title), icon=":material/menu_book:",
                         query_params={"manual": str(document.id)})  # fmt: skip
        pages = join_count(document.page_count, "page", "pages") if document.page_count else ""
        about = document.component if document.system_id is None else "this machine"
        told = (about, describe_state(document), pages, document.label)
        st.caption(safe_text(" · ".join(filter(None, told))))


def _show_links(system: System, *, has_own: bool) -> None:
    assistant, manuals = find_page("Assistant"), find_page("Manuals")
    if assistant is not None:
        # Without own manuals a search among them would find nothing.
        params = {"system": system.code} if has_own else {}
        st.page_link(assistant, label="Ask about this machine", icon=":material/support_agent:",
                     query_params=params)  # fmt: skip
    if manuals is not None:
        st.page_link(manuals, label="Upload a manual", icon=":material/upload_file:")
