"""What the page Metrics looks at, and the address that shows it again."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from hydrodiag.fleet import Sensor, System
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_times import AxisClock, write_instant

SHORTEST = timedelta(milliseconds=100)
LONGEST = timedelta(days=20 * 365)


@dataclass(frozen=True)
class MetricsView:
    """`is_live`: the window follows the clock."""

    system: System
    sensors: tuple[Sensor, ...]
    window: TimeWindow
    zone: ZoneInfo
    is_live: bool
    is_compared: bool

    @property
    def sensor_ids(self) -> tuple[int, ...]:
        return tuple(sensor.id for sensor in self.sensors)

    @property
    def topics(self) -> tuple[str, ...]:
        return ("fleet", f"readings:{self.system.id}")

    @property
    def clock(self) -> AxisClock:
        return AxisClock.build(self.window, self.zone)

    def build_link(self, page_url: str) -> str:
        """Pins the instants: the same picture tomorrow, and in another time zone."""
        params = {
            "system": self.system.code,
            "sensors": [sensor.tag for sensor in self.sensors],
            "from": write_instant(self.window.start),
            "to": write_instant(self.window.end),
            **({"compare": "true"} if self.is_compared else {}),
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
