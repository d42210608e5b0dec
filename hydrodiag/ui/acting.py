"""What a page does to the system goes through here: allowed or refused, and audited."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hydrodiag.accounts import Permission
from hydrodiag.accounts.actions import perform
from hydrodiag.db import Database
from hydrodiag.ui import resources
from hydrodiag.ui.identity import me

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
