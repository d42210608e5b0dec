"""Readings of several sensors brought to the same moments.

Two sensors seldom report in the same microsecond: what falls into the same step of one grid, the
same for all and whenever each of them begins, counts as read at the same time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from hydrodiag.readings.windows import NICE_STEPS_US, SECOND_US

# Intervals jitter: one a little above a second still means a second.
JITTER = 0.1


@dataclass(frozen=True)
class Aligned:
    """By the start of each step: `means` a column a sensor, and of the one that was read least
    there how often (`counts`).
    """

    means: pd.DataFrame
    counts: "pd.Series[int]"


def pick_common_step(rows: Iterable[pd.DataFrame]) -> timedelta:
    """The usual interval of the slowest sensor, up to an easily read step."""
    intervals_s = [each["time"].diff().dt.total_seconds().median() for each in rows]
    longest_us = max((round(each * SECOND_US) for each in intervals_s if each > 0), default=1)
    wanted_us = longest_us * (1 - JITTER)
    fitting = next((step for step in NICE_STEPS_US if step >= wanted_us), longest_us)
    return timedelta(microseconds=fitting)


def average(rows: pd.DataFrame, step: timedelta) -> pd.DataFrame:
    """`mean` and `n` of each step that has readings, out of rows with time, mean and n."""
    known = rows.dropna(subset="mean")
    grouped = known.groupby(known["time"].dt.floor(step))
    return grouped.agg({"mean": "mean", "n": "sum"}).sort_index()


def align(rows: Mapping[str, pd.DataFrame], step: timedelta) -> Aligned:
    """Only steps in which all of them were read."""
    found = {name: average(each, step) for name, each in rows.items()}
    means, counts = (
        pd.concat({name: each[column] for name, each in found.items()}, axis=1, join="inner")
        for column in ("mean", "n")
    )
    return Aligned(means.sort_index(), counts.sort_index().min(axis=1))
