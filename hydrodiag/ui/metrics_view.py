"""What the page Metrics looks at, and the address that shows it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from hydrodiag.diagnostics.findings.records import TOPIC as FINDINGS
from hydrodiag.fleet import Sensor, System
from hydrodiag.formulas import Formula
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_times import AxisClock, write_instant

SHORTEST = timedelta(milliseconds=100)
LONGEST = timedelta(days=20 * 365)
LINES, SCATTER, HISTOGRAM, CYCLES, SPECTRUM = LOOKS = (
    "Lines", "Scatter", "Histogram", "Cycles", "Spectrum",
)  # fmt: skip
# They show no series derived of means.
OF_SINGLE_READINGS = (CYCLES, SPECTRUM)
# What a look asks besides the sensors, as it stands in the address.
LOOK_OPTIONS = {SCATTER: ("x", "y"), CYCLES: ("trigger", "level")}
NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


class Beside(StrEnum):
    """As it stands in the list and in the address."""

    NOTHING = "Nothing"
    BEFORE = "The period before"
    WEEK = "The same time last week"
    MACHINE = "Another machine"
    HEALTHY = "Healthy span"


@dataclass(frozen=True)
class Comparison:
    """`system` is the other machine, where there is one."""

    beside: Beside = Beside.NOTHING
    system: System | None = None

    @property
    def params(self) -> dict[str, str]:
        if self.beside is Beside.NOTHING:
            return {}
        other = {"other": self.system.code} if self.system is not None else {}
        return {"beside": self.beside.value, **other}


@dataclass(frozen=True)
class DerivedChoice:
    """`text` as typed, the formulas of it that hold, the sensors that these use, and how many
    lines are mistaken.
    """

    text: str = ""
    formulas: tuple[Formula, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    mistakes: int = 0


@dataclass(frozen=True)
class MetricsView:
    """`is_live`: the window follows the clock."""

    system: System
    sensors: tuple[Sensor, ...]
    window: TimeWindow
    zone: ZoneInfo
    is_live: bool
    comparison: Comparison = Comparison()
    derived: DerivedChoice = DerivedChoice()
    look: str = LINES

    @property
    def sensor_ids(self) -> tuple[int, ...]:
        return tuple(sensor.id for sensor in self.sensors)

    @property
    def topics(self) -> tuple[str, ...]:
        return ("fleet", f"readings:{self.system.id}")

    @property
    def drawn_topics(self) -> tuple[str, ...]:
        """With what is drawn beside the readings: another machine's, findings, maintenance."""
        other = self.comparison.system
        beside = (f"readings:{other.id}",) if other is not None else ()
        return (*self.topics, *beside, FINDINGS)

    @property
    def clock(self) -> AxisClock:
        return AxisClock.build(self.window, self.zone)

    def build_link(self, page_url: str, options: Mapping[str, str] = NO_OPTIONS) -> str:
        """Pins the instants: the same picture tomorrow, and in another time zone.

        `options`: those of the look.
        """
        params = {
            "system": self.system.code,
            "sensors": [sensor.tag for sensor in self.sensors],
            "from": write_instant(self.window.start),
            "to": write_instant(self.window.end),
            **self.comparison.params,
            **({"formulas": self.derived.text} if self.derived.text else {}),
            **({"look": self.look} if self.look != LINES else {}),
            **options,
        }
        parts = urlsplit(page_url)
        return urlunsplit((*parts[:3], urlencode(params, doseq=True, safe=":"), ""))


def widen(window: TimeWindow) -> TimeWindow:
    """Twice the span around the same middle."""
    half = min(window.span / 2, (LONGEST - window.span) / 2)
    return TimeWindow(window.start - half, window.end + half)


def shift(window: TimeWindow, steps: int) -> TimeWindow:
    """Moved by half its span a step, to later or, below 0, to earlier."""
    by = steps * window.span / 2
    return TimeWindow(window.start + by, window.end + by)


def at_least(window: TimeWindow, span: timedelta = SHORTEST) -> TimeWindow:
    """`window`, or the `span` around its middle if it is shorter."""
    if window.span >= span:
        return window
    middle = window.start + window.span / 2
    return TimeWindow(middle - span / 2, middle + span / 2)
