"""The engine: steps in, an assessment of the machine out. Same input, same output."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hydrodiag.diagnostics.advice import Judged, advise, advise_on_sensor, calm_sensor
from hydrodiag.diagnostics.baseline import Baseline
from hydrodiag.diagnostics.catalogue.checks import CHECKS
from hydrodiag.diagnostics.catalogue.spec import Against, Check
from hydrodiag.diagnostics.health import rate_components
from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.diagnostics.indicators.cycles import CYCLE_INDICATORS
from hydrodiag.diagnostics.persistence import Limits, judge_levels
from hydrodiag.diagnostics.records import (
    Assessment,
    Channel,
    FindingDraft,
    FindingKey,
    Floats,
    Severity,
    SkippedCheck,
    Steps,
)
from hydrodiag.diagnostics.roles import ROLES
from hydrodiag.diagnostics.stepping import compute_steps

__all__ = ["CheckOverride", "Setup", "assess", "compute_steps"]
SPREADS = 4.0
SENSOR = "sensor:"
CYCLE_ONLY = frozenset(each.id for each in CYCLE_INDICATORS)
# A sensor that fails one of these is not believed until it is well again.
DISABLING = ("DQ-01", "DQ-02", "DQ-03", "DQ-05", "DQ-07", "DQ-11")


@dataclass(frozen=True)
class CheckOverride:
    """What a person has set for a machine or for all; None: as in the catalogue."""

    is_enabled: bool = True
    warn: float | None = None
    critical: float | None = None
    persist_steps: int | None = None


@dataclass(frozen=True)
class Setup:
    """What a machine is held against. `ongoing` are the levels of its open findings."""

    channels: Mapping[str, Channel]
    baseline: Baseline | None = None
    nominal: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, CheckOverride] = field(default_factory=dict)
    ongoing: Mapping[FindingKey, Severity] = field(default_factory=dict)
    checks: Sequence[Check] = CHECKS


def assess(steps: Steps, setup: Setup) -> Assessment:
    """The state at the end of `steps`. What could not be assessed is skipped, never healthy."""
    distrusted = _list_distrusted(steps, setup)
    judged: dict[FindingKey, list[Judged]] = defaultdict(list)
    skipped = []
    for check in setup.checks:
        found = _judge(check, steps, setup, distrusted)
        if isinstance(found, Judged):
            judged[check.key].append(found)
        else:
            skipped.append(SkippedCheck(check.id, found))
    drafts = [advise(each, setup.channels) for each in judged.values()]
    sensors = [advise_on_sensor(issue) for issue in steps.issues]
    sensors += _calm_sensors(steps, setup, {each.key for each in sensors})
    health = rate_components([each for group in judged.values() for each in group])
    return Assessment((*drafts, *sensors), tuple(health), tuple(skipped))


def judge_checks(steps: Steps, setup: Setup) -> list[Judged]:
    """The checks that can be judged on these steps."""
    distrusted = _list_distrusted(steps, setup)
    found = (_judge(check, steps, setup, distrusted) for check in setup.checks)
    return [each for each in found if isinstance(each, Judged)]


def _list_distrusted(steps: Steps, setup: Setup) -> set[str]:
    """Roles of sensors with an issue now or, where nobody looked, with a finding that goes on."""
    if steps.has_quality:
        return {issue.role for issue in steps.issues if issue.kind in DISABLING}
    ill = {key.component.removeprefix(SENSOR) for key in setup.ongoing}
    return {channel.role for channel in setup.channels.values() if channel.tag in ill}


def _calm_sensors(steps: Steps, setup: Setup, told: set[FindingKey]) -> list[FindingDraft]:
    """Sensors that had a finding and are well again, where they were looked at."""
    if not steps.has_quality:
        return []
    gone = [key for key in setup.ongoing if key.component.startswith(SENSOR) and key not in told]
    return [calm_sensor(key, steps) for key in gone]


def _judge(check: Check, steps: Steps, setup: Setup, distrusted: set[str]) -> Judged | str:
    """Or why it cannot be judged, for people."""
    override = setup.settings.get(check.id, CheckOverride())
    if not override.is_enabled:
        return "switched off"
    reason = _find_obstacle(check, steps, setup, distrusted)
    if reason:
        return reason
    values = steps.values[check.indicator]
    expected = setup.baseline.expect(check.indicator, steps) if setup.baseline else values * np.nan
    limits = _pick_limits(check, override, setup)
    if check.against is Against.LIMIT:
        change = values
    elif setup.baseline is None:
        return "no healthy span is confirmed yet"
    else:
        change = _change(check, values, expected)
        limits = _widen(check, limits, setup.baseline.spread(check.indicator), expected)
    known = np.flatnonzero(np.isfinite(change))
    if not len(known):
        return "no assessable step: the machine was not working, or readings are missing"
    sign = 1.0 if check.is_high_bad else -1.0
    turned = Limits(
        *(None if each is None else sign * each for each in (limits.warn, limits.critical))
    )
    tuned = _tune(check, override)
    start = setup.ongoing.get(check.key, Severity.NORMAL)
    level = judge_levels(sign * change[known], turned, tuned, min(start, Severity.ALARM))
    return Judged(check, level, steps, known, values, expected, change, limits, setup.baseline)


def _find_obstacle(check: Check, steps: Steps, setup: Setup, distrusted: set[str]) -> str:
    if check.indicator in steps.values:
        needs = INDICATORS[check.indicator].needs if check.indicator in INDICATORS else ()
        broken = [setup.channels[role].tag for role in needs if role in distrusted]
        return f"{', '.join(broken)} cannot be believed: see its finding" if broken else ""
    if check.indicator in CYCLE_ONLY:
        return "the machine is not diagnosed by working cycles"
    needs = INDICATORS[check.indicator].needs if check.indicator in INDICATORS else ()
    missing = [ROLES[role].name.lower() for role in needs if role not in setup.channels]
    if missing:
        return f"no sensor for {' and '.join(missing)}"
    return "a nominal value of the machine is missing, or its readings are by the minute"


def _pick_limits(check: Check, override: CheckOverride, setup: Setup) -> Limits:
    """A person's, else the sensor's own for a plain limit, else the catalogue's."""
    own: tuple[float | None, float | None] = (None, None)
    if check.against is Against.LIMIT and check.warn is not None:
        own = _sensor_limits(check, setup)
    warn, critical = own if own != (None, None) else (check.warn, check.critical)
    return Limits(
        override.warn if override.warn is not None else warn,
        override.critical if override.critical is not None else critical,
    )


def _sensor_limits(check: Check, setup: Setup) -> tuple[float | None, float | None]:
    """Those of the sensor that the indicator is read from, first of its roles."""
    indicator = INDICATORS.get(check.indicator)
    channel = setup.channels.get(indicator.needs[0]) if indicator else None
    if channel is None or indicator is None or indicator.unit != channel.unit:
        return None, None
    if check.is_high_bad:
        return channel.warn_high, channel.critical_high
    return channel.warn_low, channel.critical_low


def _change(check: Check, values: Floats, expected: Floats) -> Floats:
    if check.against is Against.DIFFERENCE:
        return values - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        return 100 * (values / expected - 1)


def _widen(check: Check, limits: Limits, spread: float, expected: Floats) -> Limits:
    """No limit lies within four spreads of the healthy machine: that would alarm by chance."""
    level = float(np.nanmedian(np.abs(expected))) if np.isfinite(expected).any() else 0.0
    least = SPREADS * spread
    if check.against is Against.PERCENT and level > 0:
        least *= 100 / level
    sign = 1.0 if check.is_high_bad else -1.0
    if limits.warn is None or sign * limits.warn >= least:
        return limits
    critical = limits.critical
    if critical is not None:
        critical = sign * max(sign * critical, 1.5 * least)
    return Limits(sign * least, critical)


def _tune(check: Check, override: CheckOverride) -> Check:
    if override.persist_steps is None:
        return check
    count = override.persist_steps
    return replace(check, warn_of=(count, count + 2), critical_of=(count, count))
