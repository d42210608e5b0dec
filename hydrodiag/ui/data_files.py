"""History of files: what each brought, who loaded it, and what became of its parts."""

from collections.abc import Sequence

import streamlit as st

from hydrodiag.readings.ingest import FileRun, list_batches, list_files
from hydrodiag.ui import resources
from hydrodiag.ui.data_history_frames import build_batch_frame, build_file_frame
from hydrodiag.ui.states import guarded, show_empty
from hydrodiag.ui.wording import join_count

SHOWN = 200


def show_files() -> None:
    with guarded("Files"):
        files = list_files(resources.database(), limit=SHOWN)
        if not files:
            show_empty(
                "No files yet",
                "Drop one under Upload, or load it with `hydrodiag ingest FILE`.",
                icon=":material/folder_open:",
            )
            return
        st.dataframe(
            build_file_frame(files), key="file_table", hide_index=True,
            on_select=lambda: _choose_row(files), selection_mode="single-row",
            alt="Files, newest first",
        )  # fmt: skip
        if len(files) == SHOWN:
            st.caption(f"The newest {SHOWN} files.")
        _show_chosen(files)


def _choose_row(files: Sequence[FileRun]) -> None:
    rows = st.session_state["file_table"]["selection"]["rows"]
    if rows:
        st.session_state["load"] = files[rows[0]].id


def _show_chosen(files: Sequence[FileRun]) -> None:
    file_id = st.selectbox(
        "File", [file.id for file in files], index=None, key="load", bind="query-params",
        placeholder="Choose a row above to see its batches",
    )  # fmt: skip
    chosen = next((file for file in files if file.id == file_id), None)
    if chosen is None:
        return
    with st.container(border=True):
        st.subheader(chosen.name, anchor=False)
        if chosen.error:
            st.error(chosen.error, icon=":material/error:")
        batches = list_batches(resources.database(), chosen.id)
        st.caption(
            f"{join_count(len(batches), 'batch', 'batches')} first loaded by this run; batches "
            "that an earlier run had loaded stand with that one."
        )
        if batches:
            st.dataframe(build_batch_frame(batches), hide_index=True, alt="Batches of the file")
