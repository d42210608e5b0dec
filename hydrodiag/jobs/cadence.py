"""How often a job runs, as a person writes it: `every 15s`, `daily 02:10`, `cron 10 2 * * *`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from hydrodiag.errors import InvalidInput

FORMS = "`every 15s`, `every 5m`, `every 2h`, `daily 02:10`, `weekly sun 03:00`, `cron 10 2 * * *`"
SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=366)
# All schedulers count intervals from the same instant, so they agree on every turn.
ANCHOR = datetime(2000, 1, 1, tzinfo=UTC)
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Cadence:
    text: str
    trigger: Any

    def next_after(self, instant: datetime) -> datetime | None:
        """The first turn later than `instant`, or None where there is none."""
        following = self.trigger.get_next_fire_time(None, instant + timedelta(microseconds=1))
        return following.astimezone(UTC) if following else None


def parse_cadence(text: str, time_zone: str = "UTC") -> Cadence:
    """Read a cadence; clock times are of `time_zone`. Raises InvalidInput naming the forms."""
    tidy = " ".join(text.lower().split())
    for pattern, build in BUILDERS:
        if found := re.fullmatch(pattern, tidy):
            return Cadence(tidy, _built(build, found, ZoneInfo(time_zone), text))
    raise _refused(text)


def _built(
    build: Callable[[re.Match[str], ZoneInfo], Any], found: re.Match[str], zone: ZoneInfo, text: str
) -> Any:
    try:
        trigger = build(found, zone)
    except (ValueError, IndexError):
        raise _refused(text) from None
    if trigger.get_next_fire_time(None, datetime.now(UTC)) is None:
        raise InvalidInput(f"The cadence {text!r} never comes.", hint=f"Write one of {FORMS}.")
    return trigger


def _refused(text: str) -> InvalidInput:
    return InvalidInput(f"{text!r} is no cadence.", hint=f"Write one of {FORMS}.")


def _every(found: re.Match[str], _zone: ZoneInfo) -> IntervalTrigger:
    span = {UNITS[found["unit"]]: int(found["count"])}
    if not SHORTEST <= timedelta(**span) <= LONGEST:
        raise ValueError(found[0])
    return IntervalTrigger(**span, start_date=ANCHOR, timezone=UTC)


def _daily(found: re.Match[str], zone: ZoneInfo) -> CronTrigger:
    return CronTrigger(hour=found["hour"], minute=found["minute"], timezone=zone)


def _weekly(found: re.Match[str], zone: ZoneInfo) -> CronTrigger:
    clock = {"hour": found["hour"], "minute": found["minute"]}
    return CronTrigger(day_of_week=found["day"], **clock, timezone=zone)


def _cron(found: re.Match[str], zone: ZoneInfo) -> CronTrigger:
    """APScheduler counts weekdays from Monday, crontab from Sunday: names mean the same."""
    *others, weekday = found["fields"].split()
    named = re.sub(r"(?<![/\d])\d(?!\d)", lambda number: WEEKDAYS[int(number[0])], weekday)
    return CronTrigger.from_crontab(" ".join((*others, named)), timezone=zone)


CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})"
BUILDERS: tuple[tuple[str, Callable[[re.Match[str], ZoneInfo], Any]], ...] = (
    (r"every (?P<count>\d{1,7}) ?(?P<unit>[smhd])", _every),
    (rf"daily {CLOCK}", _daily),
    (rf"weekly (?P<day>mon|tue|wed|thu|fri|sat|sun) {CLOCK}", _weekly),
    (r"cron (?P<fields>(?:\S+ ){4}\S+)", _cron),
)
