from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.readings.windows import TimeWindow
from hydrodiag.ui.metrics_times import parse_instant
from hydrodiag.ui.metrics_view import (
    LONGEST,
    SHORTEST,
    Beside,
    Comparison,
    DerivedChoice,
    MetricsView,
    at_least,
    shift,
    widen,
)
from tests.unit.ui.measured import HOUR, PRESS, START, sensor_of, view_of

PAGE = "https://hydro.example/base/readings"
TEXTS = st.text(min_size=1).filter(str.strip)
WINDOWS = st.builds(
    lambda start, span: TimeWindow(START + start, START + start + span),
    st.timedeltas(-timedelta(days=9000), timedelta(days=9000)),
    st.timedeltas(timedelta(microseconds=1), LONGEST),
)


def read_link(link: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(link).query, keep_blank_values=True)


def test_a_link_pins_what_is_looked_at() -> None:
    view = view_of(sensor_of("P1"), sensor_of("T 1/ü"), is_live=True)
    assert read_link(view.build_link(PAGE)) == {
        "system": ["press-1"],
        "sensors": ["P1", "T 1/ü"],
        "from": ["2026-07-31T12:00:00Z"],
        "to": ["2026-07-31T13:00:00Z"],
    }


def test_a_link_replaces_what_the_address_asked_for() -> None:
    link = view_of(sensor_of("P1")).build_link(f"{PAGE}?range=24h&system=other#top")
    assert link.startswith(f"{PAGE}?system=press-1&")
    assert "range" not in read_link(link)
    assert urlsplit(link).fragment == ""


def test_a_link_is_the_same_in_every_time_zone() -> None:
    view = view_of(sensor_of("P1"))
    elsewhere = replace(view, zone=ZoneInfo("Asia/Kathmandu"))
    assert view.build_link(PAGE) == elsewhere.build_link(PAGE)


def test_a_link_says_when_periods_are_compared() -> None:
    other = Comparison(Beside.MACHINE, replace(PRESS, code="press-2"))
    params = read_link(view_of(sensor_of("P1"), comparison=other).build_link(PAGE))
    assert (params["beside"], params["other"]) == (["Another machine"], ["press-2"])


def test_a_link_keeps_the_formulas() -> None:
    text = "a = P1 in MPa\nb = P1 * 2"
    view = view_of(sensor_of("P1"), derived=DerivedChoice(text))
    assert read_link(view.build_link(PAGE))["formulas"] == [text]


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=4), WINDOWS)
def test_what_a_link_pins_reads_back_as_itself(
    code: str, tags: list[str], window: TimeWindow
) -> None:
    view = replace(
        view_of(*(sensor_of(tag) for tag in tags), window=window),
        system=replace(PRESS, code=code),
    )
    params, zone = read_link(view.build_link(PAGE)), ZoneInfo("Asia/Kathmandu")
    start, end = (parse_instant(params[name][0], zone) for name in ("from", "to"))
    assert (params["system"], params["sensors"]) == ([code], tags)
    assert TimeWindow(start, end) == window


def test_a_view_follows_the_fleet_and_its_machine_s_readings() -> None:
    assert view_of().topics == ("fleet", "readings:3")


def test_sensors_keep_the_order_they_were_chosen_in() -> None:
    sensors = (sensor_of("Z", id=9), sensor_of("A", id=2))
    assert view_of(*sensors).sensor_ids == (9, 2)


@pytest.mark.parametrize(
    ("view", "label"),
    [(view_of(), "UTC"), (view_of(zone=ZoneInfo("Europe/Berlin")), "UTC+02:00")],
)
def test_the_axis_follows_the_reader_s_zone(view: MetricsView, label: str) -> None:
    assert view.clock.label == label


@given(WINDOWS)
def test_widening_keeps_the_middle_and_doubles_up_to_the_longest(window: TimeWindow) -> None:
    wide = widen(window)
    tolerance = timedelta(microseconds=2)
    assert abs(wide.span - min(2 * window.span, LONGEST)) <= tolerance
    assert abs((wide.start - window.start) + (wide.end - window.end)) <= tolerance


@pytest.mark.parametrize(("steps", "by"), [(0, 0), (1, 0.5), (-1, -0.5), (4, 2)])
def test_a_step_moves_by_half_the_window(steps: int, by: float) -> None:
    window = TimeWindow(START, START + HOUR)
    assert shift(window, steps) == TimeWindow(START + by * HOUR, START + (1 + by) * HOUR)


@given(WINDOWS, st.integers(-3, 3).map(lambda steps: 2 * steps))
def test_a_shift_there_and_back_changes_nothing(window: TimeWindow, steps: int) -> None:
    assert shift(shift(window, steps), -steps) == window


def test_a_window_that_is_long_enough_stays() -> None:
    window = TimeWindow(START, START + SHORTEST)
    assert at_least(window) is window


def test_a_window_that_is_too_short_grows_around_its_middle() -> None:
    short = TimeWindow(START, START + timedelta(milliseconds=20))
    grown = TimeWindow(START - timedelta(milliseconds=40), START + timedelta(milliseconds=60))
    assert at_least(short) == grown
