"""A found passage: where it stands, its words, and the page of the original."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from hydrodiag.errors import HydroDiagError
from hydrodiag.manuals.documents import each_part, find_revision
from hydrodiag.manuals.parsing import render_page
from hydrodiag.manuals.search_answers import FoundPassage
from hydrodiag.ui import resources
from hydrodiag.ui.safe_text import highlight, safe_label, safe_text

SCALE = 1.6
KEPT_PICTURES = 64


def describe_place(passage: FoundPassage) -> str:
    """Manual, revision, page and chapter, as safe Markdown."""
    label = f", {passage.label}" if passage.label else ""
    page = f", page {passage.page}" if passage.file_kind == "pdf" else ""
    path = " › ".join(passage.heading_path)
    chapter = f" · {safe_label(path)}" if path else ""
    return f"**{safe_label(passage.title + label)}**{page}{chapter}"


def show_passage(passage: FoundPassage, marks: Sequence[str], key: str) -> None:
    with st.container(border=True):
        st.markdown(describe_place(passage))
        st.markdown(highlight(passage.text, list(marks)))
        if passage.file_kind == "pdf" and st.button(
            f"Open page {passage.page}", icon=":material/find_in_page:", key=key
        ):
            show_page_dialog(passage.revision_id, passage.page, passage.text)


@st.dialog("Page of the manual", width="large", icon=":material/menu_book:")
def show_page_dialog(revision_id: int, page: int, text: str) -> None:
    show_page(revision_id, page, text)


def show_page(revision_id: int, page: int, text: str) -> None:
    """The page as its maker laid it out, the passage marked."""
    try:
        revision = find_revision(resources.database(), revision_id)
        if revision is None:
            st.info("This manual has been deleted; the words above are as it was cited.",
                    icon=":material/info:")  # fmt: skip
            return
        st.caption(f"{safe_text(revision.file_name)}, page {page} of {revision.page_count or '?'}")
        with st.spinner("Drawing the page"):
            picture = _draw(str(resources.database().url), revision_id, page, tuple(_marks(text)))
        st.image(picture, width="stretch", alt=f"Page {page} of {revision.file_name}")
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")


@st.cache_data(max_entries=KEPT_PICTURES, show_spinner=False)
def _draw(database: str, revision_id: int, page: int, marks: tuple[str, ...]) -> bytes:  # noqa: ARG001
    with tempfile.TemporaryDirectory(prefix="hydrodiag-page-") as folder:
        path = Path(folder) / "manual.pdf"
        with path.open("wb") as file:
            file.writelines(each_part(resources.database(), revision_id))
        return render_page(path, page, marks, SCALE)


def _marks(text: str) -> list[str]:
    """Lines and cells, each of which the page holds in one piece."""
    pieces = [cell.strip() for line in text.split("\n") for cell in line.strip("| ").split(" | ")]
    return [piece for piece in dict.fromkeys(pieces) if len(piece) > 2]
