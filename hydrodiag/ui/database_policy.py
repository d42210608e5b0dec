"""The policy of a hypertable, edited and checked against itself and the other tables."""

from datetime import timedelta

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError, InvalidInput
from hydrodiag.timescale import (
    Policy,
    check_policy,
    find_policy,
    list_hypertables,
    list_policies,
    save_policy,
)
from hydrodiag.timescale.intervals import spell
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act
from hydrodiag.ui.database_spans import parse_open_span, parse_span
from hydrodiag.ui.identity import may
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import format_instant

MODES = {
    "skip": "Leave them as they are",
    "seal": "Seal them: order rows by sensor and time, no space saved",
}


def show_policy(table: str) -> None:
    with guarded("Policy"):
        stored = find_policy(resources.database(), table)
        start = stored or _build_first(table)
        if stored is None:
            st.info("This table has no policy yet: nothing is compressed or dropped.",
                    icon=":material/policy:")  # fmt: skip
        edited = _pick_policy(start)
        problem = find_problem(edited) if isinstance(edited, Policy) else edited
        if problem:
            st.error(problem, icon=":material/error:")
        is_new = isinstance(edited, Policy) and edited != start
        if may(Permission.MANAGE_POLICIES):
            st.button(
                "Save policy", type="primary", icon=":material/save:", key=f"save_policy_{table}",
                disabled=bool(problem) or not (is_new or stored is None),
                on_click=_save, args=(edited,),
            )  # fmt: skip
        if stored and stored.updated_at:
            who = f" by {stored.updated_by}" if stored.updated_by else ""
            st.caption(f"In force since {format_instant(stored.updated_at)} UTC{who}.")


def find_problem(policy: Policy) -> str:
    """What contradicts itself, empty where nothing does."""
    try:
        check_policy(policy, list_policies(resources.database()))
    except InvalidInput as error:
        return str(error)
    return ""


def _build_first(table: str) -> Policy:
    tables = {each.name: each for each in list_hypertables(resources.database())}
    return Policy(table, tables[table].chunk_interval, None, None)


def _pick_policy(start: Policy) -> Policy | str:
    """The policy as edited, or what is wrong with a span."""
    table = start.table_name
    with st.container(horizontal=True):
        interval = st.text_input(
            "A chunk every", value=spell(start.chunk_interval), key=f"interval_{table}",
            help="For chunks to come; those there are stay as they are.",
        )  # fmt: skip
        compress = st.text_input(
            "Compress after", value=_spell_open(start.compress_after, "never"),
            key=f"compress_{table}", help="Or `never`.",
        )  # fmt: skip
        retain = st.text_input(
            "Keep for", value=_spell_open(start.retain_for, "for ever"), key=f"retain_{table}",
            help="Or `for ever`. Whole chunks go once all of their readings are older.",
        )  # fmt: skip
        mode = st.selectbox(
            "Where compression is not available", list(MODES), format_func=MODES.__getitem__,
            index=list(MODES).index(start.apache_mode), key=f"mode_{table}",
        )  # fmt: skip
    try:
        return Policy(
            table, parse_span(interval or ""), parse_open_span(compress or ""),
            parse_open_span(retain or ""), mode or start.apache_mode, start.updated_at,
            start.updated_by,
        )  # fmt: skip
    except InvalidInput as error:
        return str(error)


def _spell_open(span: timedelta | None, nothing: str) -> str:
    return nothing if span is None else spell(span)


def describe_policy(policy: Policy) -> dict[str, str]:
    """For the audit log."""
    return {
        "chunk_interval": spell(policy.chunk_interval),
        "compress_after": _spell_open(policy.compress_after, "never"),
        "retain_for": _spell_open(policy.retain_for, "for ever"),
        "apache_mode": policy.apache_mode,
    }


def _save(policy: Policy) -> None:
    try:
        act(
            Permission.MANAGE_POLICIES, "change policy", policy.table_name,
            lambda db, name: save_policy(db, policy, changed_by=name), describe_policy(policy),
        )  # fmt: skip
    except HydroDiagError as error:
        st.toast(str(error), icon=":material/error:")
        return
    st.toast("Policy saved.", icon=":material/check_circle:")
