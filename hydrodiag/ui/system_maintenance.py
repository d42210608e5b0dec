"""What has been done to a machine and what engineers have noted of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.diagnostics.choices import (
    MAINTENANCE_KINDS,
    Maintenance,
    list_maintenance,
    note_maintenance,
)
from hydrodiag.fleet import System, list_components
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.safe_text import safe_label
from hydrodiag.ui.wording import format_instant

FREE_NOTE = "note"


def show_maintenance(system: System) -> None:
    done = list_maintenance(resources.database(), system.id)
    if done:
        st.dataframe(build_maintenance_frame(done), hide_index=True, alt="Maintenance and notes")
    else:
        st.caption("Nothing noted yet.")
    if may(Permission.MANAGE_DIAGNOSTICS):
        _show_form(system)


def build_maintenance_frame(done: Sequence[Maintenance]) -> pd.DataFrame:
    rows = [(format_instant(each.at), each.kind, each.component or "machine", each.text,
             each.author) for each in done]  # fmt: skip
    return pd.DataFrame(rows, columns=["When (UTC)", "What", "Component", "Note", "By"])


def _show_form(system: System) -> None:
    kinds = [each.kind for each in list_components(resources.database(), system.id)]
    with st.form(f"maintenance_{system.id}", border=False, clear_on_submit=True):
        places = st.columns([2, 2, 2, 4, 1], vertical_alignment="bottom")
        at = places[0].datetime_input("When (UTC), empty: now", None, format="YYYY-MM-DD",
                                      key=f"noted_at_{system.id}")  # fmt: skip
        kind = places[1].selectbox("What", MAINTENANCE_KINDS)
        component = places[2].selectbox(
            "Component", ["", *kinds], format_func=lambda each: safe_label(each or "machine")
        )
        words = places[3].text_input("Note", max_chars=2000)
        if places[4].form_submit_button("Note", icon=":material/add:"):
            if kind == FREE_NOTE and not (words or "").strip():
                st.error("A note needs its words.", icon=":material/error:")
                return
            instant = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
            act_and_rerun(Permission.MANAGE_DIAGNOSTICS, "note maintenance", system.code,
                          lambda db, _: note_maintenance(
                              db, me(), system.id, instant, kind, component=component or "",
                              text=words or ""))  # fmt: skip
