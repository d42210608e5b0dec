"""From a dropped file to loaded readings: store, map, preview, load."""

from dataclasses import replace

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError, InvalidInput, Refused
from hydrodiag.fleet import SensorCatalog, list_systems
from hydrodiag.readings.ingest import Mapping, Upload, list_uploads, preview, store_upload
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.data_load import find_load, request_load, show_load
from hydrodiag.ui.data_mapping import pick_mapping, pick_system, show_questions
from hydrodiag.ui.data_mapping_frames import list_unknown
from hydrodiag.ui.data_new_sensors_form import show_new_sensors
from hydrodiag.ui.data_opened import Opened, Start, current_catalog, find_start, guess, open_chosen
from hydrodiag.ui.data_preview import show_preview
from hydrodiag.ui.states import guarded, show_error
from hydrodiag.ui.wording import format_bytes

TYPES = ["csv", "tsv", "txt", "xlsx", "parquet"]


def show_upload() -> None:
    with guarded("Upload"):
        _take_files()
        upload = _pick_upload()
        if upload is not None:
            _show_chosen(upload)


def _take_files() -> None:
    """Files are stored at once: nothing of them needs this browser or process any more."""
    count = st.session_state.setdefault("_uploads_taken", 0)
    files = st.file_uploader(
        "CSV, TSV, XLSX or Parquet; one reading a row, or one sensor a column",
        type=TYPES, accept_multiple_files=True, key=f"uploader_{count}",
    )  # fmt: skip
    for error in st.session_state.pop("_upload_errors", ()):
        show_error("Not stored", error)
    if files:
        for file in files:
            _store(file.name, file)
        st.session_state["_uploads_taken"] = count + 1
        st.rerun()


def _store(name: str, file: "st.runtime.uploaded_file_manager.UploadedFile") -> None:
    try:
        with st.spinner(f"Storing {name} ({format_bytes(file.size)})"):
            upload_id = act(
                Permission.UPLOAD, "upload file", name,
                lambda db, user: store_upload(db, name, file, uploaded_by=user),
                {"bytes": file.size},
            )  # fmt: skip
        st.session_state["_newest_upload"] = upload_id
    except (InvalidInput, Refused) as error:
        st.session_state.setdefault("_upload_errors", []).append(error)


def _pick_upload() -> Upload | None:
    uploads = list_uploads(resources.database())
    if not uploads:
        st.caption("Nothing is written before you have seen how the file is read.")
        return None
    labels = {f"{upload.id} {upload.name}": upload for upload in uploads}
    newest = st.session_state.pop("_newest_upload", None)
    if newest is not None:
        st.session_state["upload"] = next(
            label for label, upload in labels.items() if upload.id == newest
        )
    chosen = st.selectbox(
        "File", list(labels), index=None, key="upload", bind="query-params",
        placeholder="Drop a file above, or choose one that was uploaded before",
    )  # fmt: skip
    return labels.get(chosen or "")


def _show_chosen(upload: Upload) -> None:
    run = find_load(upload.id)
    if run is not None:
        show_load(run)
        is_again = st.toggle("Load it again, with another mapping", key=f"again_{upload.id}")
        if not is_again:
            return
    with guarded(upload.name):
        _show_mapping(_open(upload))


def _open(upload: Upload) -> Opened:
    with st.spinner(f"Opening {upload.name}"):
        opened = open_chosen(upload.id, st.session_state.get(f"sheet_{upload.id}"))
    sheets = getattr(opened.source, "sheets", ())
    if len(sheets) > 1:
        st.selectbox("Sheet", sheets, key=f"sheet_{upload.id}")
    return opened


def _show_mapping(opened: Opened) -> None:
    source, catalog = opened.source, current_catalog()
    st.subheader("How the file is read", anchor=False)
    detail = f", {source.detail}" if source.detail else ""
    st.caption(f"{source.kind.upper()}{detail}, {len(source.columns)} columns, "
               f"{format_bytes(source.size_bytes)}")  # fmt: skip
    start = _find_start(opened, catalog)
    key = f"{opened.upload_id}_{opened.sheet}_{opened.version}"
    system_id = pick_system(list_systems(resources.database()), start.mapping, key=key)
    begin = start.mapping
    if system_id != begin.system_id:
        begin = guess(source, catalog, system_id)
    show_questions(begin)
    mapping = pick_mapping(replace(begin, system_id=system_id), source, catalog, key=key)
    _offer_new_sensors(opened, mapping, catalog, key)
    _show_outcome(opened, mapping, catalog)


def _find_start(opened: Opened, catalog: SensorCatalog) -> Start:
    start = find_start(opened.source, catalog, use_remembered=opened.version == 0)
    if start.is_remembered:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info("Filled in as the last file with these columns was loaded.",
                    icon=":material/history:")  # fmt: skip
            if st.button("Guess anew", key=f"guess_{opened.upload_id}"):
                opened.version += 1
                st.rerun()
    return start


def _offer_new_sensors(opened: Opened, mapping: Mapping, catalog: SensorCatalog, key: str) -> None:
    unknown = list_unknown(mapping, opened.source, catalog)
    if not unknown and catalog.sensors:
        return
    nothing_known = not mapping.used_columns and not mapping.sensor_column
    created = show_new_sensors(
        unknown, mapping.system_id, key=key, is_open=nothing_known or not catalog.sensors
    )
    if created is not None:
        opened.version += 1
        st.rerun()


def _show_outcome(opened: Opened, mapping: Mapping, catalog: SensorCatalog) -> None:
    st.subheader("What will be loaded", anchor=False)
    try:
        shown = preview(opened.source, mapping, catalog, db=resources.database())
    except InvalidInput as error:
        st.warning(f"{error.message} {error.hint}", title="Not yet", icon=":material/edit:")
        return
    show_preview(shown)
    is_useless = shown.report.rows == shown.report.quarantined + shown.report.empty
    st.button(
        "Load", type="primary", icon=":material/database_upload:", key=f"load_{opened.upload_id}",
        disabled=shown.report.rows == 0, on_click=_load, args=(opened, mapping),
    )  # fmt: skip
    if is_useless:
        st.caption("All of these rows would go to quarantine: check time, sensors and units above.")


def _load(opened: Opened, mapping: Mapping) -> None:
    try:
        request_load(opened, mapping)
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")
        return
    st.session_state[f"again_{opened.upload_id}"] = False
