"""The rollups looked over at random: minutes from readings, hours from minutes, days from hours."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from random import Random

from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database
from hydrodiag.errors import NotFound, RollupsWrong
from hydrodiag.readings.binary_fetch import snapshot
from hydrodiag.readings.cover import LEVELS, Level, Span
from hydrodiag.readings.rollup_judgement import SQL, Fault, Place, list_faults, list_judged_spans
from hydrodiag.readings.rollups import SLICE_SETTINGS
from hydrodiag.readings.windows import DAY_US, floor_us, from_us
from hydrodiag.readings.windows import to_us as us

PLACES = 100
BUCKETS_A_PLACE = {"1m": 10, "1h": 24, "1d": 30}
FIRST_US = us(datetime(2000, 1, 1, tzinfo=UTC))
MOST_NAMED = 5


@dataclass(frozen=True)
class AuditReport:
    """`buckets` were compared; `faults` were found in both looks."""

    buckets: int
    faults: tuple[Fault, ...]

    def to_dict(self) -> dict[str, int]:
        kinds = Counter(fault.kind for fault in self.faults)
        found = {"wrong": kinds["wrong"], "missing": kinds["missing"], "ghosts": kinds["ghost"]}
        return {"buckets": self.buckets, **found}

    def check(self) -> None:
        """RollupsWrong if there is any fault: where, and the command that repairs it."""
        if not self.faults:
            return
        named = "; ".join(str(fault) for fault in self.faults[:MOST_NAMED])
        days = {(each.sensor_id, each.bucket_at.date()) for each in self.faults}
        commands = [f"`hydrodiag timescale rebuild-rollups {id_} {day}`" for id_, day in days]
        raise RollupsWrong(
            f"{len(self.faults)} of {self.buckets:,} buckets are not what the readings say: {named}"
            f"{'; …' if len(self.faults) > MOST_NAMED else '.'}",
            hint=f"Repair with {', '.join(sorted(commands)[:MOST_NAMED])}.",
        )


def audit_rollups(
    db: Database, *, random: Random | None = None, places: int = PLACES
) -> AuditReport:
    """Recompute `places` stretches of each level. Half begin at a reading, half anywhere.

    What is wrong at the first look is looked at again on a newer state of the database.
    """
    dice = random or Random()  # noqa: S311 (a sample, no secret)
    buckets, suspects = 0, list[Place]()
    with snapshot(db) as connection:
        connection.execute(SLICE_SETTINGS)
        for level in LEVELS:
            for place in _pick_places(connection, level, places, dice):
                buckets += (place.span[1] - place.span[0]) // level.width_us
                suspects += [place] if list_faults(connection, place) else []
    return AuditReport(buckets, _look_again(db, suspects))


def rebuild_rollups(db: Database, sensor_id: int, day: date) -> int:
    """Delete the day's buckets that can be made anew and note them; return how many went.

    The next refresh makes them. Buckets stay whose source retention has dropped.
    """
    start_us = us(datetime.combine(day, time(), UTC))
    with db.write() as connection:
        system_id = connection.execute(SQL["find_system"], {"sensor_id": sensor_id}).scalar()
        if system_id is None:
            raise NotFound(f"There is no sensor {sensor_id}.", hint="See `hydrodiag fleet`.")
        deleted = 0
        for level in LEVELS:
            for span in list_judged_spans(connection, level, (start_us, start_us + DAY_US)):
                values = {**Place(sensor_id, level, span).values, "level": level.name}
                deleted += connection.execute(SQL[f"delete_{level.name}"], values).rowcount
                connection.execute(SQL["note_dirty"], values)
        bump_generation(connection, f"readings:{system_id}")
    return deleted


def _look_again(db: Database, suspects: Sequence[Place]) -> tuple[Fault, ...]:
    if not suspects:
        return ()
    with snapshot(db) as connection:
        connection.execute(SLICE_SETTINGS)
        found = {fault for place in suspects for fault in list_faults(connection, place)}
    return tuple(sorted(found, key=lambda fault: (fault.sensor_id, fault.bucket_at, fault.level)))


def _pick_places(connection: Connection, level: Level, count: int, dice: Random) -> Iterator[Place]:
    spans = list_judged_spans(connection, level, (FIRST_US, us(datetime.now(UTC))))
    sensor_ids = connection.execute(SQL["list_sensors"]).scalars().all()
    if not spans or not sensor_ids:
        return
    lengths = [hi - lo for lo, hi in spans]
    for number in range(count):
        sensor_id = dice.choice(sensor_ids)
        lo, hi = dice.choices(spans, lengths)[0]
        at_us = dice.randrange(lo, hi)
        if number % 2:
            at_us = _move_to_reading(connection, sensor_id, at_us)
        span = _stretch(spans, at_us, level)
        if span:
            yield Place(sensor_id, level, span)


def _move_to_reading(connection: Connection, sensor_id: int, at_us: int) -> int:
    values = {"sensor_id": sensor_id, "start_at": from_us(at_us)}
    found = connection.execute(SQL["find_reading"], values).scalar()
    return us(found) if found else at_us


def _stretch(spans: Sequence[Span], at_us: int, level: Level) -> Span | None:
    """The buckets from `at_us` on, as far as they can be judged."""
    start_us = floor_us(at_us, level.width_us)
    for lo, hi in spans:
        if lo <= start_us < hi:
            return start_us, min(hi, start_us + BUCKETS_A_PLACE[level.name] * level.width_us)
    return None
