"""Key figures against numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from hydrodiag.diagnostics.baseline import Baseline, Expectation
from hydrodiag.diagnostics.figures import (
    HEALTHY,
    Change,
    Figure,
    Told,
    cut,
    measure,
    tell_figures,
)
from hydrodiag.diagnostics.records import Frame

from .frames import MINUTE, START, channel

HOURS = 2
STEADY = {
    "p_pump": 150.0, "q_pump": 80.0, "q_case": 8.0, "power": 25.0, "t_tank": 40.0,
    "t_cooler_in": 50.0, "t_cooler_out": 38.0, "t_ambient": 20.0, "dp_filter": 1.1,
}  # fmt: skip
LIMIT = {"filter_limit_bar": 2.2}


def steady(**roles: float | np.ndarray) -> Frame:
    count = HOURS * 60
    mean = {
        role: np.broadcast_to(np.asarray(value, float), (count,)).copy()
        for role, value in {**STEADY, **roles}.items()
    }
    received = {role: np.full(count, 60.0) for role in mean}
    return Frame(START + MINUTE * np.arange(count), 60.0, mean, mean, mean, received)


def without(frame: Frame, *roles: str) -> Frame:
    kept = {role: values for role, values in frame.mean.items() if role not in roles}
    return replace(frame, mean=kept)


def healthy(**levels: float) -> Baseline:
    plain = {
        name: Expectation((), level, (), (), (), (), 1.0, 100) for name, level in levels.items()
    }
    return Baseline(plain, "", "")


def tell(
    frame: Frame, nominal: dict[str, float] | None = None, baseline: Baseline | None = None
) -> dict[str, Figure]:
    """The second hour, compared with the first."""
    told = {**LIMIT, **(nominal or {})}
    minutes = measure(frame, told, baseline)
    channels = {role: channel(role) for role in frame.mean}
    now, before = cut(minutes, slice(60, None)), cut(minutes, slice(None, 60))
    return {each.id: each for each in tell_figures(Told(now, before, channels, told, "before"))}


def halves(first: float, second: float) -> np.ndarray:
    return np.repeat([first, second], 60)


def test_each_figure_of_a_steady_machine() -> None:
    found = {key: each.value for key, each in tell(steady()).items()}
    assert found == {
        "hydraulic_power": pytest.approx(20.0),  # 150 · 80 / 600
        "efficiency": pytest.approx(80.0),  # 20 / 25
        "volumetric": pytest.approx(100 * 80 / 88),
        "cooler": pytest.approx(40.0),  # 12 of 30 K
        "clogging": pytest.approx(50.0),  # VG 46 is 46 cSt at 40 °C: 1.1 of 2.2
        "duty": pytest.approx(100.0),
        "energy": pytest.approx(25 / 4.8),  # 80 l/min are 4.8 m³/h
    }


def test_formulas_name_the_sensors_and_settings_of_the_machine() -> None:
    found = tell(steady())
    assert found["hydraulic_power"].formula.startswith("P_PUMP [bar] · Q_PUMP [l/min] / 600")
    assert "/ 2.2 bar" in found["clogging"].formula
    assert all(each.source for each in found.values())


def test_the_volumetric_efficiency_prefers_displacement_and_speed() -> None:
    found = tell(steady(), {"displacement_cm3": 60, "speed_rpm": 1480})["volumetric"]
    assert found.value == pytest.approx(100 * 80 / 88.8)
    assert "60 cm³ · 1480 1/min" in found.formula


def test_without_case_drain_the_flow_is_held_against_the_healthy_span() -> None:
    frame = without(steady(), "q_case")
    found = tell(frame, baseline=healthy(pump_flow_lpm=100.0))["volumetric"]
    assert found.value == pytest.approx(80.0)
    assert found.changes[0] == Change(pytest.approx(-20.0), "points", HEALTHY)


def test_what_is_missing_is_named_way_by_way() -> None:
    figure = tell(without(steady(), "q_case", "t_ambient"))
    assert figure["volumetric"].value is None
    assert figure["volumetric"].why_not == (
        "Needs the displacement of the pump and its speed, or a sensor for case drain flow, or "
        "a healthy span that was learned. See Setup below."
    )
    assert figure["cooler"].why_not == "Needs a sensor for ambient temperature. See Setup below."


def test_changes_against_the_healthy_span_and_the_window_before() -> None:
    frame = steady(t_cooler_out=halves(38.0, 41.0))
    figure = tell(frame, baseline=healthy(cooler_effectiveness_pct=42.0))["cooler"]
    assert figure.value == pytest.approx(30.0)
    assert figure.changes == (
        Change(pytest.approx(-12.0), "points", HEALTHY),
        Change(pytest.approx(-10.0), "points", "before"),
    )


def test_clogging_is_shown_at_the_healthy_flow() -> None:
    figure = tell(steady(), baseline=healthy(filter_drop_bar=0.55, pump_flow_lpm=100.0))
    clogging = figure["clogging"]
    assert clogging.value == pytest.approx(62.5)  # 50 % at 80 l/min, at 100 l/min
    assert clogging.changes[0].value == pytest.approx(62.5 - 25)
    assert clogging.is_high_bad


def test_without_oil_temperature_the_drop_is_taken_as_it_is() -> None:
    assert tell(without(steady(dp_filter=1.65), "t_tank"))["clogging"].value == pytest.approx(75.0)


def test_duty_counts_known_minutes_and_the_rest_those_at_work() -> None:
    pressure = np.full(120, 150.0)
    pressure[60:80] = 0.0
    pressure[80:90] = np.nan
    found = tell(steady(p_pump=pressure))
    assert found["duty"].value == pytest.approx(60.0)  # 30 of 50 minutes
    assert found["hydraulic_power"].value == pytest.approx(20.0)


def test_a_machine_at_rest_has_no_figures_but_its_duty() -> None:
    found = tell(steady(p_pump=halves(150.0, 0.0)))
    assert found["duty"].value == 0
    assert found["efficiency"].value is None
    assert found["efficiency"].why_not == (
        "In this window the machine worked under load for less than 5 minutes."
    )


def test_a_silent_sensor_is_named() -> None:
    found = tell(steady(power=halves(25.0, np.nan)))["efficiency"]
    assert found.why_not == "POWER told nothing while the machine worked in this window."
    assert found.value is None
