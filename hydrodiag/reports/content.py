"""What stands in a report: gathered from the database, not yet written for anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from hydrodiag.db import Database
from hydrodiag.diagnostics.choices import (
    Maintenance,
    StoredHealth,
    find_diagnosis,
    list_health,
    list_maintenance,
)
from hydrodiag.diagnostics.findings.reading import list_events, list_findings
from hydrodiag.diagnostics.findings.records import Finding, FindingEvent, FindingFilter
from hydrodiag.diagnostics.history import IndicatorHistory, load_history
from hydrodiag.diagnostics.records import Evidence, Severity, SkippedCheck
from hydrodiag.diagnostics.running.foretelling import Forecast, list_forecasts
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import Component, Sensor, System, list_components, list_sensors
from hydrodiag.readings.series import series
from hydrodiag.readings.statistics import statistics
from hydrodiag.readings.windows import TimeWindow

LONGEST = timedelta(days=400)
POINTS = 300
MOST_FINDINGS = 30
MOST_MAINTENANCE = 200


@dataclass(frozen=True)
class ToldEvidence:
    evidence: Evidence
    history: IndicatorHistory | None


@dataclass(frozen=True)
class ToldFinding:
    finding: Finding
    evidence: tuple[ToldEvidence, ...]
    events: tuple[FindingEvent, ...]


@dataclass(frozen=True)
class ToldSensor:
    """`frame` has time, mean, min and max of at most 300 buckets; `figures` those of the period."""

    sensor: Sensor
    figures: Mapping[str, Any]
    frame: pd.DataFrame


@dataclass(frozen=True)
class Report:
    """Of the period `start`..`end`; `health` and `skipped` are as of now."""

    system: System
    start: datetime
    end: datetime
    made_at: datetime
    made_by: str
    components: tuple[Component, ...]
    health: tuple[StoredHealth, ...]
    findings: tuple[ToldFinding, ...]
    more_findings: int
    forecasts: tuple[Forecast, ...]
    sensors: tuple[ToldSensor, ...]
    maintenance: tuple[Maintenance, ...]
    skipped: tuple[SkippedCheck, ...]


def gather_report(
    db: Database, system: System, start: datetime, end: datetime, made_by: str
) -> Report:
    """Raises InvalidInput for a period that is empty or longer than 400 days."""
    _check(start, end)
    going_on = _list_going_on(db, system, start, end)
    diagnosis = find_diagnosis(db, system.id)
    return Report(
        system=system, start=start, end=end, made_at=datetime.now(UTC), made_by=made_by,
        components=tuple(list_components(db, system.id)),
        health=tuple(list_health(db, system.id)),
        findings=tuple(_tell_finding(db, each, start, end) for each in going_on[:MOST_FINDINGS]),
        more_findings=max(0, len(going_on) - MOST_FINDINGS),
        forecasts=tuple(list_forecasts(db, system.id)),
        sensors=_tell_sensors(db, list_sensors(db, system.id), TimeWindow(start, end)),
        maintenance=tuple(each for each in list_maintenance(db, system.id, MOST_MAINTENANCE)
                          if start <= each.at < end),
        skipped=tuple(diagnosis.skipped) if diagnosis else (),
    )  # fmt: skip


def _check(start: datetime, end: datetime) -> None:
    if end <= start:
        raise InvalidInput("The period ends before it begins.", hint="Choose a later end.")
    if end - start > LONGEST:
        raise InvalidInput(
            f"The period is longer than {LONGEST.days} days.", hint="Choose a shorter one."
        )


def _list_going_on(db: Database, system: System, start: datetime, end: datetime) -> list[Finding]:
    wanted = FindingFilter(system_code=system.code, least=Severity.NORMAL)
    return [
        each for each in list_findings(db, wanted)
        if each.since_at < end and each.last_seen_at >= start
    ]  # fmt: skip


def _tell_finding(db: Database, finding: Finding, start: datetime, end: datetime) -> ToldFinding:
    told = tuple(
        ToldEvidence(each, _load(db, finding, each, start, end)) for each in finding.evidence
    )
    return ToldFinding(finding, told, tuple(list_events(db, finding.id)))


def _load(
    db: Database, finding: Finding, evidence: Evidence, start: datetime, end: datetime
) -> IndicatorHistory | None:
    if not evidence.steps:
        return None
    limit = evidence.critical if evidence.critical is not None else evidence.warn
    return load_history(db, finding.system_id, evidence.indicator, start, end, limit)


def _tell_sensors(
    db: Database, sensors: Sequence[Sensor], window: TimeWindow
) -> tuple[ToldSensor, ...]:
    """Those with readings in the period."""
    ids = [each.id for each in sensors]
    if not ids:
        return ()
    rows: list[dict[Any, Any]] = statistics(db, ids, window).to_dict("records")
    figures = {row["sensor_id"]: row for row in rows}
    frame = series(db, ids, window, POINTS).frame
    return tuple(
        ToldSensor(each, figures[each.id], frame[frame["sensor_id"] == each.id])
        for each in sensors
        if each.id in figures and figures[each.id]["n"]
    )
