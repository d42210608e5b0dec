"""One machine in tables: its own fields, components and sensors, saved together or not at all."""

from typing import Any

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import SystemSpec, apply_specs, compare, load_specs
from hydrodiag.fleet.records import System
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.data_labels import UNITS
from hydrodiag.ui.fleet_frames import (
    COMPONENT_COLUMNS,
    LIMITS,
    SENSOR_COLUMNS,
    Edited,
    build_component_frame,
    build_sensor_frame,
    read_spec,
)
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.wording import join_count

SNAPSHOT = "_fleet_snapshot"
SAVED = "_fleet_saved"


def show_machine(system: System, *, may_manage: bool) -> None:
    if not may_manage:
        [spec] = read(["fleet"], load_specs, (system.code,))
        _show_tables(spec)
        return
    spec = _snapshot(system)
    if saved := st.session_state.pop(SAVED, None):
        st.success(saved, icon=":material/check_circle:")
    edited = _edit(system, spec)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save", type="primary", icon=":material/save:", key="save_machine"):
            _save(spec, edited)
        if st.button("Start again", icon=":material/undo:", key="undo_machine"):
            forget_edits()
            st.rerun()


def _snapshot(system: System) -> SystemSpec:
    """As it was when this person began to edit it; what others do meanwhile is not overwritten."""
    kept = st.session_state.get(SNAPSHOT)
    if kept is None or kept[0] != system.id:
        [spec] = load_specs(resources.database(), [system.code])
        turn = kept[2] + 1 if kept else 0
        st.session_state[SNAPSHOT] = kept = (system.id, spec, turn)
    found: SystemSpec = kept[1]
    return found


def forget_edits() -> None:
    """The tables begin anew with what the database holds."""
    _, _, turn = st.session_state.get(SNAPSHOT) or (None, None, 0)
    st.session_state[SNAPSHOT] = (None, None, turn + 1)


def _show_tables(spec: SystemSpec) -> None:
    labels = (spec.system.name, spec.system.kind, spec.system.site)
    st.caption(safe_text(" · ".join(filter(None, labels))))
    st.dataframe(build_component_frame(spec), hide_index=True, alt="Components")
    st.dataframe(build_sensor_frame(spec), hide_index=True, alt="Sensors")


def _edit(system: System, spec: SystemSpec) -> Edited:
    key = f"{system.id}_{st.session_state[SNAPSHOT][2]}"
    first, second, third = st.columns(3)
    name = first.text_input("Name", spec.system.name, key=f"fleet_name_{key}", max_chars=120)
    kind = second.text_input("Type", spec.system.kind, key=f"fleet_kind_{key}", max_chars=60)
    site = third.text_input("Site", spec.system.site, key=f"fleet_site_{key}", max_chars=120)
    description = st.text_input("Description", spec.system.description, max_chars=500,
                                key=f"fleet_description_{key}")  # fmt: skip
    st.subheader("Components", anchor=False)
    components = st.data_editor(
        build_component_frame(spec), hide_index=True, num_rows="add", key=f"components_{key}",
        alt="Components",
        column_config={name: st.column_config.TextColumn(required=True)
                       for name in COMPONENT_COLUMNS},
    )  # fmt: skip
    st.subheader("Sensors", anchor=False)
    sensors = st.data_editor(
        build_sensor_frame(spec), hide_index=True, num_rows="add", key=f"sensors_{key}",
        alt="Sensors", column_config=_configure_sensors(components), placeholder="",
    )  # fmt: skip
    texts = {"name": name or "", "kind": kind or "", "site": site or "",
             "description": description or ""}  # fmt: skip
    return Edited(texts, components, sensors)


def _configure_sensors(components: pd.DataFrame) -> dict[str, Any]:
    column = st.column_config
    codes = [each for each in components[COMPONENT_COLUMNS[0]] if each]
    texts = {name: column.TextColumn(required=True) for name in SENSOR_COLUMNS[1:3]}
    return {
        **texts,
        "Tag": column.TextColumn(required=True, pinned=True),
        "Unit": column.SelectboxColumn(options=list(UNITS), required=True),
        "Component": column.SelectboxColumn(options=["", *codes]),
        **{name: column.NumberColumn() for name in LIMITS},
        "Key": column.CheckboxColumn(help="Shown on Overview"),
    }


def _save(present: SystemSpec, edited: Edited) -> None:
    code = present.system.code
    try:
        wanted = read_spec(present, edited)
        planned = compare([present], [wanted])
        if not planned:
            st.info("Nothing has been changed.", icon=":material/info:")
            return
        act(Permission.MANAGE_FLEET, "change machine", code,
            lambda db, _: apply_specs(db, [wanted], planned),
            {"changes": [f"{each.kind} {each.label}" for each in planned]})  # fmt: skip
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.session_state[SAVED] = f"{join_count(len(planned), 'change', 'changes')} saved."
    forget_edits()
    st.rerun()
