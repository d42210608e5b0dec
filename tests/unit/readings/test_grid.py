import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from hydrodiag.readings.grid import as_reported, decimals, grid_step, on_grid

DECIMAL_STEPS = st.sampled_from([1.0, 0.5, 0.25, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001, 0.0001])


def stored_values(values: ArrayLike, resolution: ArrayLike) -> NDArray[np.float64]:
    return on_grid(np.asarray(values, np.float64), grid_step(resolution))


@given(st.integers(-(10**7), 10**7), DECIMAL_STEPS)
def test_what_a_sensor_reported_comes_back_exactly(count: int, resolution: float) -> None:
    reported = round(count * resolution, 6)
    stored = stored_values([reported], resolution)[0]
    assert round(round(stored / resolution) * resolution, 6) == reported


@given(st.integers(-(10**7), 10**7), st.integers(0, 4))
def test_rounding_to_the_shown_places_gives_the_reported_value(count: int, places: int) -> None:
    resolution = 10.0**-places
    reported = round(count * resolution, places)
    stored = stored_values([reported], resolution)[0]
    assert decimals(resolution) == places
    assert round(stored, places) == reported


@given(st.floats(-1e6, 1e6), st.floats(1e-4, 100))
def test_stored_values_lie_on_the_grid_within_half_a_step(value: float, resolution: float) -> None:
    step = grid_step(resolution)
    stored = stored_values([value], resolution)[0]
    assert step <= resolution < 2 * step
    assert stored / step == np.rint(stored / step)
    assert abs(stored - value) <= step / 2


def test_values_without_a_resolution_stay_as_sent() -> None:
    stored = stored_values([0.123456, 7.1], [np.nan, 0.0])
    assert stored.tolist() == [0.123456, 7.1]
    assert decimals(None) is None


def test_a_value_is_never_negative_zero() -> None:
    assert not np.signbit(stored_values([-0.001], 0.5)[0])


@given(
    st.integers(-(10**5), 10**5),
    st.sampled_from([100.0, 10.0, 5.0, 2.5, 1.0, 0.5, 0.25, 0.2, 0.1, 0.05, 0.025, 0.01]),
)
def test_the_stored_value_is_shown_as_it_was_reported(count: int, resolution: float) -> None:
    reported = round(count * resolution, 6)
    stored = float(stored_values([reported], resolution)[0])
    assert as_reported(stored, resolution) == reported
    assert f"{as_reported(stored, resolution):.{decimals(resolution)}f}" == (
        f"{reported:.{decimals(resolution)}f}"
    )


def test_without_a_resolution_a_value_stays() -> None:
    assert as_reported(0.123456, None) == 0.123456
    assert np.isnan(as_reported(float("nan"), 0.1))
