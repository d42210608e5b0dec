"""Systems, components and sensors, as they are entered and as they are stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hydrodiag.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class SystemDraft:
    """`code` is the short unique name people and files use for the machine."""

    code: str
    name: str
    kind: str
    site: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        _require("system", code=self.code, name=self.name, kind=self.kind)


@dataclass(frozen=True, kw_only=True)
class System(SystemDraft):
    id: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ComponentDraft:
    code: str
    name: str
    kind: str

    def __post_init__(self) -> None:
        _require("component", code=self.code, name=self.name, kind=self.kind)


@dataclass(frozen=True, kw_only=True)
class Component(ComponentDraft):
    id: int
    system_id: int


@dataclass(frozen=True, kw_only=True)
class SensorDraft:
    """Limits and resolution are in `unit`; None: no limit, values kept as sent.

    `valid_min`..`valid_max` is what is physically possible; readings outside are refused.
    """

    tag: str
    name: str
    quantity: str
    unit: str
    component_id: int | None = None
    resolution: float | None = None
    valid_min: float | None = None
    valid_max: float | None = None
    warn_low: float | None = None
    warn_high: float | None = None
    critical_low: float | None = None
    critical_high: float | None = None
    sampling_interval_s: float | None = None
    is_key: bool = False

    def __post_init__(self) -> None:
        _require("sensor", tag=self.tag, name=self.name, quantity=self.quantity)
        for field in ("resolution", "sampling_interval_s"):
            value = getattr(self, field)
            if value is not None and not value > 0:
                raise _impossible(self.tag, f"{field} is {value:g}", "Give a number above 0.")
        if self.valid_min is not None and self.valid_min == self.valid_max:
            raise _impossible(self.tag, "valid_min equals valid_max", "Give a range.")
        self._check_order()

    def _check_order(self) -> None:
        names = ("valid_min", "critical_low", "warn_low", "warn_high", "critical_high", "valid_max")
        given = [(name, getattr(self, name)) for name in names if getattr(self, name) is not None]
        for (low_name, low), (high_name, high) in pairwise(given):
            if not low <= high:
                wrong = f"{low_name} {low:g} is above {high_name} {high:g}"
                raise _impossible(self.tag, wrong, f"The order is {' <= '.join(names)}.")


@dataclass(frozen=True, kw_only=True)
class Sensor(SensorDraft):
    id: int
    system_id: int
    created_at: datetime

    @property
    def sampling_interval(self) -> timedelta | None:
        seconds = self.sampling_interval_s
        return None if seconds is None else timedelta(seconds=seconds)


def _require(what: str, **texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise InvalidInput(f"The {what} has no {name}.", hint=f"Give its {name}.")


def _impossible(tag: str, wrong: str, hint: str) -> InvalidInput:
    return InvalidInput(f"Sensor {tag}: {wrong}.", hint=hint)
