"""Doing something on somebody's behalf: allowed or refused, and written down either way."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hydrodiag.accounts.audit import record_event
from hydrodiag.accounts.roles import Actor, Permission, allows, require
from hydrodiag.db import Database
from hydrodiag.errors import DatabaseError, HydroDiagError

T = TypeVar("T")


def perform(
    db: Database,
    actor: Actor,
    permission: Permission,
    action: str,
    subject: str,
    work: Callable[[], T],
    detail: Mapping[str, Any] | None = None,
) -> T:
    """`work()`, with an audit event of its outcome. Raises Refused, and whatever `work` raises."""
    if not allows(actor.role, permission):
        record_event(db, actor, action, subject, detail, outcome="refused")
        require(actor, permission)
    try:
        result = work()
    except DatabaseError:
        raise
    except HydroDiagError as error:
        failed = {**(detail or {}), "error": error.message}
        record_event(db, actor, action, subject, failed, outcome="failed")
        raise
    record_event(db, actor, action, subject, detail)
    return result
