"""Importing the set: the rig as a system, its readings, its labels."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import (
    ComponentDraft,
    SensorDraft,
    SystemDraft,
    upsert_component,
    upsert_sensor,
    upsert_system,
)
from hydrodiag.readings.ingest import IngestReport, load_columns
from hydrodiag.readings.zema.columns import READINGS, ColumnLayout
from hydrodiag.readings.zema.layout import CycleBlock, Layout
from hydrodiag.readings.zema.original import PROFILE, DiskFolder, OriginalLayout, ZipFolder
from hydrodiag.readings.zema.rig import CHANNELS, COMPONENTS, CYCLE_S, Channel

SQL = NamedQueries(__file__)
ORIGIN = "zema"
US = 1_000_000
Say = Callable[[str], None]


@dataclass(frozen=True)
class ZemaReport:
    system_code: str
    start_at: datetime
    end_at: datetime
    cycles: int
    readings: int
    inserted: int
    already_there: int
    quarantined: int


def import_zema(
    db: Database,
    path: Path,
    *,
    start_at: datetime | None = None,
    system_code: str = "zema-rig",
    max_rate_hz: int | None = None,
    report: Say = lambda _: None,
) -> ZemaReport:
    """Import a folder, ZIP or Parquet file of the set. A second import changes nothing.

    Without `start_at` the last cycle ends at the last full minute. `max_rate_hz` averages faster
    channels down to that rate. Raises InvalidInput for anything that is not the set.
    """
    layout = open_layout(path)
    labels = layout.labels()
    begin = start_at or _latest_start(max(labels))
    if begin.tzinfo is None:
        raise InvalidInput("The start has no time zone.", hint="Write it with one, such as +00:00.")
    end = begin + timedelta(seconds=CYCLE_S * (max(labels) + 1))
    if end > datetime.now(UTC):
        raise InvalidInput(
            f"The last cycle would end at {end:%Y-%m-%d %H:%M %Z}, in the future.",
            hint="Choose an earlier start, or none.",
        )
    system_id, sensor_ids = _upsert_rig(db, system_code, begin, max_rate_hz)
    total = IngestReport()
    for channel in CHANNELS:
        for block in layout.blocks(channel):
            arrays = _build_arrays(block, channel, sensor_ids[channel.tag], begin, max_rate_hz)
            total.add(load_columns(db, *arrays, origin=ORIGIN, assume_sorted=True))
        report(f"{channel.tag}: {channel.name}")
    _write_labels(db, system_id, begin, labels)
    return ZemaReport(
        system_code,
        begin,
        end,
        len(labels),
        total.rows,
        total.inserted,
        total.already_there,
        total.quarantined,
    )


def open_layout(path: Path) -> Layout:
    """Which of the layouts `path` holds."""
    if path.is_dir():
        if (path / READINGS).exists():
            return ColumnLayout(path / READINGS)
        return OriginalLayout(DiskFolder(path))
    if not path.exists():
        raise InvalidInput(f"There is no {path}.", hint="Name a folder, a ZIP or a Parquet file.")
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        return ColumnLayout(path)
    if start[:2] == b"PK":
        return OriginalLayout(ZipFolder(path))
    raise InvalidInput(
        f"{path} is neither a ZIP nor a Parquet file.",
        hint=f"Name the set's ZIP, the folder that holds {PROFILE}, or {READINGS}.",
    )


def _latest_start(last_cycle: int) -> datetime:
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    return minute - timedelta(seconds=CYCLE_S * (last_cycle + 1))


def _upsert_rig(
    db: Database, code: str, begin: datetime, max_rate_hz: int | None
) -> tuple[int, dict[str, int]]:
    text = (
        "Real readings of ZeMA's test rig (UCI 447, CC BY 4.0). The set has no clock times: "
        f"its cycles of {CYCLE_S} s are laid end to end from {begin:%Y-%m-%d %H:%M} UTC."
    )
    draft = SystemDraft(
        code=code, name="ZeMA hydraulic test rig", kind="test rig", site="ZeMA", description=text
    )
    system_id = upsert_system(db, draft).id
    components = {
        key: upsert_component(db, system_id, ComponentDraft(code=key, name=name, kind=kind)).id
        for key, (name, kind) in COMPONENTS.items()
    }
    return system_id, {
        channel.tag: upsert_sensor(
            db,
            system_id,
            _build_sensor(channel, components[channel.component], _rate(channel, max_rate_hz)),
        ).id
        for channel in CHANNELS
    }


def _build_sensor(channel: Channel, component_id: int, rate_hz: int) -> SensorDraft:
    return SensorDraft(
        tag=channel.tag,
        name=channel.name,
        quantity=channel.quantity,
        unit=channel.unit,
        component_id=component_id,
        resolution=channel.resolution,
        valid_min=channel.valid_min,
        valid_max=channel.valid_max,
        sampling_interval_s=1 / rate_hz,
        is_key=channel.is_key,
    )


def _rate(channel: Channel, max_rate_hz: int | None) -> int:
    """The channel's own rate, or the largest divisor of it that is allowed."""
    if max_rate_hz is None or channel.rate_hz <= max_rate_hz:
        return channel.rate_hz
    return max(rate for rate in range(1, max_rate_hz + 1) if channel.rate_hz % rate == 0)


def _build_arrays(
    block: CycleBlock, channel: Channel, sensor_id: int, begin: datetime, max_rate_hz: int | None
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    """Samples laid out in time, averaged down to the allowed rate; ordered by time."""
    per_cycle = min(block.samples.shape[1], _rate(channel, max_rate_hz) * CYCLE_S)
    cycles = len(block.cycles)
    values = block.samples.reshape(cycles, per_cycle, -1).mean(axis=2)
    step_us = CYCLE_S * US // per_cycle
    begin_us = int(begin.timestamp()) * US
    starts = begin_us + block.cycles * CYCLE_S * US
    times = starts[:, None] + np.arange(per_cycle, dtype=np.int64) * step_us
    return np.full(times.size, sensor_id, np.int32), times.ravel(), values.ravel()


def _write_labels(
    db: Database, system_id: int, begin: datetime, labels: Mapping[int, Mapping[str, Any]]
) -> None:
    length = timedelta(seconds=CYCLE_S)
    rows = [
        {
            "system_id": system_id,
            "start_at": begin + cycle * length,
            "end_at": begin + (cycle + 1) * length,
            "labels": json.dumps({"cycle": cycle, **known}),
        }
        for cycle, known in labels.items()
    ]
    with db.write() as connection:
        connection.execute(SQL["upsert_label"], rows)
