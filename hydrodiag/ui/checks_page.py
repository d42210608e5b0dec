"""Every check with formula, limits and source; what differs here; what false alarms suggest."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.db import Database
from hydrodiag.diagnostics.catalogue.checks import BY_ID, CHECKS
from hydrodiag.diagnostics.catalogue.spec import Against, Check
from hydrodiag.diagnostics.choices import (
    CheckSetting,
    list_check_settings,
    reset_check,
    set_check,
)
from hydrodiag.diagnostics.engine import CheckOverride
from hydrodiag.diagnostics.findings.handling import (
    Proposal,
    decide_proposal,
    decline_proposal,
    list_proposals,
)
from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.fleet import list_systems
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import guarded

EVERYWHERE = "All machines"


def show_checks() -> None:
    with guarded("Checks"):
        _show_proposals(list_proposals(resources.database()))
        st.dataframe(build_check_frame(CHECKS), hide_index=True, height="content", alt="Checks")
        settings = list_check_settings(resources.database())
        if settings:
            st.subheader("What differs here", anchor=False)
            st.dataframe(build_setting_frame(settings), hide_index=True, alt="Changed checks")
        if may(Permission.MANAGE_DIAGNOSTICS):
            _show_form(settings)


def build_check_frame(checks: Sequence[Check]) -> pd.DataFrame:
    return pd.DataFrame([_build_row(each) for each in checks])


def _build_row(check: Check) -> dict[str, object]:
    info = INDICATORS[check.indicator]
    return {
        "Check": check.id,
        "Looks for": check.title,
        "Component": check.component,
        "Indicator": info.name,
        "Formula": info.formula,
        "Warning": describe_limit(check, check.warn),
        "Alarm": describe_limit(check, check.critical),
        "Held": f"{check.warn_of[0]} of {check.warn_of[1]} steps",
        "Needs": ", ".join(info.needs),
        "Source of the limits": check.source,
    }


def describe_limit(check: Check, limit: float | None) -> str:
    if limit is None:
        return ""
    unit = INDICATORS[check.indicator].unit
    match check.against:
        case Against.PERCENT:
            return f"{limit:+g} % of healthy"
        case Against.DIFFERENCE:
            return f"{limit:+g} {'points' if unit == '%' else unit} from healthy"
        case _:
            side = "above" if check.is_high_bad else "below"
            return f"{side} {limit:g} {unit}"


def build_setting_frame(settings: Sequence[CheckSetting]) -> pd.DataFrame:
    rows = [
        (each.check_id, each.system_code or EVERYWHERE, "on" if each.is_enabled else "off",
         each.warn, each.critical, each.persist_steps, each.reason, each.changed_by)
        for each in settings
    ]  # fmt: skip
    columns = ["Check", "Machine", "On", "Warning", "Alarm", "Steps", "Reason", "By"]
    return pd.DataFrame(rows, columns=columns)


def _show_form(settings: Sequence[CheckSetting]) -> None:
    st.subheader("Change a check", anchor=False)
    systems = {each.id: each.code for each in read(["fleet"], list_systems)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        check_id = st.selectbox(
            "Check",
            list(BY_ID),
            width=280,
            key="check",
            format_func=lambda each: f"{each} {BY_ID[each].title}",
        )
        system_id = st.selectbox(
            "Machine",
            [None, *systems],
            key="check_system",
            width=200,
            format_func=lambda each: systems.get(each, EVERYWHERE),
        )
    check = BY_ID[check_id or next(iter(BY_ID))]
    known = next((e for e in settings if (e.check_id, e.system_id) == (check.id, system_id)), None)
    key = f"{check.id}_{system_id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        is_on = st.toggle("On", known.is_enabled if known else True, key=f"on_{key}")
        warn = st.number_input("Warning limit", value=known.warn if known else check.warn,
                               key=f"warn_{key}", width=160)  # fmt: skip
        critical = st.number_input("Alarm limit", value=known.critical if known else check.critical,
                                   key=f"critical_{key}", width=160)  # fmt: skip
        steps = st.number_input(
            "Steps in a row",
            1,
            96,
            key=f"steps_{key}",
            width=140,
            value=(known.persist_steps if known else None) or check.warn_of[0],
        )
        reason = st.text_input("Reason", key=f"reason_{key}", max_chars=500, width=240)
        if st.button("Save", type="primary", icon=":material/save:", key="save_check"):
            override = CheckOverride(
                is_on, warn if warn != check.warn else None,
                critical if critical != check.critical else None,
                int(steps) if steps != check.warn_of[0] else None,
            )  # fmt: skip
            _do("change check", check.id, lambda db, _: set_check(
                db, me(), check.id, override, system_id, reason or ""))  # fmt: skip
        if known and st.button("As in the catalogue", icon=":material/undo:", key="reset_check"):
            _do("reset check", check.id,
                lambda db, _: reset_check(db, me(), check.id, system_id))  # fmt: skip


def _show_proposals(proposals: Sequence[Proposal]) -> None:
    for each in proposals:
        with st.container(border=True):
            steps = each.proposed.get("persist_steps")
            st.markdown(safe_text(
                f"{each.reason} Raise {each.check_id} on {each.system_code} only after {steps} "
                "steps in a row?"
            ))  # fmt: skip
            if not may(Permission.MANAGE_DIAGNOSTICS):
                continue
            with st.container(horizontal=True):
                if st.button("Accept", key=f"accept_{each.id}", icon=":material/check:"):
                    _do("accept proposal", each.check_id, _accept(each.id))
                if st.button("Decline", key=f"decline_{each.id}", icon=":material/close:"):
                    _do("decline proposal", each.check_id, _decline(each.id))


def _accept(proposal_id: int) -> Callable[[Database, str], object]:
    def work(db: Database, _: str) -> None:
        system_id, check_id, proposed, reason = decide_proposal(db, me(), proposal_id, "accepted")
        override = CheckOverride(persist_steps=proposed.get("persist_steps"))
        set_check(db, me(), check_id, override, system_id, reason)

    return work


def _decline(proposal_id: int) -> Callable[[Database, str], object]:
    return lambda db, _: decline_proposal(db, me(), proposal_id)


def _do(action: str, subject: str, work: Callable[[Database, str], object]) -> None:
    act_and_rerun(Permission.MANAGE_DIAGNOSTICS, action, subject, work)
