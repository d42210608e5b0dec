from datetime import datetime, timedelta

import pytest

from hydrodiag.readings.ingest import Clock, Form, Mapping, guess_mapping, open_source, shape_of
from tests.unit.readings.ingest.catalogs import build_catalog

START = datetime(2026, 3, 1)


def guess(text: str, **options: object) -> Mapping:
    with open_source(text.encode(), "a.csv") as source:
        return guess_mapping(source, build_catalog(), **options)  # type: ignore[arg-type]


def table(head: str, row: str, pattern: str, *, count: int = 20, step_h: int = 1) -> str:
    times = (START + timedelta(hours=step_h * n) for n in range(count))
    return head + "\n" + "".join(f"{at.strftime(pattern)}{row}\n" for at in times)


def test_a_wide_file_gets_sensors_and_units_from_its_header() -> None:
    mapping = guess(table("Zeit;PS1 [MPa];TS1 (°F);FS1", ";1,5;80,1;3", "%d.%m.%Y %H:%M"))
    assert (mapping.form, mapping.decimal, mapping.system_id) == (Form.WIDE, ",", 1)
    assert [(use.sensor_id, use.unit) for use in mapping.columns] == [
        (1, "MPa"),
        (2, "°F"),
        (3, ""),
    ]
    assert not mapping.is_date_order_open


def test_sensors_are_found_by_name_in_any_language() -> None:
    mapping = guess(table("time,Pump flow,давление насоса [кПа]", ",1,2", "%Y-%m-%d %H:%M"))
    assert [(use.sensor_id, use.unit) for use in mapping.columns] == [(3, ""), (5, "kPa")]


def test_a_long_file_is_recognised_by_its_labels() -> None:
    mapping = guess(table("ts,what,reading,unit", ",TS1,20.5,K", "%Y-%m-%dT%H:%M:%SZ"))
    assert mapping.form is Form.LONG
    assert (mapping.sensor_column, mapping.value_column, mapping.unit_column) == (
        "what",
        "reading",
        "unit",
    )
    assert mapping.questions == ()


def test_a_long_file_with_unknown_sensors_says_so() -> None:
    mapping = guess(table("time,tag,value", ",XX9,20.5", "%Y-%m-%dT%H:%M:%SZ"))
    assert mapping.form is Form.LONG
    assert "XX9" in mapping.questions[0]


def test_the_unit_of_a_long_file_may_stand_over_its_values() -> None:
    mapping = guess(table("time,tag,value [MPa]", ",PS1,20.5", "%Y-%m-%dT%H:%M:%SZ"))
    assert (mapping.value_column, mapping.unit) == ("value [MPa]", "MPa")


def test_columns_without_a_sensor_are_left_out_and_named() -> None:
    mapping = guess(table("time,FS1,Foo,Note", ",1,2,ok", "%Y-%m-%dT%H:%M:%SZ"))
    assert mapping.ignored_columns == ("Foo", "Note")
    assert "Foo" in mapping.questions[0]
    assert "Note" not in mapping.questions[0]


@pytest.mark.parametrize(
    ("pattern", "step_h", "clock", "is_open"),
    [
        ("%d/%m/%Y %H:%M", 24, Clock.DAY_FIRST, False),
        ("%m/%d/%Y %H:%M", 24, Clock.MONTH_FIRST, False),
        ("%d.%m.%Y %H:%M", 1, Clock.DAY_FIRST, False),
        ("%Y-%m-%d %H:%M", 1, Clock.DAY_FIRST, False),
        ("%d/%m/%Y %H:%M", 1, Clock.DAY_FIRST, True),
        ("%m/%d/%Y %H:%M", 12, Clock.MONTH_FIRST, True),
    ],
)
def test_the_date_order_is_judged_from_the_sample(
    pattern: str, step_h: int, clock: Clock, is_open: bool
) -> None:
    mapping = guess(table("time,FS1", ",1", pattern, count=20, step_h=step_h))
    assert (mapping.clock, mapping.is_date_order_open) == (clock, is_open)
    assert any("month" in question for question in mapping.questions) == is_open


def test_the_end_of_a_large_file_settles_the_date_order() -> None:
    mapping = guess(table("time,FS1", ",1", "%m/%d/%Y %H:%M:%S", count=60_000))
    assert (mapping.clock, mapping.is_date_order_open) == (Clock.MONTH_FIRST, False)


def test_times_without_an_offset_are_pointed_out() -> None:
    mapping = guess(table("time,FS1", ",1", "%Y-%m-%d %H:%M"), zone="Europe/Moscow")
    assert mapping.zone == "Europe/Moscow"
    assert mapping.questions == (
        "The times carry no offset: they are taken as Europe/Moscow time.",
    )


@pytest.mark.parametrize(
    ("first", "clock"),
    [
        ("1767225600", Clock.EPOCH_S),
        ("1767225600000", Clock.EPOCH_MS),
        ("1767225600000000", Clock.EPOCH_US),
        ("1767225600000000000", Clock.EPOCH_NS),
        ("46023.5", Clock.EXCEL),
    ],
)
def test_counted_times_are_recognised(first: str, clock: Clock) -> None:
    assert guess(f"timestamp,FS1\n{first},1\n{first},2\n").clock is clock


def test_a_date_and_a_time_column_belong_together() -> None:
    mapping = guess("Datum;Uhrzeit;FS1\n01.03.2026;00:00:01;1\n01.03.2026;00:00:02;2\n")
    assert mapping.time_columns == ("Datum", "Uhrzeit")


def test_a_file_without_times_has_no_time_column() -> None:
    mapping = guess("cycle,FS1\n1,2\n2,3\n")
    assert mapping.time_columns == ()
    assert "No column with times" in mapping.questions[0]


def test_the_system_decides_between_equal_tags() -> None:
    text = table("time,PS1", ",1", "%Y-%m-%dT%H:%M:%SZ")
    assert guess(text).columns[0].sensor_id is None
    assert guess(text, system_id=2).columns[0].sensor_id == 4
    assert guess(table("time,B/PS1", ",1", "%Y-%m-%dT%H:%M:%SZ")).columns[0].sensor_id == 4


def test_a_mapping_survives_json() -> None:
    mapping = guess(table("Zeit;PS1 [MPa];TS1;FS1", ";1,5;80,1;3", "%d.%m.%Y %H:%M"))
    assert Mapping.from_dict(mapping.to_dict()) == mapping
    assert Mapping.from_dict(mapping.to_dict()).key == mapping.key


def test_files_with_the_same_columns_have_one_shape() -> None:
    texts = (
        "Time,PS1\n2026-01-01,1\n",
        "x\n\ntime;ps1\n2026-01-01;1\n",
        "time,PS2\n2026-01-01,1\n",
    )
    shapes = []
    for text in texts:
        with open_source(text.encode()) as source:
            shapes.append(shape_of(source))
    assert shapes[0] == shapes[1] != shapes[2]
