"""What the parts of the diagnostics hand to each other; nothing here knows database or page.

Layers after ISO 13374-1: a `Frame` is acquired, `Steps` are what has been made of it (data
manipulation), an `Assessment` holds states, health and advice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Instants = NDArray[np.datetime64]  # datetime64[us], UTC


class Severity(IntEnum):
    """ISO 17359: alert is WARNING, alarm is ALARM. DANGER comes from hard limits only."""

    NORMAL = 0
    ADVISORY = 1
    WARNING = 2
    ALARM = 3
    DANGER = 4


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class OperatingState(StrEnum):
    """Of a minute or step. Most checks assess LOAD; the heating rate is not told while WARMING."""

    UNKNOWN = "unknown"
    OFF = "off"
    WARMING = "warming"
    LOAD = "load"


@dataclass(frozen=True)
class Channel:
    """A sensor in its role, such as `p_pump`. `unit` is that of the role, and so are limits, range
    and resolution; readings become it by `value * factor + offset`.
    """

    role: str
    sensor_id: int
    tag: str
    name: str
    quantity: str
    unit: str
    component: str
    resolution: float | None = None
    valid_min: float | None = None
    valid_max: float | None = None
    warn_low: float | None = None
    warn_high: float | None = None
    critical_low: float | None = None
    critical_high: float | None = None
    sampling_interval_s: float | None = None
    factor: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True)
class Frame:
    """Readings of one machine on a grid of equal spacing, by role.

    `times` (n,) are the starts of the grid's places, `step_s` its spacing: 60 for machines, 1 for
    working cycles. `mean`, `low`, `high` map a role to (n,) in the channel's unit, NaN where
    nothing was received; `count` to how many readings each place holds.
    """

    times: Instants
    step_s: float
    mean: Mapping[str, Floats]
    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    count: Mapping[str, Floats]


@dataclass(frozen=True)
class QualityIssue:
    """Something wrong with a sensor, not with the machine. `kind` is the id of the check, DQ-…"""

    kind: str
    role: str
    sensor_id: int
    tag: str
    since_at: datetime
    last_at: datetime
    text: str
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Steps:
    """What was measured, a row a step: 15 minutes of a machine, or one working cycle.

    `values` map an indicator's id to (n,), NaN where it could not be told; `states` (n,) are
    values of OperatingState. `issues` are data quality problems at the end, told where
    `has_quality` says that they were looked for.
    """

    times: Instants
    step_s: float
    states: NDArray[np.str_]
    values: Mapping[str, Floats]
    issues: Sequence[QualityIssue] = ()
    has_quality: bool = False


@dataclass(frozen=True)
class Fact:
    """A number beside a finding, as people read it."""

    label: str
    value: float
    unit: str


@dataclass(frozen=True)
class Evidence:
    """Why a finding is made, so that it can be recomputed by hand.

    `value` is the newest persistent value of the indicator in `unit`; `expected` is what the
    baseline gives for the same temperature and load, None without one; `warn` and `critical`
    are the limits that `value` was held against, in the same unit.
    """

    check_id: str
    indicator: str
    indicator_name: str
    unit: str
    value: float
    warn: float | None
    critical: float | None
    start_at: datetime
    end_at: datetime
    steps: int
    formula: str
    source: str
    expected: float | None = None
    sensor_ids: tuple[int, ...] = ()
    baseline_id: int | None = None
    model_id: int | None = None
    witnesses: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    contributions: tuple[Fact, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-like: instants as ISO texts."""
        given = asdict(self)
        return {**given, "start_at": self.start_at.isoformat(), "end_at": self.end_at.isoformat()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Evidence":
        instants = {key: datetime.fromisoformat(values[key]) for key in ("start_at", "end_at")}
        tuples = {key: tuple(values.get(key, ())) for key in ("sensor_ids", "witnesses")}
        facts = {
            key: tuple(Fact(**each) for each in values.get(key, ()))
            for key in ("facts", "contributions")
        }
        return cls(**{**values, **instants, **tuples, **facts})


@dataclass(frozen=True)
class FindingKey:
    """One open finding a machine, component and failure mode: never one a sensor."""

    component: str
    mode: str


@dataclass(frozen=True)
class FindingDraft:
    """What an assessment says about one failure mode now.

    NORMAL means: assessed and not (or no longer) wrong. `since_at` is when the first step of the
    present episode crossed its limit. `action` are the steps of the recommended procedure, and
    `manual_query` the search that finds it in the manuals.
    """

    key: FindingKey
    severity: Severity
    confidence: Confidence
    title: str
    explanation: str
    since_at: datetime
    last_at: datetime
    evidence: tuple[Evidence, ...]
    action: tuple[str, ...]
    manual_query: str
    parent: FindingKey | None = None


@dataclass(frozen=True)
class ComponentHealth:
    """`score` 0..100, None where nothing could be assessed; `because` says what lowered it."""

    component: str
    score: float | None
    because: str


@dataclass(frozen=True)
class SkippedCheck:
    """A check that could not be made: a missing sensor, bad data, no baseline, switched off."""

    check_id: str
    reason: str


@dataclass(frozen=True)
class Assessment:
    findings: tuple[FindingDraft, ...]
    health: tuple[ComponentHealth, ...]
    skipped: tuple[SkippedCheck, ...]
