"""The machines: one looked at or edited, a new one, all of them as YAML."""

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import SystemDraft, create_system, delete_system, list_systems
from hydrodiag.fleet.records import System
from hydrodiag.ui.acting import act
from hydrodiag.ui.fleet_machine import show_machine
from hydrodiag.ui.fleet_yaml import show_yaml
from hydrodiag.ui.identity import may
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import guarded, show_empty

CHOSEN = "system"


def show_fleet() -> None:
    with guarded("Fleet"):
        systems = {each.code: each for each in read(["fleet"], list_systems)}
        may_manage = may(Permission.MANAGE_FLEET)
        if systems:
            code = st.selectbox("Machine", list(systems), key=CHOSEN, bind="query-params",
                                width=240)  # fmt: skip
            system = systems[code or next(iter(systems))]
            show_machine(system, may_manage=may_manage)
        else:
            show_empty("No machines yet", "Make one below, upload a YAML file, or load a file of "
                       "readings on the page Data.", icon=":material/factory:")  # fmt: skip
        if may_manage:
            _show_new(is_first=not systems)
            if systems:
                _show_deletion(system)
        show_yaml(system.code if systems else "", may_manage=may_manage)


def _show_new(*, is_first: bool) -> None:
    with st.expander("New machine", icon=":material/add_circle:", expanded=is_first):
        _show_form()
        _offer_file()


def _show_form() -> None:
    with st.form("new_machine", border=False, clear_on_submit=False):
        first, second, third, fourth = st.columns(4)
        code = first.text_input("Code", max_chars=60, placeholder="press-1",
                                help="Short and unique; files and people name it so.")  # fmt: skip
        name = second.text_input("Name", max_chars=120)
        kind = third.text_input("Type", max_chars=60, placeholder="press")
        site = fourth.text_input("Site", max_chars=120)
        if st.form_submit_button("Make it", icon=":material/add:"):
            _make(code or "", name or "", kind or "", site or "")


def _offer_file() -> None:
    page = find_page("Data")
    if page is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Its sensors can be made from the columns of a file of readings.",
                       width="content")  # fmt: skip
            st.page_link(page, label="Begin with a file", icon=":material/upload_file:")


def _make(code: str, name: str, kind: str, site: str) -> None:
    try:
        draft = SystemDraft(code=code.strip(), name=name.strip(), kind=kind.strip(),
                            site=site.strip())  # fmt: skip
        act(Permission.MANAGE_FLEET, "create machine", draft.code,
            lambda db, _: create_system(db, draft))  # fmt: skip
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.query_params[CHOSEN] = draft.code
    st.rerun()


def _show_deletion(system: System) -> None:
    with st.expander(f"Delete {safe_text(system.code)}", icon=":material/delete:"):
        st.caption("Its components, sensors, findings, baselines and maintenance notes go with it. "
                   "A machine with stored readings cannot be deleted.")  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            typed = st.text_input("Type its code", key=f"delete_{system.id}", width=200)
            if st.button("Delete machine", icon=":material/delete_forever:",
                         disabled=(typed or "") != system.code):  # fmt: skip
                _delete(system)


def _delete(system: System) -> None:
    def work(db: Database, _: str) -> None:
        delete_system(db, system.id)

    try:
        act(Permission.MANAGE_FLEET, "delete machine", system.code, work)
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.query_params.pop(CHOSEN, None)
    st.rerun()
