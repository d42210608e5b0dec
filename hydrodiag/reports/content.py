"""What stands in a report: gathered from the database, not yet written for anybody."""

from collections.abc import Mapping, Sequence, Set
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
from hydrodiag.diagnostics.history import trace_indicator
from hydrodiag.diagnostics.records import Evidence, SkippedCheck
from hydrodiag.diagnostics.running.foretelling import Forecast, list_forecasts
from hydrodiag.diagnostics.running.machines import find_baseline, load_steps
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import Component, Sensor, System, list_components, list_sensors
from hydrodiag.readings.series import Series, gaps, series
from hydrodiag.readings.statistics import statistics
from hydrodiag.readings.windows import TimeWindow

LONGEST = timedelta(days=400)
POINTS = 300
MOST_FINDINGS = 30
MOST_MAINTENANCE = 200
MOST_CHARTS = 24


@dataclass(frozen=True)
class ToldEvidence:
    """`frame` has time, value and expected in the evidence's unit; None where steps say nothing."""

    evidence: Evidence
    frame: pd.DataFrame | None


@dataclass(frozen=True)
class ToldFinding:
    finding: Finding
    evidence: tuple[ToldEvidence, ...]
    events: tuple[FindingEvent, ...]


@dataclass(frozen=True)
class ToldSensor:
    """`figures` are those of the period. `frame` has time, mean, min and max of at most 300 buckets
    and rows of NaN where readings are missing; None: no chart is made of it.
    """

    sensor: Sensor
    figures: Mapping[str, Any]
    frame: pd.DataFrame | None


@dataclass(frozen=True)
class Report:
    """Of the period `start`..`end`; `health`, `forecasts` and `skipped` are as of now.

    `findings` are the worst ones, `more_findings` how many others there are, and `going_on` how
    many of all are not over now.
    """

    system: System
    start: datetime
    end: datetime
    made_at: datetime
    made_by: str
    components: tuple[Component, ...]
    health: tuple[StoredHealth, ...]
    findings: tuple[ToldFinding, ...]
    more_findings: int
    going_on: int
    forecasts: tuple[Forecast, ...]
    sensors: tuple[ToldSensor, ...]
    maintenance: tuple[Maintenance, ...]
    skipped: tuple[SkippedCheck, ...]


def gather_report(
    db: Database, system: System, start: datetime, end: datetime, made_by: str
) -> Report:
    """Raises InvalidInput for a period that is empty or longer than 400 days."""
    _check(start, end)
    told = list_findings(db, FindingFilter(system_code=system.code, from_at=start, until_at=end))
    shown = told[:MOST_FINDINGS]
    diagnosis = find_diagnosis(db, system.id)
    return Report(
        system=system, start=start, end=end, made_at=datetime.now(UTC), made_by=made_by,
        components=tuple(list_components(db, system.id)),
        health=tuple(list_health(db, system.id)),
        findings=_tell_findings(db, shown, start, end),
        more_findings=len(told) - len(shown),
        going_on=sum(each.resolved_at is None for each in told),
        forecasts=tuple(list_forecasts(db, system.id)),
        sensors=_tell_sensors(
            db, list_sensors(db, system.id), TimeWindow(start, end), _list_sensor_ids(shown)),
        maintenance=tuple(list_maintenance(
            db, system.id, MOST_MAINTENANCE, from_at=start, until_at=end)),
        skipped=tuple(diagnosis.skipped) if diagnosis else (),
    )  # fmt: skip


def _check(start: datetime, end: datetime) -> None:
    if end <= start:
        raise InvalidInput("The period ends before it begins.", hint="Choose a later end.")
    if end - start > LONGEST:
        raise InvalidInput(
            f"The period is longer than {LONGEST.days} days.", hint="Choose a shorter one."
        )


def _tell_findings(
    db: Database, findings: Sequence[Finding], start: datetime, end: datetime
) -> tuple[ToldFinding, ...]:
    """The steps of the period are loaded once for all of them."""
    if not findings:
        return ()
    system_id = findings[0].system_id
    steps, stored = load_steps(db, system_id, start, end), find_baseline(db, system_id)
    learned = stored.baseline if stored else None
    return tuple(
        ToldFinding(
            finding,
            tuple(
                ToldEvidence(
                    each, trace_indicator(steps, learned, each.indicator) if each.steps else None
                )
                for each in finding.evidence
            ),
            tuple(list_events(db, finding.id)),
        )
        for finding in findings
    )


def _list_sensor_ids(findings: Sequence[Finding]) -> set[int]:
    """The sensors that findings stand on."""
    return {number for each in findings for one in each.evidence for number in one.sensor_ids}


def _tell_sensors(
    db: Database, sensors: Sequence[Sensor], window: TimeWindow, telling: Set[int]
) -> tuple[ToldSensor, ...]:
    """Those with readings in the period; the most telling of them with a chart."""
    if not sensors:
        return ()
    rows: list[dict[Any, Any]] = statistics(db, [e.id for e in sensors], window).to_dict("records")
    figures = {row["sensor_id"]: row for row in rows if row["n"]}
    with_readings = [each for each in sensors if each.id in figures]
    drawn = sorted(with_readings, key=lambda e: (e.id not in telling, not e.is_key))[:MOST_CHARTS]
    frames = _load_frames(db, drawn, window)
    return tuple(ToldSensor(e, figures[e.id], frames.get(e.id)) for e in with_readings)


def _load_frames(
    db: Database, sensors: Sequence[Sensor], window: TimeWindow
) -> Mapping[int, pd.DataFrame]:
    if not sensors:
        return {}
    found = series(db, [each.id for each in sensors], window, POINTS)
    frames = {}
    for each in sensors:
        own = found.frame[found.frame["sensor_id"] == each.id].reset_index(drop=True)
        interval = _find_interval(found, each, own)
        frames[each.id] = gaps(own, interval) if interval else own
    return frames


def _find_interval(found: Series, sensor: Sensor, frame: pd.DataFrame) -> timedelta | None:
    """What rows are usually apart: a bucket or the sensor's own interval, or what is seen."""
    if found.bucket is not None:
        return max(found.bucket, sensor.sampling_interval or found.bucket)
    if len(frame) < 3:
        return None
    return timedelta(seconds=float(frame["time"].diff().dt.total_seconds().median()))
