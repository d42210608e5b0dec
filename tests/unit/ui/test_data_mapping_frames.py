from dataclasses import replace

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.fleet import CatalogSensor, SensorCatalog
from hydrodiag.readings.ingest import ColumnUse, Form, Mapping, Source
from hydrodiag.ui.data_labels import AS_SENSOR, LEFT_OUT, UNITS, label_sensor, list_sensor_labels
from hydrodiag.ui.data_mapping_frames import (
    EXAMPLES,
    MAX_LABELS,
    build_column_frame,
    build_label_frame,
    describe_examples,
    guess_uses,
    list_file_labels,
    list_unknown,
    read_column_frame,
    read_label_frame,
)

PUMP = CatalogSensor(1, 1, "press-1", "PS1", "Pump pressure", "pressure", "bar")
TANK = CatalogSensor(2, 1, "press-1", "T1", "Tank", "temperature", "°C")
OTHER_PUMP = CatalogSensor(3, 2, "press-2", "PS1", "Pump pressure", "pressure", "bar")
COUNTER = CatalogSensor(4, 2, "press-2", "N", "Strokes", "count", "")
CATALOG = SensorCatalog([PUMP, TANK, OTHER_PUMP, COUNTER])
WIDE = Mapping(Form.WIDE, ("time",), system_id=1)
LONG = Mapping(Form.LONG, ("time",), system_id=1, sensor_column="sensor", value_column="value")
COLUMN_USES = st.builds(
    ColumnUse,
    st.text(min_size=1).filter(lambda name: name != "time"),
    st.sampled_from([None, 1, 2, 3, 4]),
    st.sampled_from(["", *UNITS]),
)


class Opened(Source):
    """A file that was read already."""

    def __init__(self, /, **columns: list) -> None:
        self.sample = pl.DataFrame(columns)
        self.columns = tuple(self.sample.columns)

    def blocks(self):
        return iter(())

    def close(self) -> None: ...


def test_columns_are_guessed_by_their_names() -> None:
    source = Opened(**{"time": ["2026"], "ps1 (psi)": ["1"], "remark": ["x"]})
    assert guess_uses(WIDE, source, CATALOG) == (
        ColumnUse("time"),
        ColumnUse("ps1 (psi)", PUMP.id, "psi"),
        ColumnUse("remark"),
    )


def test_a_name_of_two_machines_is_not_guessed_until_one_is_chosen() -> None:
    source = Opened(PS1=["1"])
    assert guess_uses(replace(WIDE, system_id=None), source, CATALOG)[0].sensor_id is None
    assert guess_uses(replace(WIDE, system_id=2), source, CATALOG)[0].sensor_id == OTHER_PUMP.id


def test_a_wide_file_has_a_row_a_column_without_the_time() -> None:
    source = Opened(**{"time": ["2026", "2027"], "PS1 [psi]": ["1", "2"], "remark": ["x", None]})
    assert build_column_frame(WIDE, source, CATALOG).to_dict("records") == [
        {
            "Column": "PS1 [psi]",
            "Examples": "1, 2",
            "Sensor": "press-1/PS1 [bar]",
            "Unit": "psi",
        },
        {"Column": "remark", "Examples": "x", "Sensor": LEFT_OUT, "Unit": AS_SENSOR},
    ]


def test_what_was_mapped_counts_more_than_what_would_be_guessed() -> None:
    mapping = replace(WIDE, columns=(ColumnUse("PS1", TANK.id, "°F"),))
    row = build_column_frame(mapping, Opened(PS1=["1"]), CATALOG).loc[0]
    assert row[["Sensor", "Unit"]].tolist() == ["press-1/T1 [°C]", "°F"]


def test_a_column_of_a_deleted_sensor_is_left_out() -> None:
    mapping = replace(WIDE, columns=(ColumnUse("PS1", 99),))
    frame = build_column_frame(mapping, Opened(PS1=["1"]), CATALOG)
    assert frame.loc[0, "Sensor"] == LEFT_OUT
    assert read_column_frame(frame, CATALOG, ["time"]) == (ColumnUse("PS1"),)


def test_a_file_of_times_only_has_no_rows() -> None:
    frame = build_column_frame(WIDE, Opened(time=["2026"]), CATALOG)
    assert frame.columns.tolist() == ["Column", "Examples", "Sensor", "Unit"]
    assert read_column_frame(frame, CATALOG, ["time"]) == ()


def test_a_column_that_became_the_time_is_no_sensor() -> None:
    frame = build_column_frame(WIDE, Opened(PS1=["1"], T1=["2"]), CATALOG)
    assert [use.column for use in read_column_frame(frame, CATALOG, ["T1"])] == ["PS1"]


@given(st.lists(COLUMN_USES, min_size=1, max_size=6, unique_by=lambda use: use.column))
def test_uses_of_columns_read_back_as_they_were(uses: list[ColumnUse]) -> None:
    source = Opened(**{use.column: ["1"] for use in uses})
    frame = build_column_frame(replace(WIDE, columns=tuple(uses)), source, CATALOG)
    assert read_column_frame(frame, CATALOG, ["time"]) == tuple(uses)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["a", None, "b"], "a, b"),
        ([1, 2, 3, 4, 5], "1, 2, 3"),
        ([1.0, 0.25], "1, 0.25"),
        ([None, None], ""),
        ([], ""),
    ],
)
def test_examples_are_the_first_values_there_are(values: list, text: str) -> None:
    assert describe_examples(pl.DataFrame({"a": values}), "a") == text
    assert len(text.split(", ")) <= EXAMPLES


def test_names_in_a_long_file_are_listed_once_in_its_order() -> None:
    sample = pl.DataFrame({"sensor": ["T1", "PS1", None, "T1", "PS1"]})
    assert list_file_labels(sample, "sensor") == ["T1", "PS1"]


def test_numbers_can_be_names_of_sensors() -> None:
    assert list_file_labels(pl.DataFrame({"sensor": [7, 3, 7]}), "sensor") == ["7", "3"]


@pytest.mark.parametrize("column", ["", "gone"])
def test_without_a_sensor_column_there_are_no_names(column: str) -> None:
    assert list_file_labels(pl.DataFrame({"sensor": ["T1"]}), column) == []


def test_a_file_with_very_many_names_lists_some() -> None:
    sample = pl.DataFrame({"sensor": [f"S{number}" for number in range(MAX_LABELS + 1)]})
    assert len(list_file_labels(sample, "sensor")) == MAX_LABELS


def test_names_stand_beside_the_sensors_they_mean() -> None:
    mapping = replace(LONG, sensors={"druck": PUMP.id})
    frame = build_label_frame(mapping, ["druck", "t1", "noise"], CATALOG)
    assert frame["Sensor"].tolist() == ["press-1/PS1 [bar]", "press-1/T1 [°C]", LEFT_OUT]


def test_no_names_make_no_rows() -> None:
    frame = build_label_frame(LONG, [], CATALOG)
    assert frame.columns.tolist() == ["In the file", "Sensor"]
    assert read_label_frame(frame, LONG, CATALOG) == {}


def test_only_what_the_names_do_not_say_is_remembered() -> None:
    frame = pd.DataFrame(
        {
            "In the file": ["T1", "druck", "PS1", "noise"],
            "Sensor": [label_sensor(TANK), label_sensor(PUMP), label_sensor(TANK), LEFT_OUT],
        }
    )
    assert read_label_frame(frame, LONG, CATALOG) == {"druck": PUMP.id, "PS1": TANK.id}


@given(st.dictionaries(st.text("äöxyz", min_size=1), st.sampled_from([1, 2, 3, 4])))
def test_assigned_names_read_back_as_they_were(sensors: dict[str, int]) -> None:
    mapping = replace(LONG, sensors=sensors)
    frame = build_label_frame(mapping, list(sensors), CATALOG)
    assert read_label_frame(frame, mapping, CATALOG) == sensors


def test_unknown_names_of_a_long_file_are_listed() -> None:
    source = Opened(sensor=["T1", "noise", "druck"], value=["1", "2", "3"])
    mapping = replace(LONG, sensors={"druck": PUMP.id})
    assert list_unknown(mapping, source, CATALOG) == ["noise"]


@pytest.mark.parametrize(
    ("values", "is_listed"),
    [
        (["1", "2"], True),
        (["1,5", "x"], True),
        ([1, 2], True),
        (["x", None], False),
        ([None, None], False),
    ],
)
def test_only_unused_columns_with_numbers_may_become_sensors(values: list, is_listed: bool) -> None:
    mapping = replace(WIDE, columns=(ColumnUse("left"), ColumnUse("used", PUMP.id)))
    unknown = list_unknown(mapping, Opened(left=values, used=["1", "2"]), CATALOG)
    assert unknown == (["left"] if is_listed else [])


def test_sensors_are_labelled_with_machine_and_unit() -> None:
    assert label_sensor(PUMP) == "press-1/PS1 [bar]"
    assert label_sensor(COUNTER) == "press-2/N [–]"


def test_labels_of_one_machine_or_of_all_lead_back_to_the_sensors() -> None:
    assert list_sensor_labels(CATALOG, 1) == {label_sensor(PUMP): 1, label_sensor(TANK): 2}
    assert len(list_sensor_labels(CATALOG, None)) == 4
