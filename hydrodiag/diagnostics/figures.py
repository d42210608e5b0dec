"""Key figures of a machine over a window, each with its formula, its source and what it is
compared with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hydrodiag.diagnostics.baseline import Baseline
from hydrodiag.diagnostics.figure_ways import FIGURES, Minutes, Nominal, Way
from hydrodiag.diagnostics.indicators import compute_minutes
from hydrodiag.diagnostics.records import Channel, Floats, Frame, Steps
from hydrodiag.diagnostics.roles import ROLES
from hydrodiag.diagnostics.states import find_work, tell_states

HEALTHY = "the healthy span at the same temperature and load"
SETUP_BELOW = "See Setup below."
NOMINAL_NAMES = {
    "displacement_cm3": "the displacement of the pump",
    "speed_rpm": "its speed",
}


@dataclass(frozen=True)
class Change:
    """Now less then, in `unit`; differences of percentages are points."""

    value: float
    unit: str
    against: str


@dataclass(frozen=True)
class Figure:
    """`value` is None where it cannot be told, and `why_not` says what it needs.

    `formula` names the machine's own tags. `is_high_bad` is None where neither side is bad.
    """

    id: str
    title: str
    value: float | None
    unit: str
    formula: str
    source: str
    why_not: str = ""
    is_high_bad: bool | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a machine's figures are told from; `before_name` names the window before."""

    now: Minutes
    before: Minutes
    channels: Mapping[str, Channel]
    nominal: Nominal
    before_name: str


def measure(frame: Frame, nominal: Nominal, baseline: Baseline | None) -> Minutes:
    """Readings at work, indicators, and what the healthy machine would show, by the minute."""
    states = tell_states(frame)
    is_known, runs = find_work(frame)
    indicators = compute_minutes(frame, nominal, states)
    steps = Steps(frame.times, frame.step_s, states, indicators)
    expected = {
        name: np.where(np.isfinite(values), baseline.expect(name, steps), np.nan)
        for name, values in indicators.items()
        if baseline is not None and name in baseline.expectations
    }
    at_work = {role: np.where(runs, values, np.nan) for role, values in frame.mean.items()}
    return Minutes(at_work, indicators, expected, is_known, runs)


def tell_figures(told: Told) -> tuple[Figure, ...]:
    figures = []
    for plain, ways in FIGURES:
        figure = Figure(
            plain.id, plain.title, None, plain.unit, "", "", is_high_bad=plain.is_high_bad
        )
        figures.append(_tell(figure, ways, told))
    return tuple(figures)


def _tell(figure: Figure, ways: Sequence[Way], told: Told) -> Figure:
    """By the first way that the machine allows and its readings answer."""
    possible = [each for each in ways if not _list_missing(each, told)]
    for way in possible:
        value = way.compute(told.now, told.nominal)
        if np.isfinite(value):
            return replace(
                figure, value=float(value), formula=_write_formula(way, told), source=way.source,
                changes=_compare(figure.unit, way, float(value), told),
            )  # fmt: skip
    if not possible:
        return replace(figure, why_not=_say_missing(ways, told))
    way = possible[0]
    return replace(figure, why_not=_say_silent(way, told), source=way.source,
                   formula=_write_formula(way, told))  # fmt: skip


def _compare(unit: str, way: Way, value: float, told: Told) -> tuple[Change, ...]:
    healthy = np.nan
    if way.indicators and set(way.indicators) <= set(told.now.expected):
        healthy = way.compute(told.now.as_healthy(), told.nominal)
    before = way.compute(told.before, told.nominal)
    shown = "points" if unit == "%" else unit
    return tuple(
        Change(value - float(then), shown, against)
        for then, against in ((healthy, HEALTHY), (before, told.before_name))
        if np.isfinite(then)
    )


def _write_formula(way: Way, told: Told) -> str:
    tags = {role: channel.tag for role, channel in told.channels.items()}
    return way.formula.format_map(
        {**{name: f"{value:g}" for name, value in told.nominal.items()}, **tags}
    )


def _list_missing(way: Way, told: Told) -> list[str]:
    sensors = [f"a sensor for {ROLES[role].name[0].lower()}{ROLES[role].name[1:]}"
               for role in way.needs if role not in told.channels]  # fmt: skip
    settings = [NOMINAL_NAMES[name] for name in way.nominal if name not in told.nominal]
    has_healthy = not way.needs_healthy or set(way.indicators) <= set(told.now.expected)
    return [*sensors, *settings, *([] if has_healthy else ["a healthy span that was learned"])]


def _say_missing(ways: Sequence[Way], told: Told) -> str:
    needs = dict.fromkeys(" and ".join(_list_missing(way, told)) for way in ways)
    return f"Needs {', or '.join(needs)}. {SETUP_BELOW}"


def _say_silent(way: Way, told: Told) -> str:
    silent = [told.channels[role].tag for role in way.needs if not told.now.has_readings(role)]
    if told.now.runs.any() and silent:
        return f"{' and '.join(silent)} told nothing while the machine worked in this window."
    return f"In this window the machine {way.without}."


def count_at_work(minutes: Minutes) -> int:
    return int(minutes.runs.sum())


def cut(minutes: Minutes, places: slice) -> Minutes:
    def part(values: Mapping[str, Floats]) -> dict[str, Floats]:
        return {name: each[places] for name, each in values.items()}

    is_known: NDArray[np.bool_] = minutes.is_known[places]
    return Minutes(part(minutes.readings), part(minutes.indicators), part(minutes.expected),
                   is_known, minutes.runs[places])  # fmt: skip
