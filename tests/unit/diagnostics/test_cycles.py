"""Indicators of working cycles, on a simulated rig."""

import numpy as np
import pytest

from hydrodiag.diagnostics.cycles.shape import OPTIONAL_ROLES, ROLES
from hydrodiag.diagnostics.cycles.stepping import build_steps, compute_cycle_steps
from hydrodiag.diagnostics.records import Floats, Frame, Steps
from tests.rig import simulate

OIL_C = np.linspace(38, 54, 8)
START = np.datetime64("2026-06-01T00:00:00", "us")


def steps_of(**conditions: object) -> Steps:
    cycles = simulate(OIL_C, **conditions)  # type: ignore[arg-type]
    return build_steps(cycles, START + np.arange(len(cycles)) * np.timedelta64(60_000_000, "us"))


def frame_of(**conditions: object) -> Frame:
    cycles = simulate(OIL_C, **conditions)  # type: ignore[arg-type]
    mean: dict[str, Floats] = {
        role: cycles[name].ravel() / factor
        for name, (role, factor) in {**ROLES, **OPTIONAL_ROLES}.items()
    }
    times = START + np.arange(len(cycles) * 60) * np.timedelta64(1_000_000, "us")
    return Frame(times, 1.0, mean, mean, mean, mean)


@pytest.mark.parametrize(("valve", "delay_ms"), [(100, 272), (90, 340), (80, 448), (73, 580)])
def test_the_opening_delay_is_read_from_means_of_a_second(valve: int, delay_ms: float) -> None:
    assert steps_of(valve=valve).values["valve_delay_ms"] == pytest.approx(delay_ms, abs=15)


def test_a_leaking_pump_costs_flow_and_efficiency_and_draws_more_at_relief() -> None:
    healthy, leaking = steps_of().values, steps_of(pump=2).values
    assert np.all(leaking["pump_flow_lpm"] < 0.97 * healthy["pump_flow_lpm"])
    assert np.all(leaking["efficiency_pct"] < healthy["efficiency_pct"] - 3)
    assert np.all(leaking["relief_kw"] > 1.01 * healthy["relief_kw"])


def test_a_fouled_cooler_is_less_effective_whatever_the_temperature() -> None:
    assert steps_of(cooler=20).values["cooler_effectiveness_pct"] == pytest.approx(27.7, abs=0.5)


def test_an_accumulator_with_less_gas_exchanges_less_oil() -> None:
    full, empty = steps_of().values, steps_of(precharge_bar=90).values
    assert np.all(empty["exchange_closing_lpm_s"] < full["exchange_closing_lpm_s"])
    assert np.all(np.abs(empty["exchange_39s_lpm_s"]) < np.abs(full["exchange_39s_lpm_s"]))


def test_while_the_load_valve_hangs_pump_and_accumulator_are_not_told() -> None:
    values = steps_of(is_stuck=True).values
    assert np.all(values["load_valve_hangs"] == 1)
    for name in ("efficiency_pct", "pump_flow_lpm", "exchange_29s_lpm_s"):
        assert not np.isfinite(values[name]).any()
    assert np.isfinite(values["valve_delay_ms"]).all()


def test_the_efficiency_factor_that_its_own_formula_denies_shows() -> None:
    given = frame_of()
    assert np.nanmax(compute_cycle_steps(given).values["efficiency_factor_off_pct"]) < 0.2
    given.mean["efficiency_factor"][:] *= 1.03
    assert compute_cycle_steps(given).values["efficiency_factor_off_pct"] == pytest.approx(3, abs=1)


def test_a_cycle_with_a_gap_says_nothing_and_its_neighbours_do() -> None:
    given = frame_of()
    given.mean["p_pump"][70] = np.nan
    steps = compute_cycle_steps(given)
    assert list(np.flatnonzero(steps.states == "unknown")) == [1]
    assert not any(np.isfinite(values[1]) for values in steps.values.values())
    assert np.isfinite(steps.values["efficiency_pct"][2])


def test_a_machine_without_the_optional_sensors_is_told_what_the_others_allow() -> None:
    given = frame_of()
    needed = {role: given.mean[role] for role, _ in ROLES.values()}
    steps = compute_cycle_steps(Frame(given.times, 1.0, needed, needed, needed, needed))
    assert "cooling_kw" not in steps.values
    assert np.isfinite(steps.values["valve_delay_ms"]).all()
