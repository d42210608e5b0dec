"""Creating a machine and its sensors from a file, so that the first file can be loaded."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import (
    SensorDraft,
    SystemDraft,
    create_sensor,
    create_system,
    list_systems,
)
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.data_labels import UNITS
from hydrodiag.ui.data_new_sensors import build_draft_frame, read_draft_frame

KINDS = ("power unit", "press", "injection moulding machine", "excavator", "test rig", "other")


def show_new_sensors(
    labels: Sequence[str], system_id: int | None, *, key: str, is_open: bool
) -> int | None:
    """The form; after something was created the id of the machine that got it."""
    title = f"Create sensors for {len(labels)} unknown names" if labels else "Create a machine"
    with st.expander(title, icon=":material/add_circle:", expanded=is_open):
        machine = _pick_machine(system_id, key)
        edited = st.data_editor(
            build_draft_frame(labels),
            hide_index=True,
            disabled=["In the file"],
            column_config={
                "Unit": st.column_config.SelectboxColumn(options=list(UNITS)),
                "Tag": st.column_config.TextColumn(required=True),
                "Lowest possible": st.column_config.NumberColumn(
                    help="Readings below are physically impossible and go to quarantine."
                ),
                "Resolution": st.column_config.NumberColumn(
                    help="Smallest step the sensor reports; makes storage several times smaller."
                ),
            },
            placeholder="",
            key=f"drafts_{key}",
            alt="Sensors to create",
        )
        st.caption("Units left empty mean that the values have none. Limits can be added later.")
        if st.button("Create", icon=":material/add:", type="primary", key=f"create_{key}"):
            return _create(machine, edited)
    return None


def _pick_machine(system_id: int | None, key: str) -> "Machine":
    systems = list_systems(resources.database())
    ids: list[int | None] = [*(system.id for system in systems), None]
    names = {system.id: f"{system.code}: {system.name}" for system in systems}
    with st.container(horizontal=True):
        chosen = st.selectbox(
            "For the machine",
            ids,
            index=ids.index(system_id) if system_id in ids else 0,
            format_func=lambda each: "New machine" if each is None else names[each],
            key=f"new_sensor_system_{key}",
        )
        if chosen is not None:
            return Machine(chosen)
        return _pick_new_machine(key)


def _pick_new_machine(key: str) -> "Machine":
    code = st.text_input("Code", key=f"new_code_{key}", placeholder="HPU-07")
    name = st.text_input("Name", key=f"new_name_{key}", placeholder="Press hall 2, unit 7")
    kind = st.selectbox("Kind", KINDS, key=f"new_kind_{key}", accept_new_options=True)
    site = st.text_input("Site", key=f"new_site_{key}")
    return Machine(None, code or "", name or "", kind or "", site or "")


def _create(machine: "Machine", edited: pd.DataFrame) -> int | None:
    """All drafts are checked before anything is created."""
    try:
        drafts = read_draft_frame(edited)
        system_id = act(
            Permission.MANAGE_FLEET, "create sensors", machine.code or str(machine.id),
            lambda db, _: _create_all(db, machine, drafts),
            {"sensors": [draft.tag for draft in drafts]},
        )  # fmt: skip
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/error:")
        return None
    st.toast(f"Created {len(drafts)} sensors.", icon=":material/check_circle:")
    return system_id


def _create_all(db: Database, machine: "Machine", drafts: Sequence[SensorDraft]) -> int:
    system_id = machine.id or create_system(db, machine.draft()).id
    for draft in drafts:
        create_sensor(db, system_id, draft)
    return system_id


@dataclass(frozen=True)
class Machine:
    """A known one by `id`, or what was entered for a new one."""

    id: int | None
    code: str = ""
    name: str = ""
    kind: str = ""
    site: str = ""

    def draft(self) -> SystemDraft:
        return SystemDraft(code=self.code, name=self.name, kind=self.kind, site=self.site)
