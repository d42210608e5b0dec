"""The checks of the readings themselves, DQ-01 to DQ-07."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from hydrodiag.diagnostics.records import Channel, Floats, Frame, QualityIssue

LEAST_SHARE = 0.9
SILENT_MIN = 60
FLAT_MIN = 360
RESTING_MIN = 30
MOVED_STEPS = 20
SPIKES_PER_1000 = 10
SPIKE_MADS = 6.0
SPIKE_WINDOW = 11
SPIKE_FLOOR_STEPS = 5
NEVER_HIGHER = (
    ("t_cooler_out", "t_cooler_in", 1.0, "the oil leaves the cooler warmer than it came"),
    ("t_ambient", "t_cooler_in", 15.0, "the surroundings are warmer than the oil"),
)  # fmt: skip


@dataclass(frozen=True)
class Minutes:
    """One channel with whether the machine runs, (n,) each."""

    frame: Frame
    channel: Channel
    runs: np.ndarray

    @property
    def mean(self) -> Floats:
        return self.frame.mean[self.channel.role]

    def issue(self, kind: str, places: np.ndarray, text: str, **numbers: float) -> QualityIssue:
        first, last = (_instant(self.frame, int(place)) for place in (places[0], places[-1]))
        channel = self.channel
        return QualityIssue(
            kind, channel.role, channel.sensor_id, channel.tag, first, last, text, numbers
        )


def find_issues(
    frame: Frame, channels: Mapping[str, Channel], runs: np.ndarray
) -> list[QualityIssue]:
    """What is wrong with the sensors at the end of the frame; the worst of each sensor first."""
    issues = []
    for role, channel in channels.items():
        if role in frame.mean:
            minutes = Minutes(frame, channel, runs)
            issues += [found for check in CHECKS if (found := check(minutes)) is not None]
    issues += _check_order(frame, channels, runs)
    return issues


def _check_silent(minutes: Minutes) -> QualityIssue | None:
    """DQ-05: it fell silent while others went on."""
    heard = np.isfinite(minutes.mean)
    others = np.zeros(len(heard), bool)
    for role, values in minutes.frame.mean.items():
        if role != minutes.channel.role:
            others |= np.isfinite(values)
    if not heard.any():
        return None
    after = np.flatnonzero(others[np.flatnonzero(heard)[-1] + 1 :])
    if len(after) < SILENT_MIN or minutes.channel.role in ("valve_delay", "p_acc_low"):
        return None
    places = np.flatnonzero(heard)[-1] + 1 + after
    text = f"No reading for {len(after)} minutes in which the machine's other sensors reported."
    return minutes.issue("DQ-05", places, text, minutes=float(len(after)))


def _check_gaps(minutes: Minutes) -> QualityIssue | None:
    """DQ-01: it reports less than nine tenths of the time, where it should report each minute."""
    channel, frame = minutes.channel, minutes.frame
    if channel.sampling_interval_s is None or channel.sampling_interval_s > frame.step_s:
        return None
    expected = minutes.runs
    share = float(np.isfinite(minutes.mean[expected]).mean()) if expected.any() else 1.0
    if share >= LEAST_SHARE or expected.sum() < SILENT_MIN or share == 0:
        return None
    text = f"Only {share:.0%} of the minutes in which the machine worked have a reading."
    return minutes.issue("DQ-01", np.flatnonzero(expected), text, share=share)


def _check_flat(minutes: Minutes) -> QualityIssue | None:
    """DQ-03: the very same value through six hours of work, while something should have moved it:
    the machine stopped or started, or another sensor of the same quantity moved.
    """
    role, frame = minutes.channel.role, minutes.frame
    heard = np.flatnonzero(np.isfinite(minutes.mean))
    low, high = frame.low[role][heard], frame.high[role][heard]
    moved = np.flatnonzero((high != low) | (low != low[-1])) if len(heard) else heard
    flat = heard[moved[-1] + 1 :] if len(moved) else heard
    if minutes.runs[flat].sum() < FLAT_MIN or not _should_move(minutes, flat):
        return None
    value = float(minutes.mean[flat[-1]])
    text = (
        f"It reads {value:g} {minutes.channel.unit} without any change for "
        f"{minutes.runs[flat].sum() / 60:.0f} hours of work."
    )
    return minutes.issue("DQ-03", flat, text, value=value)


def _should_move(minutes: Minutes, places: np.ndarray) -> bool:
    resting = int((~minutes.runs[places]).sum())
    if resting >= RESTING_MIN:
        return True
    step = minutes.channel.resolution or 0.0
    prefix = minutes.channel.role[:2]
    fellows = (
        values[places] for role, values in minutes.frame.mean.items()
        if role.startswith(prefix) and role != minutes.channel.role
    )  # fmt: skip
    return any(
        np.isfinite(each).any() and np.nanmax(each) - np.nanmin(each) > MOVED_STEPS * step
        for each in fellows
    )


def _check_range(minutes: Minutes) -> QualityIssue | None:
    """DQ-02: at an end of what the transmitter can say."""
    channel = minutes.channel
    works = np.flatnonzero(minutes.runs & np.isfinite(minutes.mean))[-SILENT_MIN:]
    if len(works) < SILENT_MIN or channel.valid_max is None:
        return None
    if not (minutes.mean[works] >= channel.valid_max).all():
        return None
    text = f"It stands at the end of its range, {channel.valid_max:g} {channel.unit}."
    return minutes.issue("DQ-02", works, text)


def _check_spikes(minutes: Minutes) -> QualityIssue | None:
    """DQ-04: single minutes far from their neighbours (Hampel), while working."""
    values = minutes.mean
    works = np.flatnonzero(minutes.runs & np.isfinite(values))
    if len(works) < 300:
        return None
    told = values[works]
    windows = np.lib.stride_tricks.sliding_window_view(told, SPIKE_WINDOW)
    middle = np.median(windows, axis=1)
    spread = 1.4826 * np.median(np.abs(windows - middle[:, None]), axis=1)
    floor = SPIKE_FLOOR_STEPS * (minutes.channel.resolution or 0.0) + 0.02 * np.abs(middle)
    inner = told[SPIKE_WINDOW // 2 : len(told) - SPIKE_WINDOW // 2]
    spikes = np.abs(inner - middle) > np.maximum(SPIKE_MADS * spread, floor)
    if spikes.sum() * 1000 < SPIKES_PER_1000 * len(inner):
        return None
    places = works[np.flatnonzero(spikes) + SPIKE_WINDOW // 2]
    return minutes.issue("DQ-04", places, f"{spikes.sum()} of {len(inner)} minutes are spikes.")


def _check_unit(minutes: Minutes) -> QualityIssue | None:
    """DQ-07: oil of 100 °C and more is most likely told in °F."""
    channel = minutes.channel
    works = np.flatnonzero(minutes.runs & np.isfinite(minutes.mean))
    if channel.quantity != "temperature" or len(works) < SILENT_MIN:
        return None
    recent = minutes.mean[works[-SILENT_MIN:]]
    if np.median(recent) < 100:
        return None
    text = f"{np.median(recent):.0f} °C cannot be oil: is it °F?"
    return minutes.issue("DQ-07", works[-SILENT_MIN:], text)


def _check_order(
    frame: Frame, channels: Mapping[str, Channel], runs: np.ndarray
) -> Iterator[QualityIssue]:
    """DQ-11: temperatures in an order that physics forbids, for an hour of work."""
    for low, high, slack_k, text in NEVER_HIGHER:
        if low in frame.mean and high in frame.mean and low in channels:
            wrong = frame.mean[low] > frame.mean[high] + slack_k
            works = np.flatnonzero(runs & np.isfinite(frame.mean[low]))[-SILENT_MIN:]
            if len(works) == SILENT_MIN and wrong[works].all():
                minutes = Minutes(frame, channels[low], runs)
                yield minutes.issue("DQ-11", works, f"Implausible: {text}.")


CHECKS: tuple[Callable[[Minutes], QualityIssue | None], ...] = (
    _check_silent, _check_gaps, _check_flat, _check_range, _check_spikes, _check_unit,
)  # fmt: skip


def _instant(frame: Frame, place: int) -> datetime:
    instant: datetime = frame.times[place].astype(datetime)
    return instant.replace(tzinfo=UTC)
