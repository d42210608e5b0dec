"""Words that mean the same, so that a question in one language finds the other's manual."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.manuals.glossary_pairs import add_pair, delete_pair, list_pairs
from hydrodiag.manuals.retrieval.glossary import load_seed
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import may
from hydrodiag.ui.states import guarded


def show_glossary() -> None:
    with guarded("Glossary"):
        own = list_pairs(resources.database())
        if may(Permission.MANAGE_MANUALS):
            _show_form()
        names = {each.id: f"{each.term} = {each.meaning}" for each in own}
        rows = [(each.term, each.meaning, each.created_by) for each in own]
        rows += [(english, russian, "HydroDiag") for english, russian in load_seed()]
        words = st.text_input("Find", key="find_term", icon=":material/search:") or ""
        fitting = [row for row in rows if words.casefold() in f"{row[0]} {row[1]}".casefold()]
        st.dataframe(pd.DataFrame(fitting, columns=["Term", "Means the same", "Added by"]),
                     hide_index=True, alt="Glossary")  # fmt: skip
        st.caption(
            f"{len(own)} pairs of your own, {len(rows) - len(own)} that come with HydroDiag."
        )
        if names and may(Permission.MANAGE_MANUALS):
            _show_deletion(names)


def _show_form() -> None:
    with st.form("new_pair", border=False, clear_on_submit=True):
        first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
        term = first.text_input("Term", placeholder="counterbalance valve")
        meaning = second.text_input("Means the same", placeholder="тормозной клапан")
        if third.form_submit_button("Add pair", icon=":material/add:"):
            _do("add glossary pair", f"{term} = {meaning}",
                lambda db, user: add_pair(db, user, term or "", meaning or ""))  # fmt: skip


def _show_deletion(names: dict[int, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Pair", list(names), index=None, format_func=names.__getitem__,
                              placeholder="Choose one of your own", key="own_pair",
                              width=360)  # fmt: skip
        if st.button("Delete pair", icon=":material/delete:", disabled=chosen is None) and chosen:
            _do("delete glossary pair", names[chosen], lambda db, _: delete_pair(db, chosen))


def _do(action: str, subject: str, work: Callable[[Database, str], object]) -> None:
    act_and_rerun(Permission.MANAGE_MANUALS, action, subject, work)
