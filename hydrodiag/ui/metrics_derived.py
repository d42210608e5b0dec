"""Derived series of Metrics: read, drawn in panels of their own, told."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from hydrodiag.formulas import Derived, derive
from hydrodiag.readings.series import series
from hydrodiag.ui.metrics_layout import FEW, axes
from hydrodiag.ui.metrics_times import AxisClock
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.plotly_drawing import Drawing
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import chart_text, safe_label
from hydrodiag.ui.wording import format_span

LONGEST_REASON = 400


def load_derived(view: MetricsView) -> list[Derived]:
    """Sensors of formulas are read by themselves, whether they are chosen or not."""
    sensors = {sensor.tag: sensor for sensor in view.derived.sensors}
    if not sensors:
        return []
    ids = tuple(sensor.id for sensor in sensors.values())
    shown = read(view.topics, series, ids, view.window)
    return [derive(formula, sensors, shown) for formula in view.derived.formulas]


def group_derived(derived: Sequence[Derived]) -> dict[str, list[Derived]]:
    """By unit: a panel each."""
    groups: dict[str, list[Derived]] = {}
    for each in derived:
        groups.setdefault(each.formula.unit.name, []).append(each)
    return groups


def title_of(unit: str) -> str:
    return f"Derived [{chart_text(unit)}]" if unit else "Derived"


def add_derived(
    figure: Drawing, clock: AxisClock, derived: Derived, place: int, colour: str
) -> None:
    """A line only: lowest and highest of a bucket do not come from the same moment."""
    if derived.frame.empty:
        return
    unit = chart_text(derived.formula.unit.name)
    figure.add_scatter(
        x=clock.place(derived.frame["time"]),
        y=derived.frame["mean"],
        mode="lines+markers" if len(derived.frame) < FEW else "lines",
        marker={"size": 4},
        line={"color": colour, "width": 1.6},
        name=chart_text(derived.formula.name),
        hovertemplate=f"%{{y:.4~g}} {unit}",
        **axes(place),
    )


def describe_derived(derived: Sequence[Derived]) -> Iterator[str]:
    """For the caption: what they were worked out on, and which could not be."""
    steps = {each.step for each in derived if each.step is not None and not each.frame.empty}
    if steps:
        spans = format_steps(steps)
        yield f"derived series are worked out on the means of {spans} of their sensors"
    for each in derived:
        reason = explain_nothing(each)
        if reason is not None:
            yield f"{safe_label(each.formula.name)}: {safe_label(reason, LONGEST_REASON)}"


def explain_nothing(derived: Derived) -> str | None:
    """Why it has not a single value; None if it has one."""
    if derived.missing:
        return f"no readings of {', '.join(derived.missing)} in this window"
    if derived.frame.empty:
        return "its sensors have no readings at the same times"
    if derived.frame["mean"].isna().all():
        return "it has no value: a division by zero, or the root of a negative number"
    return None


def format_steps(steps: Iterable[timedelta]) -> str:
    return ", ".join(format_span(step) for step in sorted(set(steps)))
