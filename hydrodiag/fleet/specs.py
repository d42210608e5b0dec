"""A machine with all that belongs to it as one value, and what sets two of them apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.records import Component, ComponentDraft, Sensor, SensorDraft, SystemDraft
from hydrodiag.fleet.sensors import list_sensors
from hydrodiag.fleet.systems import list_components, list_systems

SENSOR_FIELDS = tuple(each.name for each in fields(SensorDraft) if each.name != "component_id")


@dataclass(frozen=True)
class SensorSpec:
    """`component` is the code of the component that it sits on; empty: of the machine."""

    draft: SensorDraft
    component: str = ""

    def to_values(self) -> dict[str, Any]:
        told = {name: getattr(self.draft, name) for name in SENSOR_FIELDS}
        return {**told, "component": self.component}


@dataclass(frozen=True)
class SystemSpec:
    """Raises InvalidInput for two of one code or tag, or a component that there is not."""

    system: SystemDraft
    components: tuple[ComponentDraft, ...] = ()
    sensors: tuple[SensorSpec, ...] = ()

    def __post_init__(self) -> None:
        codes = [each.code for each in self.components]
        code = self.system.code
        _check_once(f"{code}: component", codes)
        _check_once(f"{code}: sensor", [each.draft.tag for each in self.sensors])
        for each in self.sensors:
            if each.component and each.component not in codes:
                raise InvalidInput(
                    f"{code}: sensor {each.draft.tag} sits on {each.component}, which is no "
                    "component of this machine.",
                    hint=f"Its components: {', '.join(codes) or 'none'}.",
                )


@dataclass(frozen=True)
class Change:
    """`changed` maps a field to what it was and what it becomes; empty for what is new or only
    in the database. `kind` is new, changed or only here.
    """

    kind: str
    what: str
    label: str
    changed: Mapping[str, tuple[Any, Any]]


def load_specs(db: Database, codes: Sequence[str] | None = None) -> list[SystemSpec]:
    """By code; of these machines, or all."""
    return [
        build_spec(each, list_components(db, each.id), list_sensors(db, each.id))
        for each in list_systems(db)
        if codes is None or each.code in codes
    ]


def build_spec(
    system: SystemDraft, components: Sequence[Component], sensors: Sequence[Sensor]
) -> SystemSpec:
    names = {each.id: each.code for each in components}
    bare = {each.name: getattr(system, each.name) for each in fields(SystemDraft)}
    return SystemSpec(
        SystemDraft(**bare),
        tuple(ComponentDraft(code=e.code, name=e.name, kind=e.kind) for e in components),
        tuple(
            SensorSpec(SensorDraft(**{name: getattr(each, name) for name in SENSOR_FIELDS}),
                       names.get(each.component_id, "") if each.component_id else "")
            for each in sensors
        ),
    )  # fmt: skip


def compare(present: Sequence[SystemSpec], wanted: Sequence[SystemSpec]) -> list[Change]:
    """What would change. What is not named is left alone and told as only here."""
    known = {each.system.code: each for each in present}
    return [change for each in wanted for change in _compare_one(known.get(each.system.code), each)]


def _compare_one(present: SystemSpec | None, wanted: SystemSpec) -> Iterable[Change]:
    code = wanted.system.code
    before = {"": _values(present.system)} if present else {}
    yield from _pair("machine", code, before, {"": _values(wanted.system)})
    yield from _pair(
        "component", code,
        {each.code: _values(each) for each in present.components} if present else {},
        {each.code: _values(each) for each in wanted.components},
    )  # fmt: skip
    yield from _pair(
        "sensor", code,
        {each.draft.tag: each.to_values() for each in present.sensors} if present else {},
        {each.draft.tag: each.to_values() for each in wanted.sensors},
    )  # fmt: skip


def _pair(
    what: str, code: str, before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> Iterable[Change]:  # fmt: skip
    for key, values in after.items():
        label = f"{code}/{key}" if key else code
        if key not in before:
            yield Change("new", what, label, {})
            continue
        old = before[key]
        changed = {name: (old[name], value) for name, value in values.items() if old[name] != value}
        if changed:
            yield Change("changed", what, label, changed)
    for key in sorted(before.keys() - after.keys()):
        yield Change("only here", what, f"{code}/{key}", {})


def _values(draft: SystemDraft | ComponentDraft) -> dict[str, Any]:
    return {each.name: getattr(draft, each.name) for each in fields(draft)}


def _check_once(what: str, names: Sequence[str]) -> None:
    twice = sorted({each for each in names if names.count(each) > 1})
    if twice:
        raise InvalidInput(f"{what} {twice[0]} is there twice.", hint="Name each once.")
