"""Components with findings, health and readings, to vary in tests of the drawn circuit."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from hydrodiag.diagnostics.choices import StoredHealth
from hydrodiag.diagnostics.records import Severity
from hydrodiag.fleet import Component
from hydrodiag.readings.overview import LatestReading
from hydrodiag.ui.system_circuit_states import (
    ComponentState,
    SensorState,
    find_sensor_states,
    judge_components,
)
from tests.unit.ui.measured import sensor_of

NOW = datetime(2026, 7, 31, 12, 0, tzinfo=UTC)
NUMBERS = count(1)


def component_of(kind: str, name: str = "", code: str = "") -> Component:
    number = next(NUMBERS)
    return Component(
        id=number, system_id=3, code=code or f"c{number}", name=name or kind, kind=kind
    )


def measured_at(component: Component | None, tag: str, *, age: timedelta, value: float = 42.0,
                **facts: object) -> SensorState:  # fmt: skip
    sensor = sensor_of(tag, component_id=component.id if component else None,
                       sampling_interval_s=1.0, **facts)  # fmt: skip
    newest = LatestReading(sensor.id, tag, NOW - age, value)
    return find_sensor_states([sensor], [newest], NOW)[0]


def finding_of(component: str, severity: Severity, title: str = "Something is wrong") -> Any:
    return SimpleNamespace(id=7, component=component, severity=severity, title=title, since_at=NOW)


def health_of(component: str, score: float | None) -> StoredHealth:
    return StoredHealth(3, component, score, "Pump leaks internally (PMP-01)", NOW)


def states_of(
    components: Sequence[Component],
    sensors: Sequence[SensorState] = (),
    findings: Sequence[Any] = (),
    health: Sequence[StoredHealth] = (),
) -> list[ComponentState]:
    return judge_components(components, sensors, findings, health)
