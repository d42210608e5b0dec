"""Writing the demo fleet and its history: 60 days by the minute, the last day by the second."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from hydrodiag.db import Database
from hydrodiag.demo.arrays import Arrays, build_arrays
from hydrodiag.demo.fleet import upsert_machine
from hydrodiag.demo.machines import MACHINES, Machine
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.demo.story import Story, find_story
from hydrodiag.readings.ingest import load_columns

ORIGIN = "simulator"
DEFAULT_DAYS = 60
FINE = timedelta(days=1)

Say = Callable[[str], None]


@dataclass(frozen=True)
class DemoReport:
    machines: int
    readings: int

    def __str__(self) -> str:
        if not self.readings:
            return f"demo fleet: {self.machines} machines, history already there"
        return f"demo fleet: {self.machines} machines, {self.readings:,} readings written"


def init_demo(
    db: Database,
    now: datetime,
    report: Say = lambda _: None,
    *,
    days: int = DEFAULT_DAYS,
    fine: timedelta = FINE,
) -> DemoReport:
    """Create the six machines and write `days` of history up to `now`, the end of it, `fine`, by
    the second.

    A machine that has its history is left as it is; one whose writing was broken off gets the
    rest. The next machine is simulated while one is loaded.
    """
    now_s = int(now.timestamp()) // 60 * 60
    fleet = [(machine, upsert_machine(db, machine)) for machine in MACHINES]
    written = 0
    for machine, arrays in _simulated(db, fleet, now_s, timedelta(days=days), fine):
        inserted = load_columns(db, *arrays, origin=ORIGIN, assume_sorted=True).inserted
        written += inserted
        report(f"{machine.name}: {inserted:,} readings")
    outcome = DemoReport(len(MACHINES), written)
    report(str(outcome))
    return outcome


def _simulated(
    db: Database,
    fleet: Sequence[tuple[Machine, Mapping[str, int]]],
    now_s: int,
    span: timedelta,
    fine: timedelta,
) -> Iterator[tuple[Machine, Arrays]]:
    """The machines that lack readings, each with what it lacks."""
    todo = []
    for machine, sensor_ids in fleet:
        found = find_story(db, sensor_ids)
        if found is None or not found.is_complete:
            begun = found or Story(now_s - int(span.total_seconds()), now_s, is_complete=False)
            todo.append((machine, sensor_ids, begun, fine))
    with ThreadPoolExecutor(1) as worker:
        futures = [(each[0], worker.submit(_simulate, *each)) for each in todo[:1]]
        for place in range(len(todo)):
            machine, future = futures.pop(0)
            arrays = future.result()
            futures += [
                (each[0], worker.submit(_simulate, *each)) for each in todo[place + 1 : place + 2]
            ]
            yield machine, arrays


def _simulate(
    machine: Machine, sensor_ids: Mapping[str, int], story: Story, fine: timedelta
) -> Arrays:
    simulator = MachineSimulator(machine, story.start_s)
    fine_from = max(story.start_s, story.end_s - int(fine.total_seconds()))
    coarse = (story.start_s, fine_from, Resolution.MINUTE)
    return build_arrays(
        simulator, sensor_ids, [coarse, (fine_from, story.end_s, Resolution.SECOND)]
    )
