"""Spans of time to look at, and the buckets they are cut into.

Buckets count from 1970-01-01 00:00 UTC, so that a bucket of a minute, an hour or a day begins
where the rollups' buckets begin. Instants in arrays and arithmetic are microseconds since then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from hydrodiag.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

QUICK_RANGES: Mapping[str, timedelta] = MappingProxyType(
    {
        "15m": timedelta(minutes=15),
        "1h": timedelta(hours=1),
        "6h": timedelta(hours=6),
        "24h": timedelta(hours=24),
        "7d": timedelta(days=7),
        "30d": timedelta(days=30),
        "60d": timedelta(days=60),
        "90d": timedelta(days=90),
        "1y": timedelta(days=365),
    }
)
# Windows that follow the clock move on together, for all who look; a chart is so many dots wide.
LIVE_STEPS = tuple(timedelta(seconds=each) for each in (15, 30, 60, 120, 300, 600, 1800, 3600))
DOTS = 720
# Widths people read easily; each divides the next larger unit, so buckets begin on round times.
_PARTS_OF_SIXTY = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
NICE_STEPS_US = (
    *(unit * digit for unit in (1, 10, 100, 1000, 10_000, 100_000) for digit in (1, 2, 5)),
    *(SECOND_US * count for count in _PARTS_OF_SIXTY),
    *(MINUTE_US * count for count in _PARTS_OF_SIXTY),
    *(HOUR_US * count for count in (1, 2, 3, 4, 6, 8, 12)),
)


@dataclass(frozen=True)
class TimeWindow:
    """From `start` up to, not including, `end`; both aware, kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            instant: datetime = getattr(self, name)
            if instant.tzinfo is None:
                raise InvalidInput(f"The {name} {instant} has no time zone.", hint="Add one.")
            object.__setattr__(self, name, instant.astimezone(UTC))
        if self.start >= self.end:
            raise InvalidInput(
                f"The window ends at {self.end}, not after its start at {self.start}.",
                hint="Choose an end after the start.",
            )

    @property
    def span(self) -> timedelta:
        return self.end - self.start

    @property
    def start_us(self) -> int:
        return to_us(self.start)

    @property
    def end_us(self) -> int:
        return to_us(self.end)

    def previous(self) -> "TimeWindow":
        """The window of equal length that ends where this one starts."""
        return TimeWindow(self.start - self.span, self.start)

    def rounded(self, step: timedelta) -> "TimeWindow":
        """Moved so that it ends on a multiple of `step`, not earlier than now.

        Windows asked for within one step are equal: caches that key on them repeat.
        """
        end = from_us(ceil_us(self.end_us, step // MICROSECOND))
        return TimeWindow(end - self.span, end)


def quick_window(
    name: str, *, now: datetime | None = None, step: timedelta | None = None
) -> TimeWindow:
    """The last `name` (a key of QUICK_RANGES) up to now, its end rounded up to `step`."""
    if name not in QUICK_RANGES:
        known = ", ".join(QUICK_RANGES)
        raise InvalidInput(f"There is no quick range {name!r}.", hint=f"Choose one of {known}.")
    end, span = now or datetime.now(UTC), QUICK_RANGES[name]
    return TimeWindow(end - span, end).rounded(step or live_step(span))


def live_step(span: timedelta) -> timedelta:
    """By which a window that follows the clock moves on: hardly more than a dot of a chart."""
    fitting = (step for step in LIVE_STEPS if step <= span / DOTS)
    return max(fitting, default=LIVE_STEPS[0])


def to_us(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def from_us(microseconds: int) -> datetime:
    return EPOCH + int(microseconds) * MICROSECOND


def floor_us(instant_us: int, step_us: int) -> int:
    return instant_us // step_us * step_us


def ceil_us(instant_us: int, step_us: int) -> int:
    return -(-instant_us // step_us) * step_us


def count_buckets(start_us: int, end_us: int, step_us: int) -> int:
    """How many buckets the span touches."""
    return (ceil_us(end_us, step_us) - floor_us(start_us, step_us)) // step_us


def pick_step_us(start_us: int, end_us: int, max_points: int, *, least_us: int = 1) -> int:
    """Narrowest easily read bucket, not below `least_us`, of which at most `max_points` (2 or
    more) touch the span.
    """
    for step_us in NICE_STEPS_US:
        if step_us >= least_us and count_buckets(start_us, end_us, step_us) <= max_points:
            return step_us
    days = max(1, (end_us - start_us) // (DAY_US * max_points))
    while count_buckets(start_us, end_us, days * DAY_US) > max_points:
        days += 1
    return days * DAY_US
