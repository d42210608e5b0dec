"""The choice of what the readings of Metrics are compared with, kept in the URL."""

from collections.abc import Sequence

import streamlit as st

from hydrodiag.fleet import Sensor, System, list_sensors
from hydrodiag.readings.comparing import match_sensors
from hydrodiag.ui.metrics_controls import find_look
from hydrodiag.ui.metrics_view import LINES, Beside, Comparison
from hydrodiag.ui.reads import read

BESIDE, OTHER = "beside", "other"
# Links of when the period before was the only choice say compare=true.
FORMER, FORMER_VALUE = "compare", "true"
ONLY_LINES = "Shown by the look Lines alone."


def pick_comparison(systems: Sequence[System], sensors: Sequence[Sensor]) -> Comparison:
    """`systems` without the machine that is looked at, `sensors` those looked at."""
    choices = [each.value for each in Beside]
    is_former = st.query_params.get(FORMER) == FORMER_VALUE
    default = choices.index(Beside.BEFORE if is_former else Beside.NOTHING)
    is_off = find_look() != LINES
    beside = Beside(st.selectbox(
        "Compare with", choices, default, key=BESIDE, bind="query-params",
        disabled=is_off, help=ONLY_LINES if is_off else None,
    ))  # fmt: skip
    codes = _list_codes(systems, sensors) if beside is Beside.MACHINE else []
    if not codes:
        return Comparison(beside)
    code = st.selectbox("Other machine", codes, key=OTHER, bind="query-params", disabled=is_off)
    return Comparison(beside, next(each for each in systems if each.code == code))


def _list_codes(systems: Sequence[System], sensors: Sequence[Sensor]) -> list[str]:
    """Machines with one or more of these tags, in a unit that is convertible."""
    everywhere = read(("fleet",), list_sensors)
    return [
        system.code
        for system in systems
        if match_sensors(sensors, [each for each in everywhere if each.system_id == system.id])
    ]
