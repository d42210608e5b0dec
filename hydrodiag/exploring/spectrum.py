"""How strongly a channel oscillates at which frequency."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hydrodiag.errors import InvalidInput

Floats = NDArray[np.float64]
FEWEST = 256
LONGEST_SEGMENT = 4096
SEGMENTS = 4
# Slower channels tell of temperatures and levels; what oscillates is only aliased into them.
SLOWEST_S = 10.0
JITTER = 0.1
# Zeros after each segment: a sine between two lines then reads 1 % low at most, not 15 %.
PADDING = 4
MOST_PEAKS = 8
PROMINENT = 4.0
# The side lobes of a Hann window reach 2.7 % of their peak.
LEAST_OF_HIGHEST = 0.03


@dataclass(frozen=True)
class Spectrum:
    """`amplitude` (k,) in the sensor's unit (that of a sine, not its RMS) at `frequency_hz` (k,).

    `n` evenly read values in segments of `segment_s`; `peaks`: places in the arrays, highest first.
    """

    frequency_hz: Floats
    amplitude: Floats
    peaks: NDArray[np.intp]
    n: int
    interval_s: float
    segment_s: float


def compute_spectrum(times_s: Floats, values: Floats) -> Spectrum:
    """Welch's method (1967): segments that overlap by half, detrended, under Hann windows.

    Of the longest stretch without gaps. Raises InvalidInput with what to do where the readings
    are too few, uneven or too slow.
    """
    from scipy.signal import welch

    stretch, interval_s = find_even_stretch(times_s)
    part = values[stretch]
    segment = min(LONGEST_SEGMENT, max(FEWEST, len(part) // SEGMENTS))
    frequency_hz, power = welch(
        part, 1 / interval_s, window="hann", nperseg=segment, nfft=PADDING * segment,
        detrend="linear", scaling="spectrum",
    )  # fmt: skip
    is_shown = frequency_hz >= 1.5 / (segment * interval_s)
    amplitude = np.sqrt(2 * power[is_shown])
    peaks = _find_peaks(amplitude)
    shown = frequency_hz[is_shown]
    return Spectrum(shown, amplitude, peaks, len(part), interval_s, segment * interval_s)


def find_even_stretch(times_s: Floats) -> tuple[slice, float]:
    """The longest stretch read evenly and its step in seconds; InvalidInput if too short."""
    if len(times_s) < FEWEST:
        raise InvalidInput(
            f"{len(times_s)} readings are too few for a spectrum, which needs {FEWEST}.",
            hint="Choose a longer window.",
        )
    steps = np.diff(times_s)
    interval_s = float(np.median(steps))
    if interval_s > SLOWEST_S:
        raise InvalidInput(
            f"Readings {interval_s:.3g} s apart are too slow to show what oscillates.",
            hint=f"Choose a window with a reading each {SLOWEST_S:.0f} s or more often.",
        )
    is_even = np.abs(steps - interval_s) <= JITTER * interval_s
    stretch = _find_longest(is_even)
    if stretch.stop - stretch.start < FEWEST:
        raise InvalidInput(
            f"The readings come unevenly: at most {stretch.stop - stretch.start} in a row are "
            f"{interval_s:.3g} s apart, and a spectrum needs {FEWEST}.",
            hint="Choose a window without gaps, or a sensor that is read at a steady rate.",
        )
    return stretch, float(steps[stretch.start : stretch.stop - 1].mean())


def _find_longest(is_even: NDArray[np.bool_]) -> slice:
    """Of the readings around the longest run of even steps."""
    breaks = np.flatnonzero(~np.concatenate([[False], is_even, [False]]))
    longest = int(np.argmax(np.diff(breaks)))
    return slice(int(breaks[longest]), int(breaks[longest + 1]))


def _find_peaks(amplitude: Floats) -> NDArray[np.intp]:
    """What stands out of the noise around it by 4 times the median, the highest first."""
    from scipy.signal import find_peaks

    if not len(amplitude):
        return np.empty(0, np.intp)
    least = max(PROMINENT * float(np.median(amplitude)), LEAST_OF_HIGHEST * float(amplitude.max()))
    peaks, _ = find_peaks(amplitude, prominence=least, distance=2 * PADDING)
    highest = peaks[np.argsort(-amplitude[peaks])]
    return np.asarray(highest[:MOST_PEAKS], np.intp)
