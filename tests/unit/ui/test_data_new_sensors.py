import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest.units import EXPRESSIONS
from hydrodiag.ui.data_labels import QUANTITY_OF_UNIT
from hydrodiag.ui.data_new_sensors import COLUMNS, NUMBERS, build_draft_frame, read_draft_frame

WORDS = st.text("abcXYZ019", min_size=2, max_size=8)


def frame_of(**cells: object) -> pd.DataFrame:
    """A ticked row of a pressure sensor, with some cells changed."""
    plain: dict[str, object] = {
        "Create": True,
        "In the file": "PS1 [bar]",
        "Tag": "PS1",
        "Name": "Pump",
        "Quantity": "pressure",
        "Unit": "bar",
        **dict.fromkeys(NUMBERS, math.nan),
    }
    return pd.DataFrame([plain | cells])


@pytest.mark.parametrize(
    ("label", "tag", "quantity", "unit"),
    [
        ("PS1 [bar]", "PS1", "pressure", "bar"),
        ("Oil temperature (°C)", "Oil temperature", "temperature", "°C"),
        ("FS1, lpm", "FS1", "flow", "l/min"),
        ("Viscosity [cst]", "Viscosity", "viscosity", "cSt"),
        ("Mass [kg]", "Mass", "", "kg"),
    ],
)
def test_a_label_tells_tag_unit_and_what_that_measures(
    label: str, tag: str, quantity: str, unit: str
) -> None:
    row = build_draft_frame([label]).loc[0]
    assert row[["In the file", "Tag", "Name", "Quantity", "Unit"]].tolist() == [
        label,
        tag,
        tag,
        quantity,
        unit,
    ]


def test_only_labels_with_a_unit_are_ticked_to_begin_with() -> None:
    assert build_draft_frame(["PS1 [bar]", "Remark"])["Create"].tolist() == [True, False]


@pytest.mark.parametrize("labels", [[], ["PS1 [bar]"]])
def test_numbers_are_empty_and_can_be_typed_in(labels: list[str]) -> None:
    frame = build_draft_frame(labels)
    assert frame.columns.tolist() == list(COLUMNS)
    assert frame[list(NUMBERS)].isna().all(axis=None)
    assert set(frame[list(NUMBERS)].dtypes.astype(str)) == {"float64"}


def test_no_labels_make_no_sensors() -> None:
    assert read_draft_frame(build_draft_frame([])) == []


def test_what_is_not_ticked_is_not_created_even_if_it_could_not_be() -> None:
    assert read_draft_frame(frame_of(Create=False, Tag="")) == []


def test_what_was_typed_in_becomes_a_sensor() -> None:
    typed = {"Lowest possible": 0.0, "Highest possible": 400.0, "Resolution": 0.1}
    (draft,) = read_draft_frame(frame_of(**typed, Tag=" PS1 ", Unit=None))
    assert (draft.tag, draft.name, draft.unit) == ("PS1", "Pump", "")
    assert (draft.valid_min, draft.valid_max, draft.resolution) == (0, 400, 0.1)


@pytest.mark.parametrize("empty", [None, math.nan])
def test_an_empty_number_is_no_limit(empty: float | None) -> None:
    (draft,) = read_draft_frame(frame_of(**dict.fromkeys(NUMBERS, empty)))
    assert (draft.valid_min, draft.valid_max, draft.resolution) == (None, None, None)


@pytest.mark.parametrize("name", ["", "  ", None, math.nan])
def test_a_sensor_without_a_name_is_called_by_its_tag(name: object) -> None:
    assert read_draft_frame(frame_of(Name=name))[0].name == "PS1"


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"Tag": " "}, "no tag"),
        ({"Quantity": ""}, "no quantity"),
        ({"Resolution": 0.0}, "resolution is 0"),
        ({"Lowest possible": 5.0, "Highest possible": 1.0}, "valid_min 5 is above valid_max 1"),
    ],
)
def test_what_cannot_be_is_refused(cells: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        read_draft_frame(frame_of(**cells))


@given(st.lists(st.tuples(WORDS, st.sampled_from(sorted(QUANTITY_OF_UNIT))), max_size=5))
def test_labels_become_sensors_without_a_correction(labels: list[tuple[str, str]]) -> None:
    drafts = read_draft_frame(build_draft_frame([f"{name} [{unit}]" for name, unit in labels]))
    assert [(draft.tag, draft.unit) for draft in drafts] == labels
    assert [draft.quantity for draft in drafts] == [QUANTITY_OF_UNIT[unit] for _, unit in labels]


def test_quantities_are_told_only_of_units_that_are_known() -> None:
    assert set(QUANTITY_OF_UNIT) <= set(EXPRESSIONS)
