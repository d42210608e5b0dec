"""Who may do what: the one table that decides it, for pages, API and commands alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hydrodiag.errors import Refused


class Role(StrEnum):
    VIEWER = "viewer"
    ENGINEER = "engineer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    READ = "see machines and readings"
    UPLOAD = "load readings"
    REVIEW = "review the quarantine"
    MANAGE_FLEET = "create machines and sensors"
    MANAGE_MANUALS = "manage manuals and the answers from them"
    MANAGE_DIAGNOSTICS = "deal with findings, change checks and baselines"
    SHARE_VIEWS = "share views of readings with everybody"
    RUN_JOBS = "run, pause and reschedule jobs"
    MANAGE_POLICIES = "change policies and holds"
    MANAGE_USERS = "manage users"
    MANAGE_KEYS = "manage API keys"
    SEE_AUDIT = "see the audit log"
    SEE_HEALTH = "see the health of the parts"


_VIEWER = frozenset({Permission.READ, Permission.SEE_HEALTH})
_ENGINEER = _VIEWER | {
    Permission.UPLOAD,
    Permission.REVIEW,
    Permission.MANAGE_FLEET,
    Permission.MANAGE_MANUALS,
    Permission.MANAGE_DIAGNOSTICS,
    Permission.SHARE_VIEWS,
}
_OPERATOR = _ENGINEER | {Permission.RUN_JOBS, Permission.MANAGE_POLICIES}
ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.ENGINEER: _ENGINEER,
    Role.OPERATOR: _OPERATOR,
    Role.ADMINISTRATOR: frozenset(Permission),
}


@dataclass(frozen=True)
class Actor:
    """Who asks for something. `role` is None for somebody who may do nothing."""

    name: str
    role: Role | None
    user_id: int | None = None
    address: str = ""


def allows(role: Role | None, permission: Permission) -> bool:
    return role is not None and permission in ALLOWED[role]


def require(actor: Actor, permission: Permission) -> None:
    """Raises Refused where the actor's role does not allow it."""
    if not allows(actor.role, permission):
        role = actor.role or "nobody"
        raise Refused(
            f"{actor.name or 'Nobody'} ({role}) may not {permission}.",
            hint="Ask an administrator for a role that may.",
        )
