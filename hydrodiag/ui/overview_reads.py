"""What the overview shows, read once for all people who look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hydrodiag.diagnostics.attention import FleetNeed, list_by_need
from hydrodiag.diagnostics.findings.records import TOPIC as FINDINGS
from hydrodiag.fleet import list_systems
from hydrodiag.readings.overview import MachineState, load_sparklines, with_keys
from hydrodiag.ui import resources
from hydrodiag.ui.reads import read, share

# A machine may be called silent this much late; what is written shows at once.
LOOK_EVERY = timedelta(seconds=5)


@dataclass(frozen=True)
class ShownMachines:
    """Machines with their key values; `sparklines` by the id of the sensor."""

    machines: tuple[MachineState, ...]
    sparklines: Mapping[int, Sequence[float]]


def list_topics() -> tuple[str, ...]:
    """What moves on when anything of the overview changes."""
    systems = read(("fleet",), list_systems)
    return ("fleet", FINDINGS, *(f"readings:{each.id}" for each in systems))


def read_need(topics: Sequence[str], now: datetime) -> FleetNeed:
    return share(topics, _load_need, _floor(now))


def read_shown(
    topics: Sequence[str], machines: Sequence[MachineState], most_keys: int, now: datetime
) -> ShownMachines:
    """`most_keys` of each machine get a sparkline."""
    return share(topics, _load_shown, tuple(machines), most_keys, _floor(now))


def _floor(now: datetime) -> datetime:
    beyond_s = now.timestamp() % LOOK_EVERY.total_seconds()
    return datetime.fromtimestamp(now.timestamp() - beyond_s, UTC)


def _load_need(now: datetime) -> FleetNeed:
    return list_by_need(resources.database(), now)


def _load_shown(machines: tuple[MachineState, ...], most_keys: int, now: datetime) -> ShownMachines:
    db = resources.database()
    part = with_keys(db, machines)
    ids = [key.sensor_id for machine in part for key in machine.keys[:most_keys]]
    return ShownMachines(tuple(part), load_sparklines(db, ids, now))
