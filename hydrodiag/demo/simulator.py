"""Readings of a machine at given instants.

Fast values are quasi-static within the working cycle: `Resolution.SECOND` gives means over one
second, in which a late valve shows as the share of the old value in the second of the step;
`Resolution.MINUTE` gives means over the minute.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from hydrodiag.demo import physics
from hydrodiag.demo.machines import Machine
from hydrodiag.demo.noise import normal, uniform
from hydrodiag.demo.sensors import SENSORS
from hydrodiag.demo.thermal import (
    DAY_S,
    OilTemperature,
    ambient_c,
    phase_pressure_bar,
    works_at,
)

Array = NDArray[np.float64]
Times = NDArray[np.int64]
DRAWN_SHARE = 0.28
CHARGED_SHARE = 0.93
CLEAN_FILTER_BAR = 0.3
# Measured once a working cycle: nothing to report while the machine rests.
ONLY_WORKING = ("P_ACC_LOW", "VALVE_DELAY")
RADIO_GAPS = 0.01
DRIFT_FROM_DAY, STUCK_FROM_DAY = 40.0, 57.0
DRIFT_K_PER_DAY = 0.35


class Resolution(Enum):
    SECOND = 1
    MINUTE = 60


@dataclass(frozen=True)
class State:
    """What holds for a whole cycle: slow states and faults at each instant."""

    oil_c: Array
    ambient_c: Array
    day: Array
    is_working: NDArray[np.bool_]
    leak: Array
    cooler: Array


class MachineSimulator:
    def __init__(self, machine: Machine, start_s: int) -> None:
        self.machine = machine
        self.start_s = start_s
        self._oil = OilTemperature(machine, start_s)

    def readings(self, times_s: Times, resolution: Resolution) -> dict[str, tuple[Times, Array]]:
        """Tag -> (instants, values); an instant is missing where nothing was received."""
        state = self._state(times_s)
        values = self._values(times_s, state, resolution)
        found = {}
        for place, tag in enumerate(self.machine.tags):
            noisy = values[tag] + SENSORS[tag].noise * self._noise(times_s, place, resolution)
            seen = self._as_sensed(tag, times_s, state, noisy)
            is_received = self._received(times_s, place)
            if tag in ONLY_WORKING:
                is_received &= state.is_working
            found[tag] = (times_s[is_received], _within(tag, seen)[is_received])
        return found

    def _state(self, times_s: Times) -> State:
        day = (times_s - self.start_s) / DAY_S
        faults = self.machine.faults
        return State(
            oil_c=self._oil.at(times_s),
            ambient_c=ambient_c(self.machine, times_s),
            day=day,
            is_working=works_at(self.machine, times_s),
            leak=faults.leak(day),
            cooler=faults.cooler(day),
        )

    def _values(self, times_s: Times, state: State, resolution: Resolution) -> dict[str, Array]:
        fast = self._over_cycle(times_s, state, resolution)
        working = state.is_working
        inlet = np.where(working, physics.cooler_inlet_c(state.oil_c), state.oil_c)
        outlet = physics.cooler_outlet_c(inlet, state.ambient_c, state.cooler)
        flow_share = fast["Q_PUMP"] / (self.machine.scale * physics.RIG_FLOW_LPM)
        faults = self.machine.faults
        charged = np.full_like(state.oil_c, self.machine.relief_bar * CHARGED_SHARE)
        low = physics.accumulator_low_bar(
            charged, faults.precharge_bar(state.day), state.oil_c, DRAWN_SHARE
        )
        clogging = faults.clogging(state.day)
        return {
            **fast,
            "P_ACC_LOW": low,
            "T_TANK": state.oil_c,
            "T_COOLER_IN": inlet,
            "T_COOLER_OUT": outlet,
            "T_AMBIENT": state.ambient_c,
            "DP_FILTER": physics.filter_drop_bar(
                CLEAN_FILTER_BAR, state.oil_c, flow_share, clogging
            ),
            "LEVEL": 72.0 + 0.06 * (state.oil_c - 40.0) - 0.02 * state.day,
            "VALVE_DELAY": faults.valve_ms(state.day),
        }

    def _over_cycle(self, times_s: Times, state: State, resolution: Resolution) -> dict[str, Array]:
        """Pressures, flows and power: a weighted mean over the phases of the cycle."""
        weights = self._phase_weights(times_s, state, resolution)
        totals = {
            tag: np.zeros(len(times_s)) for tag in ("P_PUMP", "P_LOAD", "Q_PUMP", "Q_CASE", "POWER")
        }
        for index, weight in enumerate(weights):
            for tag, value in self._phase_values(index, state).items():
                totals[tag] += weight * value
        return {tag: np.where(state.is_working, value, 0.0) for tag, value in totals.items()}

    def _phase_values(self, index: int, state: State) -> dict[str, Array]:
        phase, scale = self.machine.cycle[index], self.machine.scale
        load = np.full_like(state.oil_c, phase.load_bar)
        pump = phase_pressure_bar(self.machine, phase, state.oil_c)
        flow = physics.pump_flow_lpm(pump, state.oil_c, state.leak, scale)
        return {
            "P_PUMP": pump,
            "P_LOAD": load,
            "Q_PUMP": np.zeros_like(flow) if phase.is_hold else flow,
            "Q_CASE": physics.case_drain_lpm(pump, state.oil_c, state.leak, scale),
            "POWER": physics.motor_power_kw(pump, state.oil_c, state.leak, scale),
        }

    def _phase_weights(self, times_s: Times, state: State, resolution: Resolution) -> list[Array]:
        """Share of each phase in each reading."""
        lengths = np.array([phase.seconds for phase in self.machine.cycle])
        if resolution is Resolution.MINUTE:
            return [np.full(len(times_s), length / lengths.sum()) for length in lengths]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        second = times_s % self.machine.cycle_s
        current = np.searchsorted(starts, second, side="right") - 1
        delay_s = self.machine.faults.valve_ms(state.day) / 1000
        new = np.where(second == starts[current], np.clip(1 - delay_s, 0, 1), 1.0)
        before = (current - 1) % len(lengths)
        return [
            np.where(current == index, new, 0.0) + np.where(before == index, 1 - new, 0.0)
            for index in range(len(lengths))
        ]

    def _noise(self, times_s: Times, place: int, resolution: Resolution) -> Array:
        """A mean over a minute is quieter, but not by the root of 60: part of it is slow."""
        share = 1.0 if resolution is Resolution.SECOND else 0.4
        return share * normal(times_s, self.machine.seed + 101 * place)

    def _as_sensed(self, tag: str, times_s: Times, state: State, values: Array) -> Array:
        """The failing sensor drifts upwards and in the end hangs at one value."""
        if tag != self.machine.sensor_fault:
            return values
        drift = DRIFT_K_PER_DAY * np.maximum(state.day - DRIFT_FROM_DAY, 0.0)
        stuck_at = self.start_s + int(STUCK_FROM_DAY * DAY_S)
        hanging = float(self._oil.at(np.array([stuck_at]))[0]) + DRIFT_K_PER_DAY * (
            STUCK_FROM_DAY - DRIFT_FROM_DAY
        )
        return np.where(times_s >= stuck_at, hanging, values + drift)

    def _received(self, times_s: Times, place: int) -> NDArray[np.bool_]:
        """A machine on radio loses one reading in a hundred."""
        if self.machine.sensor_fault is None:
            return np.ones(len(times_s), np.bool_)
        return uniform(times_s, self.machine.seed + 977 * place) >= RADIO_GAPS


def _within(tag: str, values: Array) -> Array:
    """A transmitter cannot report outside its range."""
    return np.clip(values, SENSORS[tag].valid_min, SENSORS[tag].valid_max)
