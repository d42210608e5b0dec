"""Charts of a report as SVG; text is drawn as outlines, so that they look alike everywhere."""

import io
import re
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from hydrodiag.reports.content import ToldEvidence, ToldSensor

WIDE, NARROW = (7.2, 2.3), (3.5, 1.5)  # inches
BLUE, ORANGE, RED, GREY = "#2390d6", "#e8700f", "#cb0a3a", "#74818a"
# Matplotlib writes each text, such as the name of a sensor, beside its outlines.
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SETTINGS: Any = {
    "svg.fonttype": "path", "svg.hashsalt": "hydrodiag", "font.size": 8, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25, "grid.linewidth": 0.5,
    "text.parse_math": False, "date.converter": "concise",
}  # fmt: skip


def draw_evidence(told: ToldEvidence) -> str:
    """Measured, what the healthy machine would show, and the limits."""
    evidence, frame = told.evidence, told.frame
    if frame is None or frame["value"].isna().all():
        return ""
    with mpl.rc_context(SETTINGS):
        figure, axes = _begin(WIDE)
        axes.plot(frame["time"], frame["value"], color=BLUE, linewidth=1.2, label="measured")
        if frame["expected"].notna().any():
            axes.plot(frame["time"], frame["expected"], color=GREY, linewidth=1, linestyle="--",
                      label="healthy machine")  # fmt: skip
        limits = (("warning", evidence.warn, ORANGE), ("alarm", evidence.critical, RED))
        for name, limit, colour in limits:
            if limit is not None:
                axes.axhline(limit, color=colour, linewidth=1, linestyle=":",
                             label=f"{name} {limit:.3g}")  # fmt: skip
        axes.set_ylabel(f"{evidence.indicator_name} [{evidence.unit}]".replace(" []", ""))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
        return _finish(figure)


def draw_sensor(told: ToldSensor) -> str:
    """The mean, in the span from the lowest to the highest reading."""
    frame = told.frame
    if frame is None:
        return ""
    with mpl.rc_context(SETTINGS):
        figure, axes = _begin(NARROW)
        axes.fill_between(frame["time"], frame["min"], frame["max"], color=BLUE, alpha=0.2,
                          linewidth=0)  # fmt: skip
        axes.plot(frame["time"], frame["mean"], color=BLUE, linewidth=0.9)
        axes.set_title(f"{told.sensor.tag} [{told.sensor.unit}]", fontsize=8, loc="left")
        return _finish(figure)


def _begin(size_in: tuple[float, float]) -> tuple[Figure, Any]:
    figure = Figure(figsize=size_in, layout="constrained")
    return figure, figure.add_subplot()


def _finish(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return COMMENT.sub("", out.getvalue())
