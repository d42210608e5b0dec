"""The field for derived series on Metrics, kept in the URL; mistakes stand beside it."""

from collections.abc import Sequence

import streamlit as st

from hydrodiag.fleet import Sensor
from hydrodiag.formulas import FormulaList, read_formulas
from hydrodiag.ui.metrics_controls import find_look
from hydrodiag.ui.metrics_view import OF_SINGLE_READINGS, DerivedChoice
from hydrodiag.ui.safe_text import safe_text
from hydrodiag.ui.wording import join_count

FORMULAS = "formulas"
MOST_SIGNS = 3100
HELP = (
    "One a line: tags of sensors, numbers with or without a unit (`10 bar`), `+ - * / ^`, "
    'brackets, `min max avg abs sqrt`. Tags with other signs go in quotes: `"P 1"`.\n\n'
    "Units are converted by themselves: `PS1 * FS1 in kW`, without `/ 600`. Two temperatures in "
    "°C have a difference in K; twice a temperature is refused. A speed in rpm counts angles: "
    "`TORQUE * SPEED / 1 rad in kW`, `SPEED * 28 cm³ / 1 rev in l/min`."
)
NOT_HERE = (
    "Cycles and Spectrum are made of single readings, derived series of means: Lines, Scatter and "
    "Histogram show them."
)


def pick_formulas(sensors: Sequence[Sensor]) -> DerivedChoice:
    is_off = find_look() in OF_SINGLE_READINGS
    text = st.text_area(
        "Derived series, a formula a line", key=FORMULAS, bind="query-params", height=110,
        max_chars=MOST_SIGNS, placeholder="Hydraulic power = PS1 * FS1 in kW",
        disabled=is_off, help=NOT_HERE if is_off else HELP,
    )  # fmt: skip
    found = read_formulas(text or "", {sensor.tag: sensor.unit for sensor in sensors})
    _show_mistakes(found)
    tags = set(found.tags)
    used = tuple(sensor for sensor in sensors if sensor.tag in tags)
    return DerivedChoice((text or "").strip(), found.formulas, used, len(found.mistakes))


def tell_mistakes(derived: DerivedChoice) -> None:
    """Where they are seen while the field is not."""
    if derived.mistakes:
        lines = join_count(derived.mistakes, "formula is", "formulas are")
        st.caption(f":material/error: {lines} not drawn: see Options.", width="content")


def _show_mistakes(found: FormulaList) -> None:
    for each in found.mistakes:
        st.error(safe_text(each.message), icon=":material/error:")
    for formula in found.formulas:
        unit = f" in {formula.unit.name}" if formula.unit.name else ""
        st.caption(f":material/check: {safe_text(formula.name + unit)}")
