"""What is chosen less often on Metrics, in one popover: times, refresh, comparison, formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from hydrodiag.fleet import Sensor, System
from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_comparison import BESIDE, FORMER, pick_comparison
from hydrodiag.ui.metrics_controls import REFRESH, REFRESHES, pick_refresh, pick_times, read_times
from hydrodiag.ui.metrics_formulas import FORMULAS, pick_formulas, tell_mistakes
from hydrodiag.ui.metrics_view import Beside, Comparison, DerivedChoice

POPOVER = "options"
# As long as nobody has chosen anything else.
UNSET = {REFRESH: REFRESHES[0], BESIDE: Beside.NOTHING.value, FORMULAS: "", FORMER: None}


@dataclass(frozen=True)
class Options:
    """`absolute`: the window in place of the last so many hours."""

    absolute: TimeWindow | None
    refresh: str | None
    comparison: Comparison
    derived: DerivedChoice


def pick_options(
    others: Sequence[System], sensors: Sequence[Sensor], chosen: Sequence[Sensor], zone: ZoneInfo
) -> Options:
    """`others` than the machine that is looked at, its `sensors`, and those looked at.

    Drawn only while it is open or something in it is set: each widget costs time at every rerun.
    Times are always drawn: moves and drags set them, and only a drawn widget keeps its address.
    """
    popover = st.popover("Options", icon=":material/tune:", key=POPOVER, on_change="rerun")
    refresh, comparison, derived = None, Comparison(), DerivedChoice()
    with popover:
        texts = pick_times(zone)
        if popover.open or _is_any_set():
            comparison = pick_comparison(others, chosen)
            derived = pick_formulas(sensors)
            refresh = pick_refresh()
    tell_mistakes(derived)
    return Options(read_times(*texts, zone), refresh, comparison, derived)


def _is_any_set() -> bool:
    return any(
        st.session_state.get(key, st.query_params.get(key, unset)) not in (None, unset)
        for key, unset in UNSET.items()
    )
