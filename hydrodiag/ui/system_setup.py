"""What the diagnostics take each sensor for, and what they must be told of the machine."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.diagnostics.choices import find_diagnosis, set_diagnosis
from hydrodiag.diagnostics.roles import ROLES, guess_roles
from hydrodiag.fleet import Sensor, System, list_components, list_sensors
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import may, me

BY_ITSELF, NONE = "by its tag", "none"
CHOICE = "Sensor"
NOMINAL = {
    "precharge_bar": "Accumulator pre-charge at 20 °C, bar",
    "charged_bar": "Accumulator charged up to, bar",
    "drawn_share": "Share of its volume drawn a cycle",
    "displacement_cm3": "Pump displacement (fixed), cm³ a turn",
    "speed_rpm": "Pump speed, 1/min",
}


def show_setup(system: System) -> None:
    db = resources.database()
    diagnosis = find_diagnosis(db, system.id)
    chosen = diagnosis.roles if diagnosis else {}
    nominal = diagnosis.nominal if diagnosis else {}
    sensors = list_sensors(db, system.id)
    found = guess_roles(sensors, list_components(db, system.id), chosen)
    frame = build_role_frame(sensors, chosen, {key: each.tag for key, each in found.items()})
    if not may(Permission.MANAGE_DIAGNOSTICS):
        st.dataframe(frame, hide_index=True, alt="What sensors are taken for")
        return
    edited = st.data_editor(
        frame, hide_index=True, key=f"roles_{system.id}", alt="What sensors are taken for",
        disabled=[name for name in frame.columns if name != CHOICE], height=300,
        column_config={CHOICE: st.column_config.SelectboxColumn(
            options=[BY_ITSELF, NONE, *(each.tag for each in sensors)], required=True)},
    )  # fmt: skip
    told = _ask_nominal(system, nominal)
    if st.button("Save setup", icon=":material/save:", key="save_setup"):
        roles = read_roles(edited, sensors)
        act_and_rerun(Permission.MANAGE_DIAGNOSTICS, "set up diagnostics", system.code,
                      lambda db, _: set_diagnosis(db, me(), system.id, told, roles))  # fmt: skip


def _ask_nominal(system: System, nominal: Mapping[str, float]) -> dict[str, float]:
    """What is left empty is not known: checks that need it say so."""
    told = dict(nominal)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, label in NOMINAL.items():
            value = st.number_input(label, value=nominal.get(name), min_value=0.0, width=280,
                                    key=f"{name}_{system.id}")  # fmt: skip
            if value is None:
                told.pop(name, None)
            else:
                told[name] = float(value)
    return told


def build_role_frame(
    sensors: Sequence[Sensor], chosen: Mapping[str, int], found: Mapping[str, str]
) -> pd.DataFrame:
    """A row a role; `found` maps roles to the tags that are taken now."""
    tags = {each.id: each.tag for each in sensors}
    rows = [
        (role.name, role.unit, tags.get(chosen[key], NONE) if key in chosen else BY_ITSELF,
         found.get(key, ""))
        for key, role in ROLES.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["What for", "Unit", CHOICE, "Taken now"])


def read_roles(frame: pd.DataFrame, sensors: Sequence[Sensor]) -> dict[str, int]:
    """Roles that somebody has decided on: ids of sensors, 0 for none."""
    ids = {each.tag: each.id for each in sensors}
    return {
        key: ids.get(choice, 0)
        for key, choice in zip(ROLES, frame[CHOICE].tolist(), strict=True)
        if choice != BY_ITSELF
    }
