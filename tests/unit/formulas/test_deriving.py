from datetime import timedelta

import pandas as pd
import pytest

from hydrodiag.fleet import Sensor
from hydrodiag.formulas import Derived, Formula, derive, estimate_resolution, read_formulas
from hydrodiag.readings.series import Series
from tests.unit.ui.measured import SECOND, START, sensor_of, series_of

P1 = sensor_of("P1", resolution=0.1)
P2 = sensor_of("P2")
T1 = sensor_of("T1", "temperature", "°C", resolution=0.5)
SENSORS = {sensor.tag: sensor for sensor in (P1, P2, T1)}
MINUTE = timedelta(minutes=1)


def formula_of(line: str) -> Formula:
    (formula,) = read_formulas(line, {tag: each.unit for tag, each in SENSORS.items()}).formulas
    return formula


def joined(*parts: Series) -> Series:
    frame = pd.concat([each.frame for each in parts], ignore_index=True)
    return Series(frame, parts[0].source, parts[0].bucket, 0)


def known(derived: Derived) -> pd.DataFrame:
    return derived.frame.dropna(subset="mean")


def test_a_formula_stands_on_the_means_of_its_slowest_sensor() -> None:
    shown = joined(
        series_of({P1: [10.0] * 20 + [20.0] * 20}), series_of({P2: [1.0, 2.0]}, step=20 * SECOND)
    )
    found = derive(formula_of("a = P1 - P2"), SENSORS, shown)
    assert (found.step, found.frame["mean"].tolist()) == (20 * SECOND, [9, 18])


def test_operands_are_brought_to_the_moments_of_what_they_are_shown_with() -> None:
    shown = series_of({P1: [float(second) for second in range(60)]})
    found = derive(formula_of("a = P1 * 2"), SENSORS, shown, 20 * SECOND)
    assert found.step == 20 * SECOND
    assert known(found)["time"].tolist() == [START + place * 20 * SECOND for place in range(3)]
    assert known(found)["mean"].tolist() == pytest.approx([19, 59, 99])


def test_operands_read_at_other_moments_meet_in_a_step() -> None:
    shown = joined(
        series_of({P1: [1.0, 2.0, 3.0]}),
        series_of({P2: [10.0, 20.0, 30.0]}, start=START + 1.4 * SECOND),
    )
    found = derive(formula_of("a = P1 + P2"), SENSORS, shown)
    assert known(found)["mean"].tolist() == [12, 23]
    assert known(found)["time"].tolist() == [START + SECOND, START + 2 * SECOND]


def test_a_mean_counts_as_often_as_its_rarest_sensor_was_read() -> None:
    shown = series_of({P1: [1.0, 2.0], P2: [1.0, 2.0]}, step=MINUTE, bucket=MINUTE)
    shown.frame["n"] = [60, 60, 60, 7]
    found = derive(formula_of("a = P1 + P2"), SENSORS, shown)
    assert known(found)["n"].tolist() == [60, 7]


def test_a_sensor_without_readings_is_named() -> None:
    found = derive(formula_of("a = P1 + P2"), SENSORS, series_of({P1: [1.0]}))
    assert (found.missing, found.step, found.frame.empty) == (("P2",), None, True)
    assert list(found.frame) == ["time", "mean", "n"]


@pytest.mark.parametrize(
    ("line", "sensor", "expected"),
    [
        ("a = P1 * 2", P1, 0.2),
        ("a = P1 in MPa", P1, 0.01),
        ("a = T1 - 40 °C", T1, 0.5),
        ("a = 1 / (P1 * 0)", P1, 0),
        ("a = P2 * 2", P2, 0),
    ],
)
def test_a_result_moves_by_steps_as_its_sensors_do(
    line: str, sensor: Sensor, expected: float
) -> None:
    shown = series_of({sensor: [10.0, 11.0, 12.0]})
    found = estimate_resolution(formula_of(line), SENSORS, shown)
    assert found == pytest.approx(expected)


def test_the_coarsest_of_its_sensors_says_the_steps_of_a_result() -> None:
    shown = series_of({P1: [10.0], T1: [50.0]})
    line = "a = P1 * (T1 - 40 °C) / 1 K"
    assert estimate_resolution(formula_of(line), SENSORS, shown) == pytest.approx(5)
