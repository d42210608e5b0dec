import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.demo.noise import normal, uniform

TIMES = np.arange(1_790_000_000, 1_790_100_000, dtype=np.int64)


def test_noise_is_standard_normal() -> None:
    values = normal(TIMES, 7)
    assert abs(values.mean()) < 0.02
    assert abs(values.std() - 1) < 0.02
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.02


def test_two_seeds_are_independent() -> None:
    assert abs(np.corrcoef(normal(TIMES, 7), normal(TIMES, 8))[0, 1]) < 0.02


@given(st.integers(0, 2**40), st.integers(0, 10_000))
def test_numbers_lie_between_zero_and_one(instant_s: int, seed: int) -> None:
    assert 0 <= uniform(np.array([instant_s]), seed)[0] < 1
