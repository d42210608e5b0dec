"""What has to change with new readings: latest values, dirty ranges, generations."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import NamedQueries
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest.batch import CleanBatch

SQL = NamedQueries(__file__)
INGEST_TOPIC = "ingest"
# A range spans gaps up to the first of these that keeps the number of ranges in bounds.
GAPS_US = tuple(hours * 3_600_000_000 for hours in (1, 24, 24 * 30))
RANGES_PER_SENSOR = 4
MIN_RANGES = 1000


def note_latest(connection: Connection, new: CleanBatch) -> None:
    ends = new.sensor_ends
    news = {
        "sensor_ids": new.sensor_ids[ends].tolist(),
        "times_us": new.times_us[ends].tolist(),
        "values": new.values[ends].tolist(),
    }
    connection.execute(SQL["note_latest"], news)


def note_dirty(connection: Connection, new: CleanBatch) -> None:
    starts, ends = dirty_ranges(new)
    ranges = {
        "sensor_ids": new.sensor_ids[starts].tolist(),
        "lo_us": new.times_us[starts].tolist(),
        "hi_us": (new.times_us[ends] + 1).tolist(),
    }
    connection.execute(SQL["note_dirty"], ranges)


def dirty_ranges(new: CleanBatch) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last index of each range: broken at long gaps, so that a few scattered late
    readings do not make the rollups read everything between them.
    """
    next_sensor = np.diff(new.sensor_ids) != 0
    steps_us = np.diff(new.times_us)
    most = max(MIN_RANGES, RANGES_PER_SENSOR * (int(next_sensor.sum()) + 1))
    breaks = next_sensor
    for gap_us in GAPS_US:
        broken = next_sensor | (steps_us > gap_us)
        if broken.sum() < most:
            breaks = broken
            break
    inner = np.flatnonzero(breaks)
    return np.append(0, inner + 1), np.append(inner, len(new) - 1)


def topics_of(new: CleanBatch, catalog: SensorCatalog) -> set[str]:
    """The topics of the systems that got readings."""
    index = np.searchsorted(catalog.ids, new.sensor_ids[new.sensor_ends])
    return {f"readings:{each}" for each in np.unique(catalog.system_ids[index]).tolist()}


def bump_topics(connection: Connection, topics: set[str]) -> None:
    """Advance the topics, last in the transaction and in one order: no two writers deadlock."""
    for topic in sorted(topics):
        bump_generation(connection, topic)
