"""A machine as tables, and tables as a machine."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import ComponentDraft, SensorDraft, SensorSpec, SystemDraft, SystemSpec

COMPONENT_COLUMNS = ("Code", "Name", "Type")
LIMITS = {
    "Lowest possible": "valid_min", "Critical low": "critical_low", "Warning low": "warn_low",
    "Warning high": "warn_high", "Critical high": "critical_high",
    "Highest possible": "valid_max", "Resolution": "resolution", "Every, s": "sampling_interval_s",
}  # fmt: skip
SENSOR_COLUMNS = ("Tag", "Name", "Quantity", "Unit", "Component", *LIMITS, "Key")


@dataclass(frozen=True)
class Edited:
    """What stands in the fields and tables of a machine."""

    texts: dict[str, str]
    components: pd.DataFrame
    sensors: pd.DataFrame


def build_component_frame(spec: SystemSpec) -> pd.DataFrame:
    rows = [(each.code, each.name, each.kind) for each in spec.components]
    return pd.DataFrame(rows, columns=list(COMPONENT_COLUMNS), dtype="object")


def build_sensor_frame(spec: SystemSpec) -> pd.DataFrame:
    rows = [_build_row(each) for each in spec.sensors]
    frame = pd.DataFrame(rows, columns=list(SENSOR_COLUMNS), dtype="object")
    types = {**dict.fromkeys(LIMITS, "float64"), "Key": "bool"}
    return frame.astype(types)


def _build_row(sensor: SensorSpec) -> tuple[object, ...]:
    draft = sensor.draft
    limits = [getattr(draft, name) for name in LIMITS.values()]
    return (draft.tag, draft.name, draft.quantity, draft.unit, sensor.component, *limits,
            draft.is_key)  # fmt: skip


def read_spec(present: SystemSpec, edited: Edited) -> SystemSpec:
    """Raises InvalidInput, with the sensor or component that is wrong."""
    _check_names("component", [each.code for each in present.components], edited.components["Code"])
    _check_names("sensor", [each.draft.tag for each in present.sensors], edited.sensors["Tag"])
    system = SystemDraft(code=present.system.code, **edited.texts)
    components = tuple(
        ComponentDraft(code=_text(row["Code"]), name=_text(row["Name"]), kind=_text(row["Type"]))
        for row in edited.components.to_dict("records")
    )
    sensors = tuple(_read_sensor(row) for row in edited.sensors.to_dict("records"))
    return SystemSpec(system, components, sensors)


def _check_names(what: str, known: list[str], column: "pd.Series[Any]") -> None:
    """Others know them by these: a file, an API client, a formula."""
    for before, now in zip(known, column.tolist(), strict=False):
        if before != _text(now):
            raise InvalidInput(
                f"The {what} {before} cannot be renamed to {_text(now) or 'nothing'}: files and "
                "programs name it so.",
                hint="Change its name, or add another one.",
            )


def _read_sensor(row: dict[Any, Any]) -> SensorSpec:
    limits: dict[str, Any] = {field: _number(row[name]) for name, field in LIMITS.items()}
    draft = SensorDraft(
        tag=_text(row["Tag"]), name=_text(row["Name"]) or _text(row["Tag"]),
        quantity=_text(row["Quantity"]), unit=_text(row["Unit"]), is_key=row["Key"] is True,
        **limits,
    )  # fmt: skip
    return SensorSpec(draft, _text(row["Component"]))


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) and not math.isnan(cell) else None
