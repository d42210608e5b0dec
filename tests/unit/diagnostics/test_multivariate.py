"""Principal components of healthy steps rank and explain."""

import numpy as np
import pytest

from hydrodiag.diagnostics.multivariate import learn_shape
from hydrodiag.errors import InvalidInput

NAMES = ("pressure", "flow", "power", "vibration")


def healthy(count: int) -> np.ndarray:
    """Pressure, flow and power move together; vibration on its own."""
    chance = np.random.default_rng(3)
    load = chance.normal(0, 1, count)
    noise = chance.normal(0, 0.1, (count, 4))
    vibration = chance.normal(0, 1, count)
    return np.column_stack([150 + 10 * load, 80 - 2 * load, 30 + 2 * load, 1 + 0.1 * vibration]) + (
        noise * [10, 2, 2, 0.1]
    )


def test_a_broken_relation_shows_in_spe_and_names_its_indicator() -> None:
    shape = learn_shape(healthy(400), NAMES)
    told = healthy(5)
    told[0, 1] += 6
    spe = shape.score_spe(told)
    assert spe[0] > 20 * spe[1:].max()
    assert NAMES[int(shape.contributions(told)[0].argmax())] == "flow"
    assert shape.contributions(told).sum(axis=1) == pytest.approx(1)


def test_an_extreme_load_shows_in_t2_and_not_in_spe() -> None:
    shape = learn_shape(healthy(400), NAMES)
    extreme = np.array([[150 + 60.0, 80 - 12.0, 30 + 12.0, 1.0]])
    usual = shape.score_spe(healthy(400))
    assert shape.score_t2(extreme)[0] > 20
    assert shape.score_spe(extreme)[0] < 3 * np.quantile(usual, 0.99)


def test_too_few_healthy_steps_teach_nothing() -> None:
    told = healthy(12)
    told[:6, 2] = np.nan
    with pytest.raises(InvalidInput, match="6 healthy steps"):
        learn_shape(told, NAMES)
