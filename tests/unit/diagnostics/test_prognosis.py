from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from hydrodiag.diagnostics.prognosis import NoTrend, Prognosis, find_shift, prognose
from hydrodiag.diagnostics.prognosis.shifts import false_signals_per_step

START = np.datetime64("2026-06-01T00:00:00", "us")
HOUR = np.timedelta64(3600_000_000, "us")


def hourly(days: float, per_day: float, noise: float = 0.0, at_start: float = 0.0):
    count = int(days * 24)
    times = START + HOUR * np.arange(count)
    scatter = np.random.default_rng(1).normal(0, noise, count) if noise else 0.0
    return times, at_start + per_day * np.arange(count) / 24 + scatter


def in_days(instant: datetime) -> float:
    return (instant - datetime(2026, 6, 1, tzinfo=UTC)) / timedelta(days=1)


def test_a_straight_rise_reaches_its_limit_when_arithmetic_says() -> None:
    found = prognose(*hourly(20, 0.5, noise=0.2), 15.0, is_high_bad=True)
    assert isinstance(found, Prognosis)
    assert in_days(found.reaches_at) == pytest.approx(30, abs=1.5)
    assert found.latest_at is not None
    assert found.earliest_at <= found.reaches_at <= found.latest_at
    assert found.slope_per_day == pytest.approx(0.5, rel=0.1)


def test_a_fall_towards_a_low_limit_is_foretold_alike() -> None:
    found = prognose(*hourly(20, -0.5, noise=0.2, at_start=90), 75.0, is_high_bad=False)
    assert isinstance(found, Prognosis)
    assert in_days(found.reaches_at) == pytest.approx(30, abs=1.5)
    assert found.slope_per_day < 0


def test_the_band_of_an_accelerating_rise_begins_at_its_true_end() -> None:
    times, straight = hourly(20, 1.0)
    curved = straight**2 / 20
    found = prognose(times, curved, 30.0, is_high_bad=True)
    assert isinstance(found, Prognosis)
    assert found.latest_at is not None
    truth = np.sqrt(20 * 30)
    assert in_days(found.earliest_at) == pytest.approx(truth, abs=0.5)
    assert truth <= in_days(found.latest_at)


@pytest.mark.parametrize(
    ("per_day", "noise", "limit", "why"),
    [
        (0.0, 1.0, 5.0, "no trend"),
        (-0.5, 0.2, 15.0, "no trend"),
        (0.01, 0.02, 15.0, "beyond 3 times"),
        (0.5, 0.2, 4.0, "reached already"),
    ],
)
def test_nothing_is_foretold_without_a_trend_towards_the_limit(
    per_day: float, noise: float, limit: float, why: str
) -> None:
    found = prognose(*hourly(20, per_day, noise), limit, is_high_bad=True)
    assert isinstance(found, NoTrend)
    assert why in found.reason


def test_few_days_or_no_values_say_so() -> None:
    few = prognose(*hourly(3, 0.5), 15.0, is_high_bad=True)
    assert isinstance(few, NoTrend)
    assert "3 days with values" in few.reason
    times, values = hourly(20, 0.5)
    assert isinstance(prognose(times, values * np.nan, 15.0, is_high_bad=True), NoTrend)


def test_gaps_do_not_matter() -> None:
    times, values = hourly(20, 0.5, noise=0.2)
    values[100:200] = np.nan
    found = prognose(times, values, 15.0, is_high_bad=True)
    assert isinstance(found, Prognosis)
    assert in_days(found.reaches_at) == pytest.approx(30, abs=2)


@pytest.mark.parametrize("size", [2.0, -2.0])
def test_a_shift_is_dated_to_where_it_began(size: float) -> None:
    times = START + HOUR * np.arange(400)
    scores = np.random.default_rng(3).normal(0, 1, 400)
    scores[300:] += size
    found = find_shift(times, scores)
    assert found is not None
    assert abs(in_days(found.since_at) - 300 / 24) < 0.3
    assert found.size == pytest.approx(size, abs=0.6)


def test_no_shift_is_seen_in_scatter_or_in_one_wild_value() -> None:
    times = START + HOUR * np.arange(2000)
    scores = np.random.default_rng(5).normal(0, 1, 2000)
    scores[1990] = 500.0
    assert find_shift(times, scores) is None
    assert 1 / false_signals_per_step() == pytest.approx(9_560, rel=0.01)
