"""Instants between the database (UTC), the reader's zone, and the chart's axis."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.windows import TimeWindow

YEARS = (1970, 2200)


def find_zone(name: str | None) -> ZoneInfo:
    """The reader's zone; UTC where the browser does not say, or says nonsense."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def parse_instant(text: str, zone: tzinfo) -> datetime:
    """An ISO instant; without an offset it is meant in `zone`. Raises InvalidInput."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no date with a time.", hint="Write it as 2026-07-31 14:05:00."
        ) from None
    if not YEARS[0] <= instant.year <= YEARS[1]:
        raise InvalidInput(
            f"{text!r} is no time of a reading.", hint=f"Choose one from {YEARS[0]} to {YEARS[1]}."
        )
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone)
    return instant.astimezone(UTC)


def write_instant(instant: datetime) -> str:
    """For the URL: in UTC, to the microsecond where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class AxisClock:
    """One fixed offset from UTC for a whole chart, that of its end.

    A change of clocks inside the window would otherwise draw an hour twice.
    """

    offset: timedelta

    @classmethod
    def build(cls, window: TimeWindow, zone: ZoneInfo) -> "AxisClock":
        return cls(window.end.astimezone(zone).utcoffset() or timedelta())

    @property
    def label(self) -> str:
        minutes = round(self.offset.total_seconds() / 60)
        if not minutes:
            return "UTC"
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'+' if minutes > 0 else '-'}{hours:02}:{rest:02}"

    def place(self, times: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
        """UTC times as the axis takes them: without a zone, on its clock."""
        return times.dt.tz_localize(None) + self.offset

    def place_one(self, instant: datetime) -> datetime:
        return instant.astimezone(UTC).replace(tzinfo=None) + self.offset

    def read(self, text: str) -> datetime:
        """An instant as Plotly reports it, back in UTC."""
        return datetime.fromisoformat(text).replace(tzinfo=UTC) - self.offset

    def format(self, instant: datetime) -> str:
        return f"{self.place_one(instant):%Y-%m-%d %H:%M:%S}"
