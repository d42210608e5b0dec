"""The chart of Metrics: a panel a quantity, one time axis under all of them."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pandas as pd

from hydrodiag.fleet import Sensor
from hydrodiag.formulas import Derived
from hydrodiag.readings.grid import decimals
from hydrodiag.readings.series import Series, gaps
from hydrodiag.ui.metrics_compared import Compared, add_beside, add_healthy
from hydrodiag.ui.metrics_derived import add_derived, group_derived, title_of
from hydrodiag.ui.metrics_layout import FEW, axes, build_layout, colour_of
from hydrodiag.ui.metrics_panels import Limit, Panel, build_panels, list_limits, split_limits
from hydrodiag.ui.metrics_times import AxisClock
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.plotly_drawing import Drawing

BAND_ALPHA = "3d"


def draw_chart(
    view: MetricsView,
    now: Series,
    compared: Compared | None,
    derived: Sequence[Derived] = (),
) -> Drawing:
    """Mean lines with the band of lowest and highest; below them panels of derived series."""
    panels, lower = build_panels(view.sensors), group_derived(derived)
    titles = [*(panel.title for panel in panels), *map(title_of, lower)]
    layout = build_layout(titles, view.clock, view.window, describe_chart(view))
    figure, colours = Drawing(layout), map(colour_of, count())
    for place, panel in enumerate(panels, start=1):
        for sensor in panel.sensors:
            colour = next(colours)
            if compared is not None:
                _add_compared(figure, view, sensor, compared, place, colour)
            _add_sensor(figure, view.clock, sensor, now, place, colour)
        _add_limits(figure, panel, now, place)
    for place, members in enumerate(lower.values(), start=len(panels) + 1):
        for each in members:
            add_derived(figure, view.clock, each, place, next(colours))
    return figure


def list_far_limits(view: MetricsView, shown: Series) -> list[Limit]:
    """Limits left out of the chart: so far from the readings that these would look flat."""
    far: list[Limit] = []
    for panel in build_panels(view.sensors):
        span = _find_span(panel, shown)
        far += split_limits(list_limits(panel), *span)[1] if span else []
    return far


def describe_chart(view: MetricsView) -> str:
    names = [*(sensor.tag for sensor in view.sensors), *(e.name for e in view.derived.formulas)]
    clock = view.clock
    start, end = clock.format(view.window.start), clock.format(view.window.end)
    return f"{', '.join(names)} of {view.system.name} from {start} to {end} {clock.label}"


def _add_sensor(
    figure: Drawing, clock: AxisClock, sensor: Sensor, shown: Series, place: int, colour: str
) -> None:
    frame = _select(shown, sensor)
    if frame.empty:
        return
    times = clock.place(frame["time"])
    if shown.bucket is not None:
        _add_band(figure, times, frame, place, colour, sensor.tag)
    figure.add_scatter(
        x=times,
        y=frame["mean"],
        mode="lines+markers" if len(frame) < FEW else "lines",
        marker={"size": 4},
        line={"color": colour, "width": 1.6},
        name=sensor.tag,
        legendgroup=sensor.tag,
        customdata=frame[["min", "max"]].to_numpy() if shown.bucket is not None else None,
        hovertemplate=_hover(sensor, has_band=shown.bucket is not None),
        **axes(place),
    )


def _add_band(
    figure: Drawing,
    times: "pd.Series[pd.Timestamp]",
    frame: pd.DataFrame,
    place: int,
    colour: str,
    tag: str,
) -> None:
    same: dict[str, Any] = {
        "x": times, "mode": "lines", "line": {"color": colour, "width": 0},
        "hoverinfo": "skip", "showlegend": False, "legendgroup": tag, **axes(place),
    }  # fmt: skip
    figure.add_scatter(y=frame["max"], **same)
    figure.add_scatter(y=frame["min"], fill="tonexty", fillcolor=f"{colour}{BAND_ALPHA}", **same)


def _add_compared(
    figure: Drawing,
    view: MetricsView,
    sensor: Sensor,
    compared: Compared,
    place: int,
    colour: str,
) -> None:
    add_healthy(figure, view, compared, sensor, place, colour)
    if compared.shown is not None:
        frame = _select(compared.shown, sensor)
        hover = _hover(sensor, has_band=False)
        add_beside(figure, view.clock, compared, sensor, frame, hover, place, colour)


def _add_limits(figure: Drawing, panel: Panel, shown: Series, place: int) -> None:
    span = _find_span(panel, shown)
    for limit in split_limits(list_limits(panel), *span)[0] if span else ():
        figure.add_shape(
            type="line", xref="paper", x0=0, x1=1, yref=axes(place)["yaxis"],
            y0=limit.value, y1=limit.value,
            line={"color": limit.tone.value, "dash": limit.dash, "width": 1.4},
            label={
                "text": limit.label, "textposition": limit.side, "yanchor": "bottom",
                "font": {"size": 11},
            },
        )  # fmt: skip


def _select(shown: Series, sensor: Sensor) -> pd.DataFrame:
    """The rows of a sensor, with breaks where readings are missing."""
    frame = shown.rows_of(sensor.id)
    interval = _find_interval(shown, sensor, frame)
    return frame if interval is None else gaps(frame, interval)


def _find_interval(shown: Series, sensor: Sensor, frame: pd.DataFrame) -> timedelta | None:
    """What readings of this sensor are usually apart here: its own interval, or a bucket."""
    if shown.bucket is not None:
        return max(shown.bucket, sensor.sampling_interval or shown.bucket)
    if len(frame) < 3:
        return None
    usual = timedelta(seconds=float(frame["time"].diff().dt.total_seconds().median()))
    return usual or None


def _find_span(panel: Panel, shown: Series) -> tuple[float, float] | None:
    spans = [shown.span_of(sensor.id) for sensor in panel.sensors]
    filled = [each for each in spans if each is not None]
    if not filled:
        return None
    return min(low for low, _ in filled), max(high for _, high in filled)


def _hover(sensor: Sensor, *, has_band: bool) -> str:
    places = decimals(sensor.resolution)
    form = ":.4~g" if places is None else f":.{places}f"
    band = f" (%{{customdata[0]{form}}} … %{{customdata[1]{form}}})" if has_band else ""
    return f"%{{y{form}}} {sensor.unit}{band}"
