"""A small machine with readings of the last hours, for pages and browser."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from hydrodiag.db import Database
from hydrodiag.fleet import SensorDraft, System, SystemDraft, create_sensor, create_system
from hydrodiag.readings.ingest import load_columns
from hydrodiag.readings.rollups import refresh_rollups

SECOND_US = 1_000_000


@dataclass(frozen=True)
class MeasuredMachine:
    system: System
    sensor_ids: dict[str, int]
    start_at: datetime
    end_at: datetime


def measured_machine(
    db: Database, code: str = "press-1", *, hours: int = 2, old: timedelta = timedelta()
) -> MeasuredMachine:
    """A reading a second of pressure (above its warning limit at the end) and temperature."""
    system = create_system(
        db, SystemDraft(code=code, name=f"Press {code}", kind="press", site="Plant A")
    )
    pressure = SensorDraft(
        tag="P_PUMP", name="Pump pressure", quantity="pressure", unit="bar", resolution=0.1,
        valid_min=0, valid_max=400, warn_high=180, critical_high=250, sampling_interval_s=1,
        is_key=True,
    )  # fmt: skip
    tank = SensorDraft(
        tag="T_TANK", name="Oil temperature", quantity="temperature", unit="°C", resolution=0.1,
        valid_min=-40, valid_max=150, sampling_interval_s=1, is_key=True,
    )  # fmt: skip
    ids = {draft.tag: create_sensor(db, system.id, draft).id for draft in (pressure, tank)}
    end = (datetime.now(UTC) - old).replace(microsecond=0)
    seconds = np.arange(hours * 3600)
    start = end - timedelta(hours=hours)
    times = (int(start.timestamp()) + 1 + seconds) * SECOND_US
    values = {
        "P_PUMP": 150 + 40 * seconds / len(seconds),
        "T_TANK": 50 + 5 * np.sin(seconds / 900),
    }
    for tag, sensor_id in ids.items():
        load_columns(db, np.full(len(times), sensor_id), times, values[tag], origin="test")
    refresh_rollups(db)
    return MeasuredMachine(system, ids, start, end)
