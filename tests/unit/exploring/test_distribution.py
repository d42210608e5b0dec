import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.distribution import MOST_BINS, distribute

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300).map(np.array)


def test_percentiles_of_a_hundred_and_one_values() -> None:
    found = distribute(np.arange(101.0))
    assert (found.n, found.p5, found.p50, found.p95) == (101, 5, 50, 95)


def test_bins_are_those_of_freedman_and_diaconis() -> None:
    values = np.random.default_rng(1).normal(0, 1, 1000)
    found = distribute(values)
    q1, q3 = np.percentile(values, (25, 75))
    assert np.diff(found.edges)[0] == pytest.approx(2 * (q3 - q1) / 10, rel=0.01)


def test_a_bucket_counts_as_often_as_it_had_readings() -> None:
    weighted = distribute(np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 1.0]))
    assert weighted.n == 10
    assert weighted.share_pct[weighted.share_pct > 0].tolist() == pytest.approx([10, 80, 10])
    assert weighted.p50 == 2


def test_bins_are_multiples_of_the_resolution() -> None:
    values = np.round(np.random.default_rng(1).normal(150, 2, 5000), 1)
    steps = np.diff(distribute(values, resolution=0.1).edges) / 0.1
    assert np.allclose(steps, np.rint(steps), atol=1e-6)


def test_a_sensor_that_does_not_move_has_one_bin() -> None:
    found = distribute(np.full(50, 7.0))
    assert found.share_pct.tolist() == [100]
    assert found.edges[0] < 7 < found.edges[1]


@given(VALUES, st.sampled_from([0.0, 0.1, 5.0]))
def test_every_reading_is_in_one_of_at_most_a_hundred_bins(
    values: np.ndarray, resolution: float
) -> None:
    found = distribute(values, resolution=resolution)
    assert len(found.share_pct) <= MOST_BINS
    assert found.share_pct.sum() == pytest.approx(100)
    assert found.p5 <= found.p50 <= found.p95


def test_nothing_has_no_distribution() -> None:
    with pytest.raises(InvalidInput, match="no readings"):
        distribute(np.array([np.nan]))
