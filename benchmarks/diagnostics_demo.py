"""The demo machines' stories as the diagnostics see them, and how often healthy machines alarm.

    python -m benchmarks diagnostics_demo

Each machine is simulated by the minute for 60 days, its first days are the healthy span, and the
engine looks every hour at the three days before, as the job does. Healthy machines are variants of
the demo fleet without faults: other seeds, cold starts, day and night, weather, and one reading in
a hundred lost.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from hydrodiag.demo.fleet import list_nominal
from hydrodiag.demo.machines import MACHINES, Faults, Machine
from hydrodiag.demo.noise import uniform
from hydrodiag.demo.simulator import MachineSimulator
from hydrodiag.diagnostics.baseline import learn_baseline
from hydrodiag.diagnostics.engine import Setup, assess, compute_steps
from hydrodiag.diagnostics.records import (
    Assessment,
    FindingKey,
    Frame,
    Severity,
)
from tests.demo_frames import build_channels, load_frame

START_S = 1_780_000_000 // 86_400 * 86_400
DAY_S = 86_400
LOOK_BACK_H, EVERY_H = 72, 1
BASELINE_DAYS = 5


@dataclass
class Told:
    """First day of each severity by what was found."""

    first: dict[tuple[FindingKey, Severity], float] = field(default_factory=dict)
    took_s: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--healthy", type=int, default=8, help="healthy machines")
    options = parser.parse_args()
    for machine in MACHINES:
        show_story(machine, follow(machine, options.days))
    count_false_alarms(options.healthy, options.days)


def follow(machine: Machine, days: int, lost: float = 0.0) -> Told:
    simulator = MachineSimulator(machine, START_S)
    channels, nominal = build_channels(machine), list_nominal(machine)
    frame = load_frame(simulator, START_S, days * DAY_S)
    if lost:
        frame = lose(frame, machine, lost)
    learned = compute_steps(cut(frame, 0, BASELINE_DAYS * 24), channels, nominal)
    setup = Setup(channels, learn_baseline(learned), nominal)
    told = Told()
    began = time.perf_counter()
    for day, assessment in look(frame, setup, days * 24):
        note(told, assessment, day)
    told.took_s = time.perf_counter() - began
    return told


def look(frame: Frame, setup: Setup, hours: int) -> Iterator[tuple[float, Assessment]]:
    """Every hour at the three days before, going on from what was found before."""
    for hour in range(BASELINE_DAYS * 24, hours, EVERY_H):
        part = cut(frame, max(0, hour - LOOK_BACK_H), hour)
        assessment = assess(compute_steps(part, setup.channels, setup.nominal), setup)
        yield hour / 24, assessment
        ongoing = {each.key: each.severity for each in assessment.findings if each.severity}
        setup = replace(setup, ongoing={**keep(setup, assessment), **ongoing})


def keep(setup: Setup, assessment: Assessment) -> dict[FindingKey, Severity]:
    """What could not be assessed goes on."""
    told = {each.key for each in assessment.findings}
    return {key: severity for key, severity in setup.ongoing.items() if key not in told}


def note(told: Told, assessment: Assessment, day: float) -> None:
    for each in assessment.findings:
        if each.severity:
            place = (each.key, each.severity)
            if place not in told.first:
                told.first[place] = day


def cut(frame: Frame, start_h: int, end_h: int) -> Frame:
    part = slice(start_h * 60, end_h * 60)
    arrays = (
        {role: values[part] for role, values in each.items()}
        for each in (frame.mean, frame.low, frame.high, frame.count)
    )
    return Frame(frame.times[part], frame.step_s, *arrays)


def lose(frame: Frame, machine: Machine, share: float) -> Frame:
    seconds = np.arange(len(frame.times), dtype=np.int64)
    mean = {
        role: np.where(uniform(seconds, machine.seed + place) < share, np.nan, values)
        for place, (role, values) in enumerate(frame.mean.items())
    }
    return replace(frame, mean=mean)


def show_story(machine: Machine, told: Told) -> None:
    print(f"{machine.code}: {machine.description} ({told.took_s:.1f} s)")
    for (key, severity), day in sorted(told.first.items(), key=lambda each: each[1]):
        print(f"    day {day:5.1f}  {severity.name.lower():<9} {key.component}: {key.mode}")


def count_false_alarms(machines: int, days: int) -> None:
    alarms: Counter[str] = Counter()
    healthy_days, took_s = 0.0, 0.0
    for number in range(machines):
        model = MACHINES[number % len(MACHINES)]
        machine = replace(
            model, code=f"healthy-{number}", sensor_fault=None,
            faults=Faults(clogging=lambda day: 1 + 0.012 * np.mod(day + 15, 40)),
            ambient_c=model.ambient_c + 2 * (number % 3 - 1), waste=0.6,
        )  # fmt: skip
        told = follow(machine, days, lost=0.01)
        healthy_days += days - BASELINE_DAYS
        took_s += told.took_s
        for key, severity in told.first:
            alarms[f"{key.component}: {key.mode} ({severity.name.lower()})"] += 1
    print(f"{machines} healthy machines, {healthy_days:.0f} machine-days, "
          f"{healthy_days / took_s:.0f} machine-days/s at a look an hour")  # fmt: skip
    for name, count in alarms.most_common():
        print(f"    {name}: {count} = {count / healthy_days:.4f} per machine-day")
    print(f"    in all {sum(alarms.values()) / healthy_days:.4f} per machine-day")


if __name__ == "__main__":
    main()
