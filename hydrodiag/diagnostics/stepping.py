"""From minutes to steps: the median of each indicator over a quarter of an hour."""

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hydrodiag.diagnostics.indicators import compute_minutes
from hydrodiag.diagnostics.quality import find_issues
from hydrodiag.diagnostics.records import Channel, Floats, Frame, OperatingState, Steps
from hydrodiag.diagnostics.states import tell_states

STEP_S = 900.0
FEWEST_MINUTES = 5
STATES = np.array([state.value for state in OperatingState])


def compute_steps(
    frame: Frame,
    channels: Mapping[str, Channel],
    nominal: Mapping[str, float],
    step_s: float = STEP_S,
) -> Steps:
    """`frame` begins at a whole step. A value is the median of five minutes or more."""
    states = tell_states(frame)
    minutes = compute_minutes(frame, nominal, states)
    size = round(step_s / frame.step_s)
    runs = np.isin(states, [OperatingState.LOAD.value, OperatingState.WARMING.value])
    return Steps(
        times=frame.times[::size],
        step_s=step_s,
        states=_most_common(states, size),
        values={key: _medians(values, size) for key, values in minutes.items()},
        issues=tuple(find_issues(frame, channels, runs)),
        has_quality=True,
    )


def _fold(values: NDArray[np.generic], size: int, missing: object) -> np.ndarray:
    short = -len(values) % size
    padded = np.concatenate([values, np.full(short, missing, values.dtype)]) if short else values
    return padded.reshape(-1, size)


def _medians(values: Floats, size: int) -> Floats:
    folded = _fold(values, size, np.nan)
    known = np.isfinite(folded).sum(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a step without any value
        medians = np.nanmedian(folded, axis=1)
    return np.where(known >= min(FEWEST_MINUTES, size), medians, np.nan)


def _most_common(states: NDArray[np.str_], size: int) -> NDArray[np.str_]:
    folded = _fold(states, size, OperatingState.UNKNOWN.value)
    counts = np.stack([(folded == state).sum(axis=1) for state in STATES])
    return np.asarray(STATES[counts.argmax(axis=0)])
