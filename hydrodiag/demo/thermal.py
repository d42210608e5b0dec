"""The slow state: oil temperature from the story's beginning on, in steps of five minutes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hydrodiag.demo import physics
from hydrodiag.demo.machines import Machine, Phase

Array = NDArray[np.float64]
STEP_S = 300
DAY_S = 86_400


@dataclass
class OilTemperature:
    """Integrates Cth dT/dt = heat - cooler - walls; remembers what it has integrated.

    The heat is the machine's mean shaft power over a working cycle, times its waste share.
    """

    machine: Machine
    start_s: int

    def __post_init__(self) -> None:
        self._grid = np.array([self.start_s], np.int64)
        self._temps = np.array([self.machine.ambient_c + 14.0])
        self._mass = self.machine.scale * physics.RIG_THERMAL_MASS_KJ_PER_K

    def at(self, times_s: NDArray[np.int64]) -> Array:
        """Oil temperature in degC at instants not before the story's start."""
        last = int(times_s.max())
        if last > self._grid[-1]:
            self._integrate_to(last + STEP_S)
        return np.asarray(np.interp(times_s, self._grid, self._temps))

    def _integrate_to(self, end_s: int) -> None:
        first = int(self._grid[-1])
        grid = np.arange(first + STEP_S, end_s + STEP_S, STEP_S, dtype=np.int64)
        ambient = ambient_c(self.machine, grid)
        is_working = works_at(self.machine, grid)
        day = (grid - self.start_s) / DAY_S
        cooler, leak = self.machine.faults.cooler(day), self.machine.faults.leak(day)
        temps = np.empty(len(grid))
        temp = float(self._temps[-1])
        for index in range(len(grid)):
            working = bool(is_working[index])
            heat = self._heat_kw(temp, float(leak[index])) if working else 0.0
            removed = physics.heat_removed_kw(
                temp, ambient[index], cooler[index], self.machine.scale, is_cooling=working
            )
            temp += STEP_S * (heat - removed) / self._mass
            temps[index] = temp
        self._grid = np.concatenate([self._grid, grid])
        self._temps = np.concatenate([self._temps, temps])

    def _heat_kw(self, temp_c: float, leak: float) -> float:
        """Mean shaft power times waste; the weak dependence on temperature as on the rig."""
        power = mean_power_kw(self.machine) + self.machine.scale * leak * 0.12
        return self.machine.waste * power * (1 - 0.0035 * (temp_c - physics.REFERENCE_TEMP_C))


def mean_power_kw(machine: Machine) -> float:
    """Shaft power of a healthy machine at 36 degC, averaged over the working cycle."""
    total = 0.0
    temp, none = np.array(physics.REFERENCE_TEMP_C), np.array(0.0)
    for phase in machine.cycle:
        pressure = phase_pressure_bar(machine, phase, temp)
        total += phase.seconds * float(physics.motor_power_kw(pressure, temp, none, machine.scale))
    return total / machine.cycle_s


def phase_pressure_bar(machine: Machine, phase: Phase, oil_temp_c: Array) -> Array:
    """Pump pressure in a phase: what the load asks for, at most what the relief valve allows."""
    relief = physics.relief_pressure_bar(machine.relief_bar, oil_temp_c)
    if phase.is_hold:
        return relief
    return np.minimum(physics.pump_pressure_bar(np.full_like(relief, phase.load_bar)), relief)


def ambient_c(machine: Machine, times_s: NDArray[np.int64]) -> Array:
    """Day and night, and the weather of about a week."""
    daily = 4.0 * np.sin(2 * np.pi * (times_s / DAY_S - 0.375))
    weather = 2.5 * np.sin(2 * np.pi * times_s / (6.3 * DAY_S) + machine.seed % 7)
    return np.asarray(machine.ambient_c + daily + weather)


def works_at(machine: Machine, times_s: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the machine works, by its shift; 1970-01-01 was a Thursday."""
    hour = (times_s % DAY_S) / 3600
    weekday = (times_s // DAY_S + 3) % 7
    shift = machine.shift
    is_open = (hour >= shift.start_h) & (hour < shift.end_h)
    return np.asarray(is_open & np.isin(weekday, shift.weekdays))
