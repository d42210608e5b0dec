"""The fleet as YAML: out, and in with a plan that is agreed to first."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import (
    Change,
    SystemSpec,
    apply_specs,
    compare,
    load_specs,
    read_yaml,
    write_yaml,
)
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.fleet_machine import SAVED, forget_edits
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.wording import join_count

COUNT = "_fleet_files"


def show_yaml(code: str, *, may_manage: bool) -> None:
    st.subheader("As YAML", anchor=False)
    specs = read(["fleet"], load_specs)
    with st.container(horizontal=True):
        if code:
            own = [each for each in specs if each.system.code == code]
            st.download_button("This machine", write_yaml(own), "machine.yaml", "application/yaml",
                               icon=":material/download:")  # fmt: skip
        st.download_button("Whole fleet", write_yaml(specs), "fleet.yaml", "application/yaml",
                           icon=":material/download:", disabled=not specs)  # fmt: skip
    if may_manage:
        _show_import()


def _show_import() -> None:
    count = st.session_state.setdefault(COUNT, 0)
    file = st.file_uploader(
        "Import", type=["yaml", "yml"], key=f"fleet_file_{count}", max_upload_size=5
    )
    if file is None:
        return
    try:
        wanted = read_yaml(file.getvalue().decode("utf-8"))
        codes = [each.system.code for each in wanted]
        planned = compare(load_specs(resources.database(), codes), wanted)
    except UnicodeDecodeError:
        st.error("The file is no UTF-8 text. Save it as UTF-8.", icon=":material/error:")
        return
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    if not any(each.kind != "only here" for each in planned):
        st.info("The fleet is like this already.", icon=":material/check:")
        return
    st.dataframe(build_plan_frame(planned), hide_index=True, alt="What the import changes")
    if st.button("Import it", type="primary", icon=":material/upload:", key="import_fleet"):
        _apply(wanted, planned, file.name)


def build_plan_frame(planned: Sequence[Change]) -> pd.DataFrame:
    rows = [
        (each.kind, each.what, each.label,
         "; ".join(f"{name}: {_tell(old)} → {_tell(new)}"
                   for name, (old, new) in each.changed.items()))
        for each in planned
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Change", "What", "Which", "From → to"])


def _tell(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)


def _apply(wanted: Sequence[SystemSpec], planned: Sequence[Change], name: str) -> None:
    try:
        act(Permission.MANAGE_FLEET, "import fleet", name,
            lambda db, _: apply_specs(db, wanted, planned),
            {"changes": [f"{each.kind} {each.label}" for each in planned]})  # fmt: skip
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.session_state[COUNT] += 1
    forget_edits()
    st.session_state[SAVED] = f"{join_count(len(planned), 'change', 'changes')} imported."
    st.rerun()
