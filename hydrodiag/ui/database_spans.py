"""Spans of time as a person writes them in the policy form."""

import re
from datetime import timedelta

from hydrodiag.errors import InvalidInput

UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(days=7),
    "y": timedelta(days=365),
}
SPELLINGS = {
    "second": "s", "seconds": "s", "m": "min", "minute": "min", "minutes": "min", "hour": "h",
    "hours": "h", "day": "d", "days": "d", "week": "w", "weeks": "w", "year": "y", "years": "y",
}  # fmt: skip
WRITTEN = re.compile(r"(?P<count>\d{1,6}(\.\d{1,3})?)\s*(?P<unit>[a-z]+)")


def parse_span(text: str) -> timedelta:
    """`7 days`, `12 h`, `1 year` (365 days). Raises InvalidInput."""
    found = WRITTEN.fullmatch(text.strip().lower())
    unit = UNITS.get(SPELLINGS.get(found["unit"], found["unit"])) if found else None
    if found is None or unit is None:
        raise InvalidInput(f"{text!r} is no span of time.", hint="Write 7 days, 12 h or 1 year.")
    return float(found["count"]) * unit


def parse_open_span(text: str) -> timedelta | None:
    """Like `parse_span`; empty, `never` and `for ever` are None."""
    return (
        None if text.strip().lower() in ("", "never", "for ever", "forever") else parse_span(text)
    )
