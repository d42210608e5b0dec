"""The look Lines of Metrics: chart, events and caption put together once for all who look at it."""

from collections.abc import Sequence
from dataclasses import dataclass

from hydrodiag.formulas import Derived
from hydrodiag.readings.series import Series, series
from hydrodiag.ui.metrics_chart import draw_chart, list_far_limits
from hydrodiag.ui.metrics_compared import Compared, load_compared
from hydrodiag.ui.metrics_derived import describe_derived, load_derived
from hydrodiag.ui.metrics_events import Events, add_events, load_events
from hydrodiag.ui.metrics_view import MetricsView
from hydrodiag.ui.plotly_drawing import Finished
from hydrodiag.ui.reads import read
from hydrodiag.ui.wording import format_span, join_count

SOURCES = {
    "raw": "raw readings",
    "1m": "rollups of 1 minute",
    "1h": "rollups of 1 hour",
    "1d": "rollups of 1 day",
}


@dataclass(frozen=True)
class DrawnLines:
    figure: Finished
    caption: str
    events: Events


def draw_lines(view: MetricsView, *, ink: str) -> DrawnLines | None:
    """None where the window holds no readings; `ink` is the colour of maintenance."""
    shown = read(view.topics, series, view.sensor_ids, view.window)
    if shown.frame.empty:
        return None
    compared, derived, events = load_compared(view), load_derived(view), load_events(view)
    figure = draw_chart(view, shown, compared, derived)
    add_events(figure, events, view.clock, view.window, ink=ink)
    return DrawnLines(figure.finish(), _describe_source(view, shown, compared, derived), events)


def _describe_source(
    view: MetricsView, shown: Series, compared: Compared | None, derived: Sequence[Derived]
) -> str:
    points = join_count(len(shown.frame), "point", "points")
    parts = [f"{points} from {SOURCES[shown.source]}"]
    if shown.bucket is not None:
        parts.append(f"mean, lowest and highest of {format_span(shown.bucket)} each")
    if shown.pending:
        parts.append(_describe_pending(shown))
    if compared is not None:
        parts.append(compared.note)
    parts += describe_derived(derived)
    parts.append(f"times in {view.clock.label}")
    text = f"{'; '.join(parts)}."
    far = ", ".join(limit.full_label for limit in list_far_limits(view, shown))
    return f"{text} Limits out of sight: {far}." if far else text


def _describe_pending(shown: Series) -> str:
    if shown.is_exact:
        return "what is not in the rollups yet is read from raw"
    ranges = join_count(shown.pending, "range", "ranges")
    return f"**{ranges} of readings are not in the rollups yet and may be missing here**"
