"""Hydraulic systems and their components in the database.

Every change advances the generation "fleet", on which cached reads of the fleet key.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.fleet.records import Component, ComponentDraft, System, SystemDraft

SQL = NamedQueries(__file__)
FLEET_TOPIC = "fleet"


def list_systems(db: Database) -> list[System]:
    return _load_systems(db)


def find_system(db: Database, code: str) -> System | None:
    return next(iter(_load_systems(db, code=code)), None)


def find_system_by_id(db: Database, system_id: int) -> System | None:
    return next(iter(_load_systems(db, id=system_id)), None)


def create_system(db: Database, draft: SystemDraft) -> System:
    """Raises InvalidInput if the code is taken."""
    row = change_fleet(db, "create_system", asdict(draft))
    if row is None:
        raise _taken(f"a system {draft.code}", "code")
    return System(**row)


def upsert_system(db: Database, draft: SystemDraft) -> System:
    return System(**expect_row(change_fleet(db, "upsert_system", asdict(draft))))


def delete_system(db: Database, system_id: int) -> None:
    """Remove a system with its components and sensors.

    Raises InvalidInput while readings of it are stored, NotFound if there is no such system.
    """
    if change_fleet(db, "delete_system", {"id": system_id}) is None:
        found = find_system_by_id(db, system_id)
        raise refused("system", system_id, found.code if found else None)


def list_components(db: Database, system_id: int) -> list[Component]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_components"], {"system_id": system_id})
        return [Component(**row._mapping) for row in rows]


def create_component(db: Database, system_id: int, draft: ComponentDraft) -> Component:
    """Raises InvalidInput if the system has a component with this code."""
    row = change_fleet(db, "create_component", {"system_id": system_id, **asdict(draft)})
    if row is None:
        raise _taken(f"a component {draft.code} in this system", "code")
    return Component(**row)


def upsert_component(db: Database, system_id: int, draft: ComponentDraft) -> Component:
    values = {"system_id": system_id, **asdict(draft)}
    return Component(**expect_row(change_fleet(db, "upsert_component", values)))


def delete_component(db: Database, component_id: int) -> None:
    if change_fleet(db, "delete_component", {"id": component_id}) is None:
        raise refused("component", component_id, None)


def change_fleet(db: Database, block: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Run a changing block; the row it returns, or None if it changed nothing."""
    with db.write() as connection:
        row = connection.execute(SQL[block], dict(values)).one_or_none()
        if row is not None:
            bump_generation(connection, FLEET_TOPIC)
        return None if row is None else dict(row._mapping)


def refused(what: str, row_id: int, label: str | None) -> InvalidInput | NotFound:
    if label is None:
        return NotFound(f"There is no {what} {row_id}.", hint="It may have been deleted.")
    return InvalidInput(
        f"The {what} {label} has stored readings.", hint="Delete its readings first."
    )


def _load_systems(db: Database, **wanted: Any) -> list[System]:
    values = {"code": None, "id": None, **wanted}
    with db.read() as connection:
        return [System(**row._mapping) for row in connection.execute(SQL["list_systems"], values)]


def expect_row(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise NotFound("The row was deleted meanwhile.", hint="Try again.")
    return row


def _taken(what: str, key: str) -> InvalidInput:
    return InvalidInput(f"There is {what} already.", hint=f"Choose another {key}.")
