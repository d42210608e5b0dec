"""Machine, sensors and window of the page Metrics, each kept in the URL.

`from` and `to` count when both are given; else `range`, which follows the clock.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import Sensor, System
from hydrodiag.readings.windows import QUICK_RANGES, TimeWindow, quick_window
from hydrodiag.ui.metrics_moves import FROM, RANGE, TO, keep_unheard
from hydrodiag.ui.metrics_times import parse_instant
from hydrodiag.ui.metrics_view import LINES, LOOK_OPTIONS, LOOKS

DEFAULT_RANGE = "24h"
RANGES = ("15m", "1h", "6h", "24h", "7d", "30d", "60d", "1y")
REFRESHES = ("Off", "5s", "15s", "60s")
MOST_SENSORS = 12
MOST_DEFAULT = 6
REFRESH = "refresh"


def pick_system(systems: Sequence[System]) -> System:
    codes = {system.code: system for system in systems}
    asked = st.query_params.get("system")
    if asked and asked not in codes:
        st.warning(
            f"There is no machine {asked}. It may have been deleted or renamed; choose another.",
            title="Unknown machine", icon=":material/link_off:",
        )  # fmt: skip
    code = st.selectbox("Machine", list(codes), key="system", bind="query-params", width=160)
    return codes.get(str(code), systems[0])


def pick_sensors(sensors: Sequence[Sensor]) -> tuple[Sensor, ...]:
    """Key sensors to begin with; tags that the next machine has as well stay chosen."""
    tags = {sensor.tag: sensor for sensor in sensors}
    default = _list_default(sensors)
    kept = [tag for tag in st.session_state.get("sensors", ()) if tag in tags]
    if kept != list(st.session_state.get("sensors", kept)):
        st.session_state["sensors"] = kept or default
    chosen = st.multiselect(
        "Sensors", list(tags), default=default, key="sensors", bind="query-params",
        max_selections=MOST_SENSORS, placeholder="Choose sensors", width="stretch",
    )  # fmt: skip
    return tuple(tags[tag] for tag in chosen)


def pick_refresh() -> str | None:
    chosen = st.selectbox("Refresh", REFRESHES, key=REFRESH, bind="query-params")
    return None if chosen == REFRESHES[0] else chosen


def show_ranges() -> None:
    """After the times were picked: none is chosen as long as both of them are given."""
    if st.session_state.get(FROM) and st.session_state.get(TO):
        st.session_state[RANGE] = None
    st.segmented_control(
        "Last", RANGES, default=DEFAULT_RANGE, key=RANGE, bind="query-params",
        on_change=_forget_absolute, wrap=True,
    )  # fmt: skip


def pick_times(zone: ZoneInfo) -> tuple[str, str]:
    """From and to, as typed."""
    keep_unheard()
    hint = "2026-07-31 14:05:00"
    start = st.text_input("From", key=FROM, bind="query-params", placeholder=hint,
                          help=f"Times without an offset are meant in {zone.key}.")  # fmt: skip
    end = st.text_input("To", key=TO, bind="query-params", placeholder=hint)
    return start or "", end or ""


def read_times(start: str, end: str, zone: ZoneInfo) -> TimeWindow | None:
    """The absolute window, or None where a quick range is to be used."""
    if not start or not end:
        return None
    try:
        return TimeWindow(parse_instant(start, zone), parse_instant(end, zone))
    except InvalidInput as error:
        st.warning(str(error), title="This window cannot be shown", icon=":material/date_range:")
        return None


def pick_range() -> TimeWindow:
    """The quick range as of now."""
    return quick_window(find_range())


def find_range() -> str:
    chosen = str(st.session_state.get(RANGE))
    return chosen if chosen in QUICK_RANGES else DEFAULT_RANGE


def pick_look() -> str:
    chosen = st.segmented_control(
        "Look", LOOKS, default=LINES, required=True, key="look", bind="query-params", wrap=True
    )
    return str(chosen or LINES)


def find_look() -> str:
    """Before the look is picked: what it does not show is switched off beside it."""
    chosen = st.session_state.get("look") or st.query_params.get("look")
    return chosen if chosen in LOOKS else LINES


def list_look_options(look: str) -> dict[str, str]:
    """What was chosen within the look, for its address."""
    chosen = {name: st.session_state.get(name) for name in LOOK_OPTIONS.get(look, ())}
    return {name: str(value) for name, value in chosen.items() if value is not None}


def _forget_absolute() -> None:
    """The range is set once more: its address may be younger than the request, and is lost then.

    One that is no longer chosen gave way to exact times.
    """
    if st.session_state[RANGE] is not None:
        st.session_state[FROM] = st.session_state[TO] = ""
        st.session_state[RANGE] = st.session_state[RANGE]


def _list_default(sensors: Sequence[Sensor]) -> list[str]:
    keys = [sensor.tag for sensor in sensors if sensor.is_key]
    return (keys or [sensor.tag for sensor in sensors])[:MOST_DEFAULT]
