"""What people decide about the diagnostics of a machine: healthy spans, limits, nominal values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hydrodiag.accounts import Actor, Permission, require
from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.catalogue.checks import BY_ID
from hydrodiag.diagnostics.engine import CheckOverride
from hydrodiag.diagnostics.findings.records import TOPIC
from hydrodiag.diagnostics.records import SkippedCheck
from hydrodiag.errors import InvalidInput, NotFound

SQL = NamedQueries(__file__, "choices.sql")
AHEAD = timedelta(minutes=5)  # clocks differ, and windows end on the next whole step
MAINTENANCE_KINDS = (
    "inspection", "oil change", "filter change", "repair", "replacement", "setting", "note",
)  # fmt: skip


@dataclass(frozen=True)
class HealthySpan:
    """`note` says why nothing was learned, where `is_learned` is False and the span is over."""

    id: int
    system_id: int
    from_at: datetime
    to_at: datetime
    is_active: bool
    steps: int
    note: str
    confirmed_by: str
    created_at: datetime
    is_learned: bool


@dataclass(frozen=True)
class CheckSetting:
    """`system_code` is None for what holds for all machines."""

    system_id: int | None
    system_code: str | None
    check_id: str
    is_enabled: bool
    warn: float | None
    critical: float | None
    persist_steps: int | None
    reason: str
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class Diagnosis:
    """How a machine is diagnosed: `skipped` are the checks that could not be made, and why."""

    nominal: Mapping[str, float]
    roles: Mapping[str, int]
    through_at: datetime | None
    skipped: tuple[SkippedCheck, ...]


@dataclass(frozen=True)
class StoredHealth:
    system_id: int
    component: str
    score: float | None
    because: str
    at: datetime


@dataclass(frozen=True)
class Maintenance:
    id: int
    system_id: int
    component: str
    at: datetime
    kind: str
    text: str
    author: str


def confirm_healthy(
    db: Database, actor: Actor, system_id: int, from_at: datetime, to_at: datetime
) -> int:
    """From now on the machine is held against this span; older ones are kept."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    if not from_at < to_at or to_at > datetime.now(UTC):
        raise InvalidInput(
            "A healthy span begins before it ends, and is over.", hint="Choose two earlier times."
        )
    values = {"system_id": system_id, "from_at": from_at, "to_at": to_at,
              "confirmed_by": actor.name}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["retire_baseline"], values)
        number = int(connection.execute(SQL["insert_baseline"], values).scalar_one())
        bump_generation(connection, TOPIC)
    return number


def activate_baseline(db: Database, actor: Actor, system_id: int, baseline_id: int) -> None:
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    values = {"system_id": system_id, "id": baseline_id}
    with db.write() as connection:
        connection.execute(SQL["retire_baseline"], values)
        if connection.execute(SQL["activate_baseline"], values).scalar() is None:
            raise NotFound(f"There is no baseline {baseline_id} of this machine.")
        bump_generation(connection, TOPIC)


def list_healthy_spans(db: Database, system_id: int) -> list[HealthySpan]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_baselines"], {"system_id": system_id})
        return [HealthySpan(**row._mapping) for row in rows]


def set_check(
    db: Database,
    actor: Actor,
    check_id: str,
    override: CheckOverride,
    system_id: int | None = None,
    reason: str = "",
) -> None:
    """For a machine, or for all. Limits are in the unit that the check compares."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    _check_order(check_id, override)
    values = {"system_id": system_id, "check_id": check_id, "reason": reason.strip()[:500],
              "changed_by": actor.name, **vars(override)}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["keep_check_setting"], values)
        bump_generation(connection, TOPIC)


def reset_check(db: Database, actor: Actor, check_id: str, system_id: int | None = None) -> None:
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    with db.write() as connection:
        connection.execute(
            SQL["drop_check_setting"], {"check_id": check_id, "system_id": system_id}
        )
        bump_generation(connection, TOPIC)


def list_check_settings(db: Database) -> list[CheckSetting]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_check_settings"])
        return [CheckSetting(**row._mapping) for row in rows]


def set_diagnosis(
    db: Database,
    actor: Actor,
    system_id: int,
    nominal: Mapping[str, float],
    roles: Mapping[str, int] | None = None,
    from_at: datetime | None = None,
) -> None:
    """`from_at`: where to begin, for a machine that has not been diagnosed yet."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    values = {"system_id": system_id, "nominal": json.dumps(dict(nominal)),
              "roles": json.dumps(dict(roles or {})), "through_at": from_at,
              "changed_by": actor.name}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["keep_diagnosis"], values)
        bump_generation(connection, TOPIC)


def set_cycles(
    db: Database, actor: Actor, system_id: int, cycle_s: float, anchor_at: datetime
) -> None:
    """A step a working cycle, counted from the one that began at `anchor_at`."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    values = {"system_id": system_id, "cycle_s": cycle_s, "anchor_at": anchor_at,
              "changed_by": actor.name}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["set_cycles"], values)


def find_diagnosis(db: Database, system_id: int) -> Diagnosis | None:
    with db.read() as connection:
        row = connection.execute(SQL["find_diagnosis"], {"system_id": system_id}).one_or_none()
    if row is None:
        return None
    skipped = tuple(SkippedCheck(**each) for each in row.skipped)
    return Diagnosis(row.nominal, row.roles, row.through_at, skipped)


def list_health(db: Database, system_id: int | None = None) -> list[StoredHealth]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_health"], {"system_id": system_id})
        return [StoredHealth(**row._mapping) for row in rows]


def note_maintenance(
    db: Database, actor: Actor, system_id: int, at: datetime, kind: str, *,
    component: str = "", text: str = "",
) -> int:  # fmt: skip
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    if kind not in MAINTENANCE_KINDS:
        raise InvalidInput(f"{kind!r} is no kind of maintenance.",
                           hint=f"There are: {', '.join(MAINTENANCE_KINDS)}.")  # fmt: skip
    if at > datetime.now(UTC) + AHEAD:
        raise InvalidInput(f"{at:%Y-%m-%d %H:%M} UTC lies ahead.",
                           hint="Note what has been done, when it has been done.")  # fmt: skip
    values: dict[str, Any] = {
        "system_id": system_id, "component": component, "at": at, "kind": kind,
        "text": text.strip()[:2000], "author": actor.name,
    }  # fmt: skip
    with db.write() as connection:
        number = int(connection.execute(SQL["insert_maintenance"], values).scalar_one())
        bump_generation(connection, TOPIC)
    return number


def list_maintenance(
    db: Database, system_id: int, limit: int = 100, *,
    from_at: datetime | None = None, until_at: datetime | None = None,
) -> list[Maintenance]:  # fmt: skip
    """The newest of `from_at`..`until_at`, of all time without."""
    values = {"system_id": system_id, "limit": limit, "from_at": from_at, "until_at": until_at}
    with db.read() as connection:
        rows = connection.execute(SQL["list_maintenance"], values)
        return [Maintenance(**row._mapping) for row in rows]


def _check_order(check_id: str, override: CheckOverride) -> None:
    check = BY_ID.get(check_id)
    if check is None:
        raise NotFound(f"There is no check {check_id}.")
    if override.warn is None or override.critical is None:
        return
    sign = 1 if check.is_high_bad else -1
    if sign * override.warn > sign * override.critical:
        side = "above" if check.is_high_bad else "below"
        raise InvalidInput(f"The critical limit lies {side} the warning limit.",
                           hint="Turn them round.")  # fmt: skip
