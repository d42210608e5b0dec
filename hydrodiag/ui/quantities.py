"""Measured values as people read them: at the sensor's resolution, with the unit."""

from datetime import datetime

from hydrodiag.readings.grid import as_reported, decimals
from hydrodiag.ui.wording import NOTHING, format_span

THIN_SPACE = "\u202f"
PLAIN_UP_TO = 9999.5


def format_number(value: float | None, resolution: float | None) -> str:
    """Rounded to the resolution; four figures where the sensor has none."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return NOTHING
    places = decimals(resolution)
    if places is None:
        text = f"{value:.4g}" if abs(value) < PLAIN_UP_TO else f"{value:.0f}"
    else:
        text = f"{as_reported(value, resolution):.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def format_value(value: float | None, unit: str, resolution: float | None) -> str:
    number = format_number(value, resolution)
    return number if number == NOTHING or not unit else f"{number}{THIN_SPACE}{unit}"


def format_age(instant: datetime | None, now: datetime) -> str:
    """`3 min ago`, the largest unit only; `just now` where clocks differ a little."""
    if instant is None:
        return NOTHING
    age = now - instant
    if age.total_seconds() < 2:
        return "just now"
    return f"{' '.join(format_span(age).split()[:2])} ago"
