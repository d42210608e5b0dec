"""What an indicator and a check are."""

from dataclasses import dataclass
from enum import StrEnum

from hydrodiag.diagnostics.records import FindingKey, OperatingState, Severity

ANY_STATE = frozenset(OperatingState) - {OperatingState.UNKNOWN}
UNDER_LOAD = frozenset({OperatingState.LOAD})
RUNNING = frozenset({OperatingState.LOAD, OperatingState.WARMING})
AT_REST = frozenset({OperatingState.OFF})


class Against(StrEnum):
    """What an indicator is held against: a LIMIT as it is, or the change from what the baseline
    expects at the same temperature and load, in PERCENT of it or as a DIFFERENCE in its unit.
    """

    LIMIT = "limit"
    PERCENT = "percent"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class Indicator:
    """A physical quantity of a step. `needs` are the roles it is computed from."""

    id: str
    name: str
    unit: str
    needs: tuple[str, ...]
    formula: str
    source: str
    states: frozenset[OperatingState] = ANY_STATE


@dataclass(frozen=True)
class Check:
    """`warn` and `critical` are in the unit that `against` gives. A limit of None on LIMIT is the
    sensor's own. `explanation` may use {value}, {expected}, {limit}, {unit}, {change}, {since}.

    A level is taken when `warn_of[0]` of the last `warn_of[1]` assessed steps are beyond the limit
    (`critical_of` likewise), left when `clear_steps` in a row are back by `hysteresis`, a share of
    the distance from normal to the limit. `highest` caps the severity.
    """

    id: str
    component: str
    mode: str
    title: str
    indicator: str
    against: Against
    is_high_bad: bool
    warn: float | None
    critical: float | None
    source: str
    explanation: str
    action: tuple[str, ...]
    manual_query: str
    states: frozenset[OperatingState] = UNDER_LOAD
    warn_of: tuple[int, int] = (3, 5)
    critical_of: tuple[int, int] = (3, 3)
    clear_steps: int = 5
    hysteresis: float = 0.2
    highest: Severity = Severity.ALARM
    parent: FindingKey | None = None

    @property
    def key(self) -> FindingKey:
        return FindingKey(self.component, self.mode)
