"""How each component of a machine is, out of its findings, its health and its readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hydrodiag.diagnostics.choices import StoredHealth
from hydrodiag.diagnostics.findings.records import Finding
from hydrodiag.diagnostics.records import Severity
from hydrodiag.fleet import Component, Sensor
from hydrodiag.readings.newest import PATIENCE_INTERVALS, PATIENCE_LEAST
from hydrodiag.readings.overview import LatestReading
from hydrodiag.ui.system_circuit_kinds import recognise_kind

GOOD, FAIR = 80.0, 50.0


class Condition(StrEnum):
    GOOD = "good"
    WORN = "worn"
    BAD = "bad"
    UNKNOWN = "not assessed"


@dataclass(frozen=True)
class SensorState:
    """Its newest reading, if it has any; stale: five intervals old, and five minutes."""

    sensor: Sensor
    value: float | None
    at: datetime | None
    is_stale: bool


@dataclass(frozen=True)
class ComponentState:
    """`findings`: those going on, the worst first. `twins`: components that share them."""

    component: Component
    condition: Condition
    score: float | None
    because: str
    findings: tuple[Finding, ...]
    sensors: tuple[SensorState, ...]
    twins: int = 0


def judge_score(score: float | None) -> Condition:
    if score is None:
        return Condition.UNKNOWN
    return Condition.GOOD if score >= GOOD else Condition.WORN if score >= FAIR else Condition.BAD


def judge_severity(severity: Severity) -> Condition:
    if severity >= Severity.ALARM:
        return Condition.BAD
    return Condition.WORN if severity > Severity.NORMAL else Condition.GOOD


def judge_components(
    components: Sequence[Component],
    sensors: Sequence[SensorState],
    findings: Sequence[Finding],
    health: Sequence[StoredHealth],
) -> list[ComponentState]:
    """Findings and health are of a kind of component: several of one kind share them."""
    scores = {each.component: each for each in health}
    return [
        _judge(each, components, [one for one in sensors if one.sensor.component_id == each.id],
               findings, scores.get(each.kind) or scores.get(recognise_kind(each)))
        for each in components
    ]  # fmt: skip


def find_sensor_states(
    sensors: Sequence[Sensor], readings: Sequence[LatestReading], now: datetime
) -> list[SensorState]:
    """Key sensors first, then by tag."""
    newest = {each.sensor_id: each for each in readings}
    states = [_find_state(each, newest.get(each.id), now) for each in sensors]
    return sorted(states, key=lambda each: (not each.sensor.is_key, each.sensor.tag))


def _judge(
    component: Component,
    components: Sequence[Component],
    sensors: Sequence[SensorState],
    findings: Sequence[Finding],
    health: StoredHealth | None,
) -> ComponentState:
    names = {component.kind, str(recognise_kind(component))}
    names |= {f"sensor:{each.sensor.tag}" for each in sensors}
    own = sorted((each for each in findings if each.component in names),
                 key=lambda each: (-each.severity, each.since_at))  # fmt: skip
    score = health.score if health else None
    condition = judge_severity(own[0].severity) if own else judge_score(score)
    twins = sum(recognise_kind(each) is recognise_kind(component) and each.id != component.id
                for each in components if str(recognise_kind(component)) != "other")  # fmt: skip
    because = health.because if health else ""
    return ComponentState(component, condition, score, because, tuple(own), tuple(sensors), twins)


def _find_state(sensor: Sensor, newest: LatestReading | None, now: datetime) -> SensorState:
    if newest is None:
        return SensorState(sensor, None, None, is_stale=False)
    interval = sensor.sampling_interval or timedelta()
    patience = max(PATIENCE_INTERVALS * interval, PATIENCE_LEAST)
    return SensorState(sensor, newest.value, newest.time, now - newest.time > patience)
