"""The demo machines as frames, without a database."""

import numpy as np

from hydrodiag.demo.fleet import build_sensor
from hydrodiag.demo.machines import Machine
from hydrodiag.demo.sensors import COMPONENTS, SENSORS
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.diagnostics.records import Channel, Frame
from hydrodiag.diagnostics.roles import guess_roles
from hydrodiag.fleet import Component, Sensor

MINUTE_S = 60


def build_channels(machine: Machine) -> dict[str, Channel]:
    ids = {code: number for number, code in enumerate(COMPONENTS, 1)}
    components = [
        Component(id=ids[code], system_id=1, code=code, name=name, kind=kind)
        for code, (name, kind) in COMPONENTS.items()
    ]
    sensors = []
    for number, tag in enumerate(machine.tags, 1):
        draft = build_sensor(machine, tag, ids[SENSORS[tag].component])
        sensors.append(Sensor(id=number, system_id=1, created_at=None, **vars(draft)))  # type: ignore[arg-type]
    return guess_roles(sensors, components)


def load_frame(simulator: MachineSimulator, start_s: int, length_s: int) -> Frame:
    """By the minute; a minute's lowest and highest are its mean, as the simulator gives no more."""
    times_s = np.arange(start_s, start_s + length_s, MINUTE_S, dtype=np.int64)
    readings = simulator.readings(times_s, Resolution.MINUTE)
    roles = {channel.tag: role for role, channel in build_channels(simulator.machine).items()}
    mean = {}
    for tag, (seen_s, values) in readings.items():
        resolution = SENSORS[tag].resolution
        told = np.full(len(times_s), np.nan)
        told[(seen_s - start_s) // MINUTE_S] = np.round(values / resolution) * resolution
        mean[roles[tag]] = told
    count = {role: np.isfinite(values) * 60.0 for role, values in mean.items()}
    instants = (times_s * 1_000_000).astype("datetime64[us]")
    return Frame(instants, MINUTE_S, mean, mean, mean, count)
