from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.readings.aligning import align, average, pick_common_step

START = datetime(2026, 7, 31, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def rows_of(
    values: list[float], *, first_s: float = 0, step_s: float = 1, n: int = 1
) -> pd.DataFrame:
    times = [START + timedelta(seconds=first_s + step_s * place) for place in range(len(values))]
    return pd.DataFrame({"time": pd.to_datetime(times, utc=True), "mean": values, "n": n})


def test_the_slowest_sensor_says_what_counts_as_one_moment() -> None:
    fast, slow = rows_of([1.0] * 50), rows_of([1.0] * 5, step_s=10)
    assert pick_common_step([fast, slow]) == 10 * SECOND


@pytest.mark.parametrize(("interval_s", "step_s"), [(1.02, 1), (7, 10), (0.098, 0.1)])
def test_the_step_is_easily_read_though_intervals_jitter(interval_s: float, step_s: float) -> None:
    assert pick_common_step([rows_of([1.0] * 9, step_s=interval_s)]) == step_s * SECOND


def test_lone_readings_still_have_a_step() -> None:
    assert pick_common_step([rows_of([1.0]), rows_of([])]) > timedelta(0)


def test_a_step_has_the_mean_of_its_readings_and_their_number() -> None:
    found = average(rows_of([1, 3, 5], step_s=30), timedelta(minutes=1))
    assert found["mean"].tolist() == [2, 5]
    assert found["n"].tolist() == [2, 1]
    assert found.index.tolist() == [START, START + timedelta(minutes=1)]


def test_a_reading_that_is_no_number_is_missing() -> None:
    found = average(rows_of([float("nan"), 3, float("nan")], step_s=30), timedelta(minutes=1))
    assert (found["mean"].tolist(), found["n"].tolist()) == ([3], [1])


def test_only_steps_in_which_all_were_read_are_left() -> None:
    found = align({"x": rows_of([1, 2, 3]), "y": rows_of([7, 8], first_s=1.4)}, SECOND)
    assert found.means.to_dict("list") == {"x": [2, 3], "y": [7, 8]}
    assert found.counts.tolist() == [1, 1]


def test_a_step_counts_as_often_as_the_rarest_was_read() -> None:
    found = align({"x": rows_of([1.0] * 20), "y": rows_of([5, 6], step_s=10)}, 10 * SECOND)
    assert found.counts.tolist() == [1, 1]
    found = align({"x": rows_of([1.0], n=60), "y": rows_of([5.0], n=7)}, 10 * SECOND)
    assert found.counts.tolist() == [7]


@given(st.integers(1, 97), st.integers(0, 4))
def test_one_grid_holds_for_all_whenever_each_begins(step_s: int, days_later: int) -> None:
    long = rows_of([1.0] * 12, step_s=86_400 / 2)
    late = rows_of([2.0] * 2, first_s=86_400 * days_later, step_s=86_400 / 2)
    assert len(align({"x": long, "y": late}, step_s * SECOND).means) == 2
