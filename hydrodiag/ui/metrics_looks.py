"""The looks of the page Metrics beside lines over time."""

from hydrodiag.errors import InvalidInput
from hydrodiag.ui.metrics_cycles import show_cycles
from hydrodiag.ui.metrics_histogram import show_histogram
from hydrodiag.ui.metrics_scatter import show_scatter
from hydrodiag.ui.metrics_spectrum import show_spectrum
from hydrodiag.ui.metrics_view import CYCLES, HISTOGRAM, SCATTER, SPECTRUM, MetricsView
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.states import show_empty

SHOWN = {
    SCATTER: show_scatter,
    HISTOGRAM: show_histogram,
    CYCLES: show_cycles,
    SPECTRUM: show_spectrum,
}
ICONS = {
    SCATTER: ":material/scatter_plot:",
    HISTOGRAM: ":material/bar_chart:",
    CYCLES: ":material/repeat:",
    SPECTRUM: ":material/graphic_eq:",
}


def show_look(view: MetricsView) -> None:
    """Readings that a look cannot be made of are a message with what to do."""
    try:
        SHOWN[view.look](view)
    except InvalidInput as error:
        text = safe_text(f"{error.message} {error.hint}".strip())
        show_empty(f"No {view.look.lower()} of these readings", text, icon=ICONS[view.look])
