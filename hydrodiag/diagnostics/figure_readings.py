"""Key figures of a machine out of its readings, over a window and the one before it."""

from datetime import datetime, timedelta

from hydrodiag.db import Database
from hydrodiag.diagnostics.catalogue.checks import BY_ID
from hydrodiag.diagnostics.figures import Figure, Told, cut, measure, tell_figures
from hydrodiag.diagnostics.records import Channel
from hydrodiag.diagnostics.running.diagnosing import MINUTE_S, is_by_cycles
from hydrodiag.diagnostics.running.machines import (
    Machine,
    build_frame,
    find_baseline,
    list_machines,
    load_channels,
    load_settings,
)
from hydrodiag.readings.frames import load_grids

MINUTE = timedelta(seconds=MINUTE_S)
FILTER_CHECK = "FLT-01"


def find_newest_minute(db: Database, system_id: int) -> datetime | None:
    """Up to where the machine has readings; None without any."""
    machine = next(iter(list_machines(db, system_id)), None)
    if machine is None:
        return None
    return machine.newest_at.replace(second=0, microsecond=0) + MINUTE


def load_figures(
    db: Database, system_id: int, span: timedelta, end: datetime, before_name: str
) -> tuple[Figure, ...]:
    """Over `span`, whole minutes, up to `end`; compared with as long before, which is called
    `before_name`. Empty for a machine without readings.
    """
    machine = next(iter(list_machines(db, system_id)), None)
    if machine is None:
        return ()
    channels = load_channels(db, machine)
    start = end - 2 * span
    sensor_ids = [each.sensor_id for each in channels.values()]
    frame = build_frame(
        channels, load_grids(db, sensor_ids, start, end, MINUTE_S), start, end, MINUTE_S
    )
    limit_bar = _find_filter_limit(db, machine, channels.get("dp_filter"))
    nominal = {**machine.nominal, "filter_limit_bar": limit_bar}
    # By working cycles the healthy span was learned from parts of a cycle, not from minutes.
    stored = None if is_by_cycles(machine, channels) else find_baseline(db, system_id)
    minutes = measure(frame, nominal, stored.baseline if stored else None)
    half = int(span / MINUTE)
    told = Told(cut(minutes, slice(half, None)), cut(minutes, slice(None, half)), channels,
                nominal, before_name)  # fmt: skip
    return tell_figures(told)


def _find_filter_limit(db: Database, machine: Machine, channel: Channel | None) -> float:
    """In bar, as the check has it: a person's, else the sensor's own, else the catalogue's."""
    override = load_settings(db, machine.system_id).get(FILTER_CHECK)
    limits = (
        override.critical if override else None,
        channel.critical_high if channel else None,
        BY_ID[FILTER_CHECK].critical,
    )
    return next(limit for limit in limits if limit is not None)
