"""Derived series of Metrics: read, drawn in panels of their own, told."""

from collections.abc import Iterator, Sequence

from hydrodiag.formulas import Derived, derive
from hydrodiag.readings.series import series
from hydrodiag.ui.metrics_layout import FEW, axes
from hydrodiag.ui.metrics_times import AxisClock
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.plotly_drawing import Drawing
from hydrodiag.ui.reads import read
from hydrodiag.ui.safe_text import chart_text, safe_label
from hydrodiag.ui.wording import format_span


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
        spans = ", ".join(format_span(step) for step in sorted(steps))
        yield f"derived series are worked out on the means of {spans} of their sensors"
    for each in derived:
        name = safe_label(each.formula.name)
        if each.missing:
            yield f"{name}: no readings of {safe_label(', '.join(each.missing))} in this window"
        elif each.frame.empty:
            yield f"{name}: its sensors have no readings at the same times"
