import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.exploring.spectrum import FEWEST, compute_spectrum

RATE_HZ = 100


def sine(frequency_hz: float, amplitude: float, seconds: float = 60) -> tuple[np.ndarray, ...]:
    times_s = np.arange(0, seconds, 1 / RATE_HZ)
    noise = np.random.default_rng(3).normal(0, 0.2, len(times_s))
    return times_s, 150 + amplitude * np.sin(2 * np.pi * frequency_hz * times_s) + noise


def test_a_sine_of_3_hz_shows_with_its_amplitude() -> None:
    found = compute_spectrum(*sine(3, 4))
    top = found.peaks[0]
    assert found.frequency_hz[top] == pytest.approx(3, abs=0.02)
    assert found.amplitude[top] == pytest.approx(4, rel=0.02)
    assert len(found.peaks) == 1


def test_peaks_are_listed_from_the_highest() -> None:
    times_s, values = sine(3, 2)
    found = compute_spectrum(times_s, values + 5 * np.sin(2 * np.pi * 11 * times_s))
    assert found.frequency_hz[found.peaks] == pytest.approx([11, 3], abs=0.02)


@given(st.floats(1, 45), st.floats(3, 50))
def test_any_sine_is_found_wherever_it_lies_between_two_lines(
    frequency_hz: float, amplitude: float
) -> None:
    found = compute_spectrum(*sine(frequency_hz, amplitude, 20))
    top = found.peaks[0]
    assert found.frequency_hz[top] == pytest.approx(frequency_hz, abs=0.1)
    assert found.amplitude[top] == pytest.approx(amplitude, rel=0.05)


def test_a_trend_is_no_oscillation() -> None:
    times_s = np.arange(1000.0)
    assert compute_spectrum(times_s, 0.3 * times_s).amplitude.max() < 1e-6


def test_noise_has_no_peak() -> None:
    noise = np.random.default_rng(5).normal(0, 1, 20_000)
    assert not len(compute_spectrum(np.arange(20_000) / RATE_HZ, noise).peaks)


def test_the_longest_stretch_without_a_gap_is_used() -> None:
    times_s, values = sine(3, 4)
    late = np.where(np.arange(len(times_s)) >= 2000, times_s + 100, times_s)
    found = compute_spectrum(late, values)
    assert found.n == 4000
    assert found.frequency_hz[found.peaks[0]] == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize(
    ("times_s", "reason"),
    [
        (np.arange(FEWEST - 1.0), "255 readings are too few"),
        (np.cumsum(np.random.default_rng(1).exponential(1, 2000)), "unevenly"),
        (60 * np.arange(2000.0), "60 s apart are too slow"),
    ],
)
def test_readings_that_cannot_tell_are_refused_with_what_to_do(
    times_s: np.ndarray, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        compute_spectrum(times_s, np.sin(times_s))
    assert refused.value.hint.startswith("Choose")
