"""What people do with a finding: take it, give it, put it off, say something, end it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st

from hydrodiag.accounts import Permission, list_colleagues
from hydrodiag.db import Database
from hydrodiag.diagnostics.findings.handling import (
    LARGEST_FILE_BYTES,
    assign,
    attach,
    comment,
    move_finding,
    snooze,
)
from hydrodiag.diagnostics.findings.lifecycle import NEXT, Status
from hydrodiag.diagnostics.findings.reading import list_attachments, load_attachment
from hydrodiag.diagnostics.findings.records import Finding
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.acting import act_and_rerun
from hydrodiag.ui.identity import may, me
from hydrodiag.ui.safe_text import safe_label, safe_text
from hydrodiag.ui.wording import format_bytes

VERBS = {
    Status.ACKNOWLEDGED: ("Acknowledge", ":material/check:"),
    Status.IN_WORK: ("Start work", ":material/build:"),
    Status.RESOLVED: ("Resolve", ":material/task_alt:"),
    Status.FALSE_ALARM: ("False alarm", ":material/notifications_off:"),
    Status.OPEN: ("Open again", ":material/undo:"),
}
WAITS = {"for a day": 1, "for a week": 7, "for a month": 30}


def show_actions(finding: Finding) -> None:
    if not may(Permission.MANAGE_DIAGNOSTICS):
        _show_comment(finding)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for status, (verb, icon) in VERBS.items():
            if status in NEXT[finding.status] and st.button(
                verb, icon=icon, key=f"move_{status}",
                type="primary" if status is Status.ACKNOWLEDGED else "secondary",
            ):  # fmt: skip
                _do(verb.lower(), finding, _move_to(finding, status))
        _show_assignment(finding)
        with st.popover("Put off", icon=":material/snooze:"):
            for words, days in WAITS.items():
                until = datetime.now(UTC) + timedelta(days=days)
                if st.button(words.capitalize(), key=f"snooze_{days}"):
                    _do("put off", finding, _snooze_until(finding, until))
    _show_comment(finding)


def _move_to(finding: Finding, status: Status) -> Callable[[Database, str], object]:
    return lambda db, _: move_finding(db, me(), finding.id, status)


def _snooze_until(finding: Finding, until: datetime) -> Callable[[Database, str], object]:
    return lambda db, _: snooze(db, me(), finding.id, until)


def _show_assignment(finding: Finding) -> None:
    user = me()
    if finding.assigned_to == user.user_id:
        if st.button("Give back", icon=":material/person_remove:", key="unassign"):
            _do("assign", finding, lambda db, _: assign(db, user, finding.id, None, ""))
    elif st.button("Take it", icon=":material/person_add:", key="assign"):
        _do("assign", finding,
            lambda db, name: assign(db, user, finding.id, user.user_id, name))  # fmt: skip
    with st.popover("Give to", icon=":material/group:"):
        _show_colleagues(finding)


def _show_colleagues(finding: Finding) -> None:
    found = list_colleagues(resources.database(), me(), Permission.MANAGE_DIAGNOSTICS)
    others = {each.id: each for each in found if each.id != finding.assigned_to}
    chosen = st.selectbox("Person", list(others), index=None, key=f"give_{finding.id}",
                          format_func=lambda each: others[each].label)  # fmt: skip
    if st.button("Give", type="primary", disabled=chosen is None, key="give") and chosen:
        name = others[chosen].user_name
        _do("assign", finding, lambda db, _: assign(db, me(), finding.id, chosen, name))


def _show_comment(finding: Finding) -> None:
    with st.form(f"comment_{finding.id}", border=False, clear_on_submit=True):
        first, second = st.columns([6, 1], vertical_alignment="bottom")
        words = first.text_input("Comment", max_chars=2000, label_visibility="collapsed",
                                 placeholder="Comment")  # fmt: skip
        if second.form_submit_button("Send", icon=":material/send:") and words:
            try:
                comment(resources.database(), me(), finding.id, words)
            except HydroDiagError as error:
                st.error(safe_text(str(error)), icon=":material/error:")
                return
            st.rerun()


def show_files(finding: Finding) -> None:
    files = list_attachments(resources.database(), finding.id)
    if not files and not may(Permission.MANAGE_DIAGNOSTICS):
        return
    st.markdown("**Files**")
    for each in files:
        label = f"{safe_label(each.file_name)} ({format_bytes(each.size_bytes)})"
        st.download_button(label, partial(_load, each.id), each.file_name,
                           key=f"file_{each.id}", icon=":material/attach_file:")  # fmt: skip
    if may(Permission.MANAGE_DIAGNOSTICS):
        _show_upload(finding)


def _load(number: int) -> bytes:
    return load_attachment(resources.database(), number)


def _show_upload(finding: Finding) -> None:
    with st.popover("Attach a file", icon=":material/attach_file_add:"):
        file = st.file_uploader(f"Up to {LARGEST_FILE_BYTES // 1_000_000} MB",
                                key=f"attach_{finding.id}")  # fmt: skip
        if file is not None and st.button("Attach", type="primary", key="attach_it"):
            content = file.getvalue()
            _do("attach file", finding,
                lambda db, _: attach(db, me(), finding.id, file.name, content))  # fmt: skip


def _do(action: str, finding: Finding, work: Callable[[Database, str], object]) -> None:
    act_and_rerun(Permission.MANAGE_DIAGNOSTICS, f"{action} finding", str(finding.id), work)
