"""Versions of condition models: trained, used, gone back from, deleted. One a component is used."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hydrodiag.accounts import Actor, Permission, require
from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.models.condition import DiscriminantModel
from hydrodiag.diagnostics.models.precharge import PrechargeModel
from hydrodiag.diagnostics.models.training import LARGEST_GAP, TrainedModel
from hydrodiag.diagnostics.models.verdicts import ConditionModel
from hydrodiag.diagnostics.models.witness import ActiveModel
from hydrodiag.errors import InvalidInput, NotFound, Refused

SQL = NamedQueries(__file__, "versions.sql")
TOPIC = "models"
KINDS: Mapping[str, Callable[[Mapping[str, Any]], ConditionModel]] = {
    "discriminant": DiscriminantModel.from_dict, "gas": PrechargeModel.from_dict,
}  # fmt: skip
LONGEST_REASON = 500


@dataclass(frozen=True)
class ModelVersion:
    """`metrics` are those of a training Report; `acknowledged` says why a flattered one is used."""

    id: int
    component: str
    kind: str
    state: str
    is_active: bool
    parameters: Mapping[str, Any]
    metrics: Mapping[str, Any]
    trained_on: Mapping[str, Any]
    error: str
    acknowledged: str
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def is_flattered(self) -> bool:
        """Far better in random folds than in groups that it has not seen."""
        return bool(self.metrics.get("is_flattered", True))

    def build(self) -> ConditionModel:
        return KINDS[self.kind](self.parameters)


def list_versions(db: Database, component: str | None = None) -> list[ModelVersion]:
    return _load(db, component=component)


def find_version(db: Database, version_id: int) -> ModelVersion | None:
    return next(iter(_load(db, version_id=version_id)), None)


def find_active(db: Database) -> dict[str, ModelVersion]:
    """By component."""
    return {each.component: each for each in _load(db, only_active=True)}


def load_witnesses(db: Database) -> dict[str, ActiveModel]:
    """The active models, ready to judge."""
    return {
        component: ActiveModel(
            each.id, each.build(), float(each.metrics["groups_left_out"]["accuracy"])
        )
        for component, each in find_active(db).items()
    }


def begin_version(db: Database, user: str, component: str, trained_on: Mapping[str, Any]) -> int:
    values = {"component": component, "trained_on": json.dumps(dict(trained_on)),
              "created_by": user}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["fail_abandoned"], {"error": "The training was cut off."})
        number = int(connection.execute(SQL["insert_version"], values).scalar_one())
        bump_generation(connection, TOPIC)
    return number


def finish_version(
    db: Database, version_id: int, trained: TrainedModel, trained_on: Mapping[str, Any]
) -> None:
    values = {"id": version_id, "kind": trained.model.kind,
              "parameters": json.dumps(trained.model.to_dict()),
              "metrics": json.dumps(trained.report.to_dict()),
              "trained_on": json.dumps(dict(trained_on))}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["finish_version"], values)
        bump_generation(connection, TOPIC)


def fail_version(db: Database, version_id: int, error: str) -> None:
    with db.write() as connection:
        connection.execute(SQL["fail_version"], {"id": version_id, "error": error})
        bump_generation(connection, TOPIC)


def activate_version(
    db: Database, actor: Actor, version_id: int, acknowledged: str = ""
) -> ModelVersion:
    """It judges from the next run on, in place of the component's present one.

    Raises InvalidInput where it is not ready, Refused where it has learned its groups and nobody
    says why it is used all the same.
    """
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    version = _find(db, version_id)
    if version.state != "ready":
        raise InvalidInput(f"Version {version_id} is not ready.", hint="Choose one that is.")
    reason = acknowledged.strip()[:LONGEST_REASON] or version.acknowledged
    if version.is_flattered and not reason:
        raise Refused(
            f"Version {version_id} is more than {LARGEST_GAP:.0%} better in random folds than in "
            "groups that it has not seen: it has learned the groups.",
            hint="Label more groups, or say in writing why it is used all the same.",
        )
    values = {"id": version_id, "component": version.component, "acknowledged": reason,
              "changed_by": actor.name}  # fmt: skip
    with db.write() as connection:
        connection.execute(SQL["retire_versions"], values)
        connection.execute(SQL["activate_version"], values)
        bump_generation(connection, TOPIC)
    return version


def roll_back(db: Database, actor: Actor, component: str) -> ModelVersion:
    """To the newest ready version before the active one."""
    active = find_active(db).get(component)
    older = [
        each for each in list_versions(db, component)
        if each.state == "ready" and active is not None and each.id < active.id
    ]  # fmt: skip
    if not older:
        raise NotFound(f"There is no earlier version of {component}.", hint="Train one first.")
    return activate_version(db, actor, older[0].id)


def retire(db: Database, actor: Actor, component: str) -> None:
    """Judge by physics alone."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    with db.write() as connection:
        values = {"component": component, "changed_by": actor.name}
        connection.execute(SQL["retire_versions"], values)
        bump_generation(connection, TOPIC)


def delete_version(db: Database, actor: Actor, version_id: int) -> None:
    """Raises InvalidInput for the active one."""
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    _find(db, version_id)
    with db.write() as connection:
        if connection.execute(SQL["delete_version"], {"id": version_id}).scalar() is None:
            raise InvalidInput(f"Version {version_id} is in use.", hint="Go back to another first.")
        bump_generation(connection, TOPIC)


def _find(db: Database, version_id: int) -> ModelVersion:
    version = find_version(db, version_id)
    if version is None:
        raise NotFound(f"There is no model version {version_id}.")
    return version


def _load(
    db: Database,
    *,
    version_id: int | None = None,
    component: str | None = None,
    only_active: bool = False,
) -> list[ModelVersion]:
    values = {"id": version_id, "component": component, "only_active": only_active}
    with db.read() as connection:
        rows = connection.execute(SQL["list_versions"], values)
        return [ModelVersion(**row._mapping) for row in rows]
