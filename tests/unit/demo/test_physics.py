"""The equations against what was measured on the rig."""

import numpy as np
import pytest

from hydrodiag.demo import physics
from hydrodiag.demo.fleet import limits_of
from hydrodiag.demo.machines import MACHINES, Machine
from hydrodiag.demo.sensors import SENSORS
from hydrodiag.demo.simulator import MachineSimulator, Resolution
from hydrodiag.demo.thermal import DAY_S

START_S = 1_790_000_000 // 86_400 * 86_400
RIG = next(machine for machine in MACHINES if machine.code == "bench-4")


def at(value: float) -> np.ndarray:
    return np.array([value])


def history(machine: Machine, days: float, resolution: Resolution) -> dict[str, np.ndarray]:
    end = START_S + int(days * DAY_S)
    times = np.arange(end - DAY_S, end, resolution.value, dtype=np.int64)
    readings = MachineSimulator(machine, START_S).readings(times, resolution)
    return {tag: values for tag, (_, values) in readings.items()}


def test_the_pump_delivers_what_the_rig_pump_delivered() -> None:
    flow = physics.pump_flow_lpm(at(146.0), at(45.0), at(0.0), 1.0)
    assert flow[0] == pytest.approx(7.8, abs=0.2)


def test_a_leak_of_a_quarter_litre_costs_three_percent_of_flow() -> None:
    healthy = physics.pump_flow_lpm(at(150.0), at(45.0), at(0.0), 1.0)
    leaking = physics.pump_flow_lpm(at(150.0), at(45.0), at(0.25), 1.0)
    assert 1 - leaking[0] / healthy[0] == pytest.approx(0.032, abs=0.005)


def test_what_leaks_more_leaves_through_the_case_drain() -> None:
    healthy = physics.case_drain_lpm(at(150.0), at(45.0), at(0.0), 1.0)
    leaking = physics.case_drain_lpm(at(150.0), at(45.0), at(0.36), 1.0)
    assert leaking[0] - healthy[0] == pytest.approx(0.36)


def test_the_relief_valve_holds_the_rig_pressure() -> None:
    assert physics.relief_pressure_bar(188.9, at(36.0))[0] == pytest.approx(191.0, abs=1.0)


def test_cooler_effectiveness_is_what_the_temperatures_say() -> None:
    inlet = physics.cooler_inlet_c(at(45.0))
    outlet = physics.cooler_outlet_c(inlet, at(22.6), at(0.277))
    assert (inlet - outlet)[0] / (inlet - 22.6)[0] == pytest.approx(0.277)


@pytest.mark.parametrize(("effectiveness", "expected_c"), [(0.472, 36.8), (0.277, 47.1)])
def test_the_heat_balance_settles_where_the_rig_did(
    effectiveness: float, expected_c: float
) -> None:
    """2.5 kW of losses at 36 degC, falling with temperature; ambient 22.6 degC."""
    temp = 30.0
    for _ in range(24 * 60):
        heat = 2.5 * (1 - 0.0035 * (temp - 36))
        removed = physics.heat_removed_kw(temp, 22.6, effectiveness, 1.0, is_cooling=True)
        temp += 60 * (heat - removed) / physics.RIG_THERMAL_MASS_KJ_PER_K
    assert temp == pytest.approx(expected_c, abs=1.0)


def test_vg46_oil_has_its_viscosities() -> None:
    assert physics.viscosity_cst(np.array([40.0, 100.0])) == pytest.approx([46.0, 6.8], rel=1e-6)
    assert physics.viscosity_cst(at(20.0))[0] > 100


def test_less_precharge_lets_the_pressure_fall_lower() -> None:
    charge = np.array([90.0, 80.0, 70.0])
    low = physics.accumulator_low_bar(at(214.0), charge, at(40.0), 0.28)
    assert (np.diff(low) < 0).all()
    assert low[0] < 214.0


def test_an_empty_accumulator_gives_nothing() -> None:
    low = physics.accumulator_low_bar(at(214.0), at(190.0), at(40.0), 0.28)
    assert low[0] < 190.0


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.code)
def test_the_machine_balances_its_energy(machine: Machine) -> None:
    """Hydraulic power never exceeds shaft power, and the oil stays in its working range."""
    values = history(machine, 3, Resolution.MINUTE)
    if machine.sensor_fault is None:  # it loses readings, so its channels do not line up
        hydraulic_kw = values["P_PUMP"] * values["Q_PUMP"] / 600
        assert (hydraulic_kw <= values["POWER"] + 0.3).all()
    assert values["T_TANK"].max() < 75
    assert values["T_TANK"].min() > 0


def test_a_late_valve_shows_in_the_second_of_its_step() -> None:
    """The mean of that second is the old pressure for as long as the valve is late."""
    late = history(RIG, 60, Resolution.SECOND)
    cycles = late["P_LOAD"].reshape(-1, RIG.cycle_s)
    share = 1 - cycles[:, 9] / cycles[:, 12:17].mean(axis=1)
    assert share.mean() * 1000 == pytest.approx(late["VALVE_DELAY"].mean(), abs=5)


def test_the_same_instant_always_has_the_same_reading() -> None:
    simulator = MachineSimulator(RIG, START_S)
    times = np.arange(START_S + 3600, START_S + 7200, dtype=np.int64)
    whole = simulator.readings(times, Resolution.SECOND)
    tail = MachineSimulator(RIG, START_S).readings(times[-60:], Resolution.SECOND)
    for tag in RIG.tags:
        assert np.array_equal(whole[tag][1][-60:], tail[tag][1])


STORIES = {
    "imm-2": ("T_TANK", 12.0),
    "hpu-3": ("Q_CASE", 4.0),
    "bench-4": ("VALVE_DELAY", 120.0),
    "shear-5": ("P_ACC_LOW", -5.0),
}


@pytest.mark.parametrize("code", STORIES)
def test_each_fault_grows_over_its_story(code: str) -> None:
    machine = next(each for each in MACHINES if each.code == code)
    tag, change = STORIES[code]
    first, last = (history(machine, days, Resolution.MINUTE)[tag].mean() for days in (2, 60))
    assert (last - first) / change > 1


@pytest.mark.parametrize(
    ("code", "tag", "side"),
    [
        ("imm-2", "T_TANK", 3),
        ("hpu-3", "Q_CASE", 1),
        ("bench-4", "VALVE_DELAY", 1),
        ("shear-5", "P_ACC_LOW", 0),
        ("press-1", "T_TANK", None),
    ],
)
def test_after_sixty_days_each_story_has_reached_its_limit(
    code: str, tag: str, side: int | None
) -> None:
    """`side`: warn low, warn high, critical low or critical high; None: inside all of them."""
    machine = next(each for each in MACHINES if each.code == code)
    limits = limits_of(machine, tag)
    values = history(machine, 60, Resolution.SECOND)[tag]
    crossed = [
        index
        for index, limit in enumerate(limits)
        if limit is not None and (values.max() > limit if index % 2 else values.min() < limit)
    ]
    assert crossed == ([] if side is None else [1, 3] if side == 3 else [side])


def test_the_failing_sensor_hangs_at_the_end() -> None:
    loader = next(each for each in MACHINES if each.sensor_fault)
    values = history(loader, 60, Resolution.MINUTE)["T_TANK"]
    assert np.ptp(values) < 1e-9
    assert np.ptp(history(loader, 5, Resolution.MINUTE)["T_TANK"]) > 2


def test_nothing_lies_outside_the_range_of_its_transmitter() -> None:
    for machine in MACHINES:
        for tag, values in history(machine, 60, Resolution.MINUTE).items():
            assert values.min() >= SENSORS[tag].valid_min
            assert values.max() <= SENSORS[tag].valid_max
