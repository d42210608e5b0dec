"""From judged checks to a finding: what is wrong, since when, how sure, why, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from hydrodiag.diagnostics.baseline import Baseline
from hydrodiag.diagnostics.catalogue.spec import Against, Check
from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.diagnostics.persistence import Level, Limits
from hydrodiag.diagnostics.records import (
    Channel,
    Confidence,
    Evidence,
    Fact,
    FindingDraft,
    FindingKey,
    Floats,
    QualityIssue,
    Severity,
    Steps,
)

RECENT = 5
PLAIN = 1.25  # so far beyond its limit, a change is one outside the learned temperatures too
SENSOR_STEPS = (
    "Compare the reading with a second instrument at the same place.",
    "Check connector, cable and the transmitter's supply.",
    "Exchange the sensor; the checks that rest on it start again by themselves.",
)  # fmt: skip
SENSOR_TITLES = {
    "DQ-01": "reports with gaps", "DQ-02": "stands at the end of its range",
    "DQ-03": "is stuck", "DQ-04": "shows spikes", "DQ-05": "is silent",
    "DQ-07": "reports in another unit", "DQ-11": "is implausible",
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """One check with all that it was judged by, (n,) a step; `known` are the assessed places.

    `change` is what is held against `limits`: the value itself, or its change from `expected`.
    """

    check: Check
    level: Level
    steps: Steps
    known: np.ndarray
    values: Floats
    expected: Floats
    change: Floats
    limits: Limits
    baseline: Baseline | None

    @property
    def severity(self) -> Severity:
        """An alarm of a check that may say DANGER is one."""
        if self.level.severity >= Severity.ALARM:
            return self.check.highest
        return min(self.level.severity, self.check.highest)

    @property
    def recent(self) -> np.ndarray:
        return self.known[-RECENT:]


def advise(judged: Sequence[Judged], channels: Mapping[str, Channel]) -> FindingDraft:
    """All checks of one failure mode as one finding; the worst tells it, the others witness."""
    worst = max(judged, key=lambda each: (each.severity, _margin(each)))
    raised = [each for each in judged if each.severity]
    check = worst.check
    return FindingDraft(
        key=check.key,
        severity=worst.severity,
        confidence=_rate(worst, raised),
        title=check.title,
        explanation=_explain(worst),
        since_at=min((_since(each) for each in raised), default=_since(worst)),
        last_at=_instant(worst.steps, int(worst.known[-1])) + _length(worst.steps),
        evidence=tuple(build_evidence(each, channels, raised) for each in raised or [worst]),
        action=check.action,
        manual_query=check.manual_query,
        parent=check.parent,
    )


def advise_on_sensor(issue: QualityIssue) -> FindingDraft:
    what = SENSOR_TITLES.get(issue.kind, "cannot be believed")
    evidence = Evidence(
        check_id=issue.kind, indicator=issue.role, indicator_name=f"Readings of {issue.tag}",
        unit="", value=next(iter(issue.numbers.values()), 0.0), warn=None, critical=None,
        start_at=issue.since_at, end_at=issue.last_at, steps=0, formula="", source="data quality",
        sensor_ids=(issue.sensor_id,),
        facts=tuple(Fact(name, value, "") for name, value in issue.numbers.items()),
    )  # fmt: skip
    return FindingDraft(
        key=FindingKey(f"sensor:{issue.tag}", what),
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        title=f"{issue.tag} {what}",
        explanation=f"{issue.text} Checks that rest on {issue.tag} are suspended.",
        since_at=issue.since_at,
        last_at=issue.last_at,
        evidence=(evidence,),
        action=SENSOR_STEPS,
        manual_query=f"sensor {issue.tag} wiring",
    )


def calm_sensor(key: FindingKey, steps: Steps) -> FindingDraft:
    """The sensor reports well again."""
    end = _instant(steps, len(steps.times) - 1) + _length(steps)
    text = "The readings are plausible again."
    return FindingDraft(
        key, Severity.NORMAL, Confidence.HIGH, key.mode, text, end, end, (), SENSOR_STEPS, ""
    )


def build_evidence(
    judged: Judged, channels: Mapping[str, Channel], raised: Sequence[Judged]
) -> Evidence:
    check, places = judged.check, judged.recent
    info = INDICATORS.get(check.indicator)
    needs = info.needs if info else ()
    expected = _median(judged.expected[places])
    return Evidence(
        check_id=check.id,
        indicator=check.indicator,
        indicator_name=info.name if info else check.title,
        unit=info.unit if info else "",
        value=_median(judged.values[places]) or 0.0,
        warn=_absolute(judged, judged.limits.warn, expected),
        critical=_absolute(judged, judged.limits.critical, expected),
        start_at=_since(judged),
        end_at=_instant(judged.steps, int(judged.known[-1])) + _length(judged.steps),
        steps=len(judged.known),
        formula=info.formula if info else "",
        source=check.source,
        expected=expected,
        sensor_ids=tuple(channels[role].sensor_id for role in needs if role in channels),
        baseline_id=judged.baseline.id if judged.baseline else None,
        witnesses=tuple(each.check.id for each in raised if each is not judged),
        facts=_tell_facts(judged),
    )


def _tell_facts(judged: Judged) -> tuple[Fact, ...]:
    facts = []
    oil_c = judged.steps.values.get("oil_temp_c")
    if oil_c is not None and np.isfinite(oil_c[judged.known]).any():
        told = oil_c[judged.known]
        facts += [Fact("Oil temperature, lowest", float(np.nanmin(told)), "°C"),
                  Fact("Oil temperature, highest", float(np.nanmax(told)), "°C")]  # fmt: skip
    if judged.check.against is not Against.LIMIT:
        unit = "%" if judged.check.against is Against.PERCENT else _unit(judged.check)
        facts.append(Fact("Change", _median(judged.change[judged.recent]) or 0.0, unit))
    return tuple(facts)


def _absolute(judged: Judged, limit: float | None, expected: float | None) -> float | None:
    """The limit in the indicator's unit, as it is here and now."""
    if limit is None or judged.check.against is Against.LIMIT:
        return limit
    if expected is None:
        return None
    if judged.check.against is Against.DIFFERENCE:
        return expected + limit
    return expected * (1 + limit / 100)


def _explain(judged: Judged) -> str:
    check, places = judged.check, judged.recent
    value, expected = _median(judged.values[places]), _median(judged.expected[places])
    crossed = judged.severity >= Severity.ALARM and judged.limits.critical is not None
    limit = judged.limits.critical if crossed else judged.limits.warn
    change = _median(judged.change[places]) or 0.0
    told = f"{change:+.0f} %" if check.against is Against.PERCENT else (
        f"{change:+.3g} {_unit(check)}")  # fmt: skip
    return check.explanation.format(
        value=_number(value), expected=_number(expected), limit=_number(limit),
        unit=_unit(check), change=told, since=f"{_since(judged):%Y-%m-%d %H:%M}",
    )  # fmt: skip


def _rate(worst: Judged, raised: Sequence[Judged]) -> Confidence:
    """Independent witnesses count most; outside the learned temperatures one is less sure."""
    if len({each.check.indicator for each in raised}) > 1:
        return Confidence.HIGH
    if worst.check.against is Against.LIMIT:
        return Confidence.HIGH if len(worst.known) >= RECENT else Confidence.MEDIUM
    is_small = abs(_margin(worst)) < PLAIN
    return Confidence.LOW if is_small and _is_outside(worst) else Confidence.MEDIUM


def _is_outside(judged: Judged) -> bool:
    known = judged.baseline.expectations.get(judged.check.indicator) if judged.baseline else None
    if known is None:
        return True
    for place, name in enumerate(known.names):
        context = judged.steps.values[name][judged.recent]
        margin = 0.25 * (known.highs[place] - known.lows[place])
        low, high = known.lows[place] - margin, known.highs[place] + margin
        if not (np.nan_to_num(context, nan=low) >= low).all() or (context > high).any():
            return True
    return False


def _margin(judged: Judged) -> float:
    limit = judged.limits.critical if judged.limits.critical is not None else judged.limits.warn
    change = _median(judged.change[judged.recent])
    return 0.0 if not limit or change is None else change / limit


def _since(judged: Judged) -> datetime:
    place = judged.level.since if judged.level.since >= 0 else len(judged.known) - 1
    return _instant(judged.steps, int(judged.known[place]))


def _instant(steps: Steps, place: int) -> datetime:
    instant: datetime = steps.times[place].astype("datetime64[us]").astype(datetime)
    return instant.replace(tzinfo=UTC)


def _length(steps: Steps) -> timedelta:
    return timedelta(seconds=steps.step_s)


def _median(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None


def _unit(check: Check) -> str:
    info = INDICATORS.get(check.indicator)
    return info.unit if info else ""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
