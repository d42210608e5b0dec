"""Accounts: made, given another role, disabled, their passwords reset."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from hydrodiag.accounts import (
    Role,
    User,
    UserDraft,
    create_user,
    disable_user,
    enable_user,
    list_users,
    reset_password,
    set_role,
)
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.identity import me
from hydrodiag.ui.states import guarded
from hydrodiag.ui.wording import format_away, format_instant

ROLES = {
    Role.VIEWER: "Viewer: sees machines and readings",
    Role.ENGINEER: "Engineer: also loads readings and reviews",
    Role.OPERATOR: "Operator: also runs jobs and sets policies",
    Role.ADMINISTRATOR: "Administrator: also manages users and keys",
}
MESSAGE = "_users_message"


def show_users() -> None:
    with guarded("Users"):
        _show_message()
        users = list_users(resources.database(), me())
        st.dataframe(build_user_frame(users, datetime.now(UTC)), hide_index=True, alt="Accounts")
        user = _pick_user(users)
        if user is not None:
            _show_user(user)
        with st.expander("New account", icon=":material/person_add:"):
            _show_form()


def build_user_frame(users: Sequence[User], now: datetime) -> pd.DataFrame:
    rows = [
        (
            user.user_name, user.full_name, user.role, describe_state(user),
            format_away(user.last_seen_at, now), format_instant(user.created_at),
        )
        for user in users
    ]  # fmt: skip
    columns = ["User name", "Full name", "Role", "State", "Last seen", "Created (UTC)"]
    return pd.DataFrame(rows, columns=columns)


def describe_state(user: User) -> str:
    if user.is_disabled:
        return "Disabled"
    if user.must_change_password:
        return "Has to set a password"
    return "Single sign-on" if user.is_from_provider else "Active"


def _pick_user(users: Sequence[User]) -> User | None:
    names = {user.user_name: user for user in users}
    chosen = st.selectbox(
        "Account", list(names), index=None, key="user", bind="query-params",
        placeholder="Choose an account to change it",
    )  # fmt: skip
    return names.get(chosen or "")


def _show_user(user: User) -> None:
    with st.container(border=True):
        st.subheader(user.full_name or user.user_name, anchor=False)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            role = st.selectbox(
                "Role", list(ROLES), index=list(ROLES).index(Role(user.role)),
                format_func=ROLES.__getitem__, key=f"role_{user.id}",
                disabled=user.is_from_provider,
                help="Comes from the identity provider." if user.is_from_provider else None,
            )  # fmt: skip
            st.button(
                "Change role", key="change_role", disabled=role == user.role,
                on_click=_change, args=("Role changed.", set_role, user.id, role),
            )  # fmt: skip
            if user.is_disabled:
                st.button("Enable", icon=":material/lock_open:", key="enable",
                          on_click=_change, args=("Enabled.", enable_user, user.id))  # fmt: skip
            else:
                st.button("Disable", icon=":material/block:", key="disable",
                          on_click=_change, args=("Disabled.", disable_user, user.id))  # fmt: skip
            if user.has_password:
                st.button("Reset password", icon=":material/key:", key="reset",
                          on_click=_reset, args=(user,))  # fmt: skip


def _show_form() -> None:
    with st.form("new_user", border=False):
        name = st.text_input("User name", help="2 to 64 letters, digits and . _ @ -")
        full_name = st.text_input("Full name")
        role = st.selectbox("Role", list(ROLES), format_func=ROLES.__getitem__)
        password = st.text_input(
            "First password", type="password",
            help="At least 12 characters; it has to be changed at the first sign-in.",
        )  # fmt: skip
        if st.form_submit_button("Create account", type="primary"):
            draft = UserDraft(
                (name or "").strip(), role or Role.VIEWER, (full_name or "").strip(),
                password or "", must_change_password=True,
            )  # fmt: skip
            _create(draft)


def _create(draft: UserDraft) -> None:
    try:
        create_user(resources.database(), me(), draft)
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/error:")
        return
    st.session_state[MESSAGE] = ("success", f"Account {draft.user_name} created.")
    st.rerun()


def _change(done: str, change: Callable[..., None], *args: object) -> None:
    try:
        change(resources.database(), me(), *args)
        st.session_state[MESSAGE] = ("success", done)
    except HydroDiagError as error:
        st.session_state[MESSAGE] = ("error", str(error))


def _reset(user: User) -> None:
    try:
        password = reset_password(resources.database(), me(), user.id)
    except HydroDiagError as error:
        st.session_state[MESSAGE] = ("error", str(error))
        return
    st.session_state[MESSAGE] = ("password", f"{user.user_name}: {password}")


def _show_message() -> None:
    kind, text = st.session_state.pop(MESSAGE, ("", ""))
    if kind == "success":
        st.success(text, icon=":material/check_circle:")
    elif kind == "error":
        st.error(text, icon=":material/error:")
    elif kind == "password":
        st.warning(
            "Shown once. It has to be changed at the next sign-in; all sessions have ended.",
            title="New password", icon=":material/key:",
        )  # fmt: skip
        st.code(text, language=None)
