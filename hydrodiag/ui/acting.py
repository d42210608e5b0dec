"""What a page does to the system goes through here: allowed or refused, and audited."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.accounts.actions import perform
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui import resources
from hydrodiag.ui.identity import me
from hydrodiag.ui.safe_text import safe_text

T = TypeVar("T")


def act(
    permission: Permission,
    action: str,
    subject: str,
    work: Callable[[Database, str], T],
    detail: Mapping[str, Any] | None = None,
) -> T:
    """`work(database, user_name)` on behalf of who is signed in. Raises Refused and its errors."""
    db, actor = resources.database(), me()
    return perform(db, actor, permission, action, subject, lambda: work(db, actor.name), detail)


def act_and_rerun(
    permission: Permission,
    action: str,
    subject: str,
    work: Callable[[Database, str], object],
    detail: Mapping[str, Any] | None = None,
) -> None:
    """`act`, then the page anew; what cannot be is told where the button is."""
    try:
        act(permission, action, subject, work, detail)
    except HydroDiagError as error:
        st.error(safe_text(str(error)), icon=":material/error:")
        return
    st.rerun()
