"""The fleet as YAML, to be kept in version control: docs/fleet-yaml.md."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

import yaml

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.records import ComponentDraft, SensorDraft, SystemDraft
from hydrodiag.fleet.specs import SENSOR_FIELDS, SensorSpec, SystemSpec

FORM = 1
MOST_BYTES = 5_000_000
LINE = "__line__"
TEXTS = ("code", "name", "kind", "site", "description", "tag", "quantity", "unit", "component")
HINT = "docs/fleet-yaml.md describes the form."


def write_yaml(specs: Sequence[SystemSpec]) -> str:
    """In a stable order; what is not set is left out."""
    content = {"form": FORM, "systems": [_write_system(each) for each in specs]}
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return text


def read_yaml(text: str) -> list[SystemSpec]:
    """Raises InvalidInput that names the line and what is wrong there."""
    if len(text.encode()) > MOST_BYTES:
        raise InvalidInput(f"The file is larger than {MOST_BYTES // 1_000_000} MB.", hint=HINT)
    try:
        content = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise InvalidInput(f"The file is no YAML: {_tell(error)}.", hint=HINT) from error
    top = _mapping(content, "The file", {"form", "systems"})
    if top.get("form") != FORM:
        raise InvalidInput(f"The file's form is {top.get('form')!r}, not {FORM}.", hint=HINT)
    specs = [_read_system(each) for each in _list(top, "systems", "The file")]
    codes = [each.system.code for each in specs]
    if len(set(codes)) < len(codes):
        raise InvalidInput("A machine is there twice.", hint="Name each code once.")
    return specs


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Mappings know their line; aliases are refused, they can make a small file huge."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.YAMLError(f"line {mark.line + 1}: an alias; write it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [each.value for each, _ in node.value]
        twice = next((each for each in keys if keys.count(each) > 1), None)
        if twice is not None:
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {twice} is there twice")
        return {**super().construct_mapping(node, deep=deep), LINE: node.start_mark.line + 1}


def _tell(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)


def _read_system(given: Any) -> SystemSpec:
    names = {each.name for each in fields(SystemDraft)}
    values = _mapping(given, "A machine", {*names, "components", "sensors"})
    where = f"line {values[LINE]}"
    components = tuple(
        _build(ComponentDraft, _mapping(each, "A component", {"code", "name", "kind"}))
        for each in _list(values, "components", where)
    )
    sensors = tuple(_read_sensor(each) for each in _list(values, "sensors", where))
    own = {name: value for name, value in values.items() if name in (*names, LINE)}
    draft = _build(SystemDraft, own)
    try:
        return SystemSpec(draft, components, sensors)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error.message}", hint=error.hint) from error


def _read_sensor(given: Any) -> SensorSpec:
    values = dict(_mapping(given, "A sensor", {*SENSOR_FIELDS, "component"}))
    component = values.pop("component", "")
    if not isinstance(component, str):
        raise InvalidInput(f"line {values[LINE]}: component is no text.", hint=HINT)
    return SensorSpec(_build(SensorDraft, values), component)


def _build(draft: Any, values: Mapping[str, Any]) -> Any:
    line = values[LINE]
    bare = {name: value for name, value in values.items() if name != LINE}
    required = [each.name for each in fields(draft)
                if each.default is MISSING and each.default_factory is MISSING]  # fmt: skip
    missing = [name for name in required if name not in bare]
    if missing:
        raise InvalidInput(f"line {line}: {missing[0]} is missing.", hint=HINT)
    for name, value in bare.items():
        _check_type(line, name, value)
    try:
        return draft(**bare)
    except InvalidInput as error:
        raise InvalidInput(f"line {line}: {error.message}", hint=error.hint) from error


def _check_type(line: int, name: str, value: Any) -> None:
    if name in TEXTS:
        is_right, wanted = isinstance(value, str), "a text; quote it"
    elif name == "is_key":
        is_right, wanted = isinstance(value, bool), "true or false"
    else:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_right, wanted = is_number and abs(value) < float("inf"), "a number"
    if not is_right:
        raise InvalidInput(f"line {line}: {name} is {value!r}, not {wanted}.", hint=HINT)


def _mapping(given: Any, what: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InvalidInput(f"{what} is no mapping of names to values.", hint=HINT)
    unknown = sorted(str(each) for each in given.keys() - known - {LINE})
    if unknown:
        raise InvalidInput(
            f"line {given[LINE]}: {unknown[0]} is not known here.",
            hint=f"Known: {', '.join(sorted(known))}.",
        )
    return given


def _list(values: Mapping[str, Any], name: str, where: str) -> list[Any]:
    given = values.get(name) or []
    if not isinstance(given, list):
        raise InvalidInput(f"{where}: {name} is no list.", hint=HINT)
    return given


def _write_system(spec: SystemSpec) -> dict[str, Any]:
    components = [_bare(ComponentDraft, each) for each in spec.components]
    sensors = [_write_sensor(each) for each in spec.sensors]
    told = _bare(SystemDraft, spec.system)
    if components:
        told["components"] = components
    if sensors:
        told["sensors"] = sensors
    return told


def _write_sensor(sensor: SensorSpec) -> dict[str, Any]:
    told = _bare(SensorDraft, sensor.draft)
    return {**told, "component": sensor.component} if sensor.component else told


def _bare(draft: Any, given: Any) -> dict[str, Any]:
    """Fields that are not at their default; whole numbers without a point."""
    names = [each.name for each in fields(draft) if getattr(given, each.name) != each.default]
    found = {name: getattr(given, name) for name in names if name != "component_id"}
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in found.items()
    }
