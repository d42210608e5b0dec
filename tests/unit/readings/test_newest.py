"""The whole fleet judged in arrays, against each sensor judged alone."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hydrodiag.readings.newest import (
    NEVER_US,
    NewestOfSystem,
    build_layout,
    judge,
    place,
)
from hydrodiag.readings.overview import check_limits
from hydrodiag.readings.windows import EPOCH, SECOND_US, from_us, to_us

NOW = EPOCH + timedelta(days=20_000)
NOW_US = to_us(NOW)
SYSTEMS, MOST_SENSORS = 60, 7


def draw_fleet(random: np.random.Generator) -> tuple[list[Any], list[Any]]:
    systems = [SimpleNamespace(id=id_) for id_ in range(1, SYSTEMS)]
    sensors = [
        draw_sensor(random, system.id)
        for system in systems
        for _ in range(random.integers(0, MOST_SENSORS))
    ]
    ids = random.permutation(len(sensors))
    for sensor, id_ in zip(sensors, ids, strict=True):
        sensor.id = int(id_)
    return systems, sensors


def draw_sensor(random: np.random.Generator, system_id: int) -> Any:
    def limit(low: float) -> float | None:
        return None if random.random() < 0.4 else float(low + random.integers(0, 10))

    return SimpleNamespace(
        system_id=system_id,
        sampling_interval_s=None if random.random() < 0.3 else float(random.choice([1, 600])),
        critical_low=limit(0), warn_low=limit(10), warn_high=limit(80), critical_high=limit(90),
    )  # fmt: skip


def draw_newest(random: np.random.Generator, n: int) -> tuple[Any, Any]:
    ages_s = random.choice([1, 200, 400, 2000, 4000], n)
    times_us = np.where(random.random(n) < 0.2, NEVER_US, NOW_US - ages_s * SECOND_US)
    return times_us, np.where(times_us == NEVER_US, np.nan, random.uniform(0, 100, n))


def judge_alone(sensors: Sequence[Any], times_us: Any, values: Any) -> dict[str, Any]:
    """What `judge` says of one system, by the words of the rule."""
    known = [each for each in zip(sensors, times_us, values, strict=True) if each[1] != NEVER_US]
    if not known:
        return {"newest_at": None, "is_silent": False, "worst": None}
    newest_us = max(at for _, at, _ in known)
    is_silent = NOW_US - newest_us > max(map(patience_us, sensors))
    crossed = [] if is_silent else list(cross(known, newest_us))
    worst = next((s for s, state in crossed if state == "critical"), None) or next(
        (s for s, _ in crossed), None
    )
    newest_at = from_us(int(newest_us))
    return {"newest_at": newest_at, "is_silent": is_silent, "worst": worst}


def cross(known: Sequence[Any], newest_us: int) -> Iterator[tuple[Any, str]]:
    for sensor, at, value in known:
        crossing = check_limits(sensor, value)
        if crossing and newest_us - at <= patience_us(sensor):
            yield sensor, crossing.state


def patience_us(sensor: Any) -> int:
    return int(max(5 * (sensor.sampling_interval_s or 0), 300) * SECOND_US)


@pytest.mark.parametrize("seed", range(5))
def test_all_at_once_is_each_one_alone(seed: int) -> None:
    random = np.random.default_rng(seed)
    systems, sensors = draw_fleet(random)
    times_us, values = draw_newest(random, len(sensors))
    judged = judge(build_layout(systems, sensors), times_us, values, NOW)
    owners = np.array([each.system_id for each in sensors])
    assert set(judged) == set(owners.tolist())
    for id_, newest in judged.items():
        of = np.flatnonzero(owners == id_)
        alone = judge_alone([sensors[place_] for place_ in of], times_us[of], values[of])
        assert {name: getattr(newest, name) for name in alone} == alone
        assert (newest.system.id, newest.sensor_count) == (id_, len(of))


def test_newest_readings_find_their_sensors_and_others_are_left_out() -> None:
    sensors = [draw_sensor(np.random.default_rng(0), 1) for _ in range(3)]
    for sensor, id_ in zip(sensors, (7, 3, 5), strict=True):
        sensor.id = id_
    layout = build_layout([SimpleNamespace(id=1)], sensors)
    ids = np.array([1, 3, 4, 7, 9])
    times_us, values = place(layout, ids, ids * SECOND_US, ids * 10.0)
    assert times_us.tolist() == [7 * SECOND_US, 3 * SECOND_US, NEVER_US]
    assert values[:2].tolist() == [70.0, 30.0]
    assert np.isnan(values[2])


def test_a_fleet_without_sensors_or_readings_is_no_error() -> None:
    system = SimpleNamespace(id=1)
    layout = build_layout([system], [])
    nothing = np.empty(0, np.int64)
    assert judge(layout, *place(layout, nothing, nothing, np.empty(0)), NOW) == {}
    sensor = SimpleNamespace(**{**vars(draw_sensor(np.random.default_rng(0), 1)), "id": 1})
    layout = build_layout([system], [sensor])
    judged = judge(layout, *place(layout, nothing, nothing, np.empty(0)), NOW)
    assert (judged[1].newest_at, judged[1].is_silent, judged[1].worst) == (None, False, None)
    assert isinstance(judged[1], NewestOfSystem)
