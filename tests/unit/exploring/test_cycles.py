import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.cycles import (
    MOST_CYCLES,
    Trigger,
    cut_cycles,
    find_crossings,
    fold,
    pick_trigger,
    summarise,
)


def strokes(count: int, length_s: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Each second: half a stroke at 50 bar, half at 150."""
    times_s = np.arange(count * length_s, dtype=float)
    return times_s, np.where(times_s % length_s < length_s / 2, 50.0, 150.0)


def test_the_trigger_is_in_the_middle_of_what_is_usual() -> None:
    assert pick_trigger(strokes(5)[1]) == Trigger(100, 10)


def test_cycles_begin_where_the_value_rises() -> None:
    times_s, values = strokes(5)
    cut = cut_cycles(times_s, values, pick_trigger(values))
    assert cut.start_s.tolist() == [9.5, 29.5, 49.5, 69.5]
    assert cut.duration_s.tolist() == [20, 20, 20, 20]


def test_noise_around_the_level_is_one_crossing() -> None:
    values = np.array([80, 99, 101, 99, 101, 120, 80, 130], float)
    assert find_crossings(np.arange(8.0), values, Trigger(100, 10)).tolist() == [1.5, 6.4]


def test_folded_cycles_lie_over_each_other() -> None:
    times_s, values = strokes(6)
    cut = cut_cycles(times_s, values, pick_trigger(values))
    other = fold(times_s, 10 + times_s % 20, cut)
    assert other.shape == (5, 20)
    assert np.ptp(other, axis=0).max() == 0
    band = summarise(other)
    assert band.median.tolist() == band.p5.tolist() == band.p95.tolist()
    assert band.median[1] == pytest.approx(10 + 10.5)


def test_a_cycle_with_a_gap_is_left_out() -> None:
    times_s, values = strokes(5)
    late = np.where(times_s >= 40, times_s + 300, times_s)
    cut = cut_cycles(late, values, pick_trigger(values))
    assert cut.start_s.tolist() == [9.5, 349.5, 369.5]


def test_nothing_is_drawn_across_a_gap_of_another_sensor() -> None:
    times_s, values = strokes(4)
    cut = cut_cycles(times_s, values, pick_trigger(values))
    has_reading = (times_s < 35) | (times_s > 42)
    folded = fold(times_s[has_reading], values[has_reading], cut)
    assert np.isnan(folded[1, 6:12]).all()
    assert np.isfinite(folded[0]).all()


def test_the_newest_cycles_are_kept() -> None:
    times_s, values = strokes(MOST_CYCLES + 50)
    cut = cut_cycles(times_s, values, pick_trigger(values))
    assert len(cut.start_s) == MOST_CYCLES
    assert cut.start_s[-1] == times_s[-1] - 29.5


@pytest.mark.parametrize(
    ("values", "level", "reason"),
    [(np.full(50, 3.0), None, "same all"), (np.arange(50.0), 80.0, "never rises through 80")],
)
def test_a_trigger_that_cannot_be_is_refused(
    values: np.ndarray, level: float | None, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        pick_trigger(values, level)


def test_one_rise_is_no_cycle() -> None:
    with pytest.raises(InvalidInput, match="No whole cycle"):
        cut_cycles(np.arange(50.0), np.arange(50.0), pick_trigger(np.arange(50.0)))


def test_cycles_faster_than_the_readings_are_refused() -> None:
    values = np.tile([50.0, 150.0], 50)
    with pytest.raises(InvalidInput, match="too few to see it"):
        cut_cycles(np.arange(100.0), values, pick_trigger(values))


@given(st.integers(3, 30), st.integers(6, 90))
def test_any_regular_machine_is_cut_into_its_cycles(count: int, length_s: int) -> None:
    times_s, values = strokes(count, length_s)
    cut = cut_cycles(times_s, values, pick_trigger(values))
    assert len(cut.start_s) == count - 1
    assert np.allclose(cut.duration_s, length_s)
