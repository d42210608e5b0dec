from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, spearmanr

from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.pairs import join_pairs, relate

START = datetime(2026, 7, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def readings(values: list[float], *, first_s: float = 0, step_s: float = 1) -> pd.DataFrame:
    times = [START + timedelta(seconds=first_s + step_s * n) for n in range(len(values))]
    return pd.DataFrame({"time": pd.to_datetime(times, utc=True), "mean": values, "n": 1})


def pairs_of(x: list[float], y: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"x": x, "y": y})


def test_sensors_read_at_different_moments_meet_in_a_bucket() -> None:
    pairs = join_pairs(
        readings([1, 3, 5], step_s=30), readings([10, 20], first_s=7, step_s=60), MINUTE
    )
    assert pairs["x"].tolist() == [2, 5]
    assert pairs["y"].tolist() == [10, 20]
    assert pairs["time"].tolist() == [START, START + MINUTE]


def test_a_bucket_without_one_of_the_two_is_no_pair() -> None:
    pairs = join_pairs(readings([1, float("nan"), 3]), readings([1, 2]), timedelta(seconds=1))
    assert pairs[["x", "y"]].values.tolist() == [[1, 1]]


def test_sensors_meet_though_one_begins_a_day_later() -> None:
    """Seven seconds do not divide a day: a grid from each one's own midnight would not match."""
    seven = timedelta(seconds=7)
    hours = readings([1.0] * 9000, step_s=7)
    late = readings([2.0] * 10, first_s=12 * 3600 + 600, step_s=7)
    assert len(join_pairs(hours, late, seven)) == 10


def test_a_line_is_found_with_its_slope_and_both_correlations() -> None:
    found = relate(pairs_of([0, 1, 2, 3], [5, 3, 1, -1]))
    assert (found.n, found.slope, found.intercept) == (4, pytest.approx(-2), pytest.approx(5))
    assert (found.pearson, found.spearman) == (pytest.approx(-1), pytest.approx(-1))


def test_a_curve_that_only_rises_has_full_rank_correlation() -> None:
    found = relate(pairs_of([0, 1, 2, 3], [0, 1, 8, 27]))
    assert found.spearman == pytest.approx(1)
    assert found.pearson < 0.95


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=40))
def test_figures_are_those_of_scipy(values: list[tuple[int, int]]) -> None:
    x, y = (list(map(float, each)) for each in zip(*values, strict=True))
    if len(set(x)) < 2 or len(set(y)) < 2:
        with pytest.raises(InvalidInput, match="same all the time"):
            relate(pairs_of(x, y))
        return
    found, line = relate(pairs_of(x, y)), linregress(x, y)
    expected = [line.slope, line.intercept, line.rvalue, spearmanr(x, y).statistic]
    assert np.allclose(
        [found.slope, found.intercept, found.pearson, found.spearman], expected, atol=1e-9
    )


def test_two_pairs_are_no_relation() -> None:
    with pytest.raises(InvalidInput, match="2 values at the same time"):
        relate(pairs_of([1, 2], [1, 2]))
