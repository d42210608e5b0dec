"""Tables of a machine and back."""

import pytest

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import ComponentDraft, SensorDraft, SensorSpec, SystemDraft, SystemSpec
from hydrodiag.ui.fleet_frames import (
    Edited,
    build_component_frame,
    build_sensor_frame,
    read_spec,
)

SPEC = SystemSpec(
    SystemDraft(code="p1", name="Press", kind="press", site="A", description="Old"),
    (ComponentDraft(code="pump", name="Pump", kind="pump"),),
    (
        SensorSpec(SensorDraft(tag="P", name="P", quantity="pressure", unit="bar", warn_high=9.5),
                   "pump"),
        SensorSpec(SensorDraft(tag="T", name="T", quantity="temperature", unit="°C", is_key=True)),
    ),
)  # fmt: skip
TEXTS = {"name": "Press", "kind": "press", "site": "A", "description": "Old"}


def edited() -> Edited:
    return Edited(dict(TEXTS), build_component_frame(SPEC), build_sensor_frame(SPEC))


def test_what_nobody_touches_stays_as_it_is() -> None:
    assert read_spec(SPEC, edited()) == SPEC


def test_cells_and_new_rows_are_read() -> None:
    tables = edited()
    tables.sensors.loc[0, "Warning high"] = 8.0
    tables.sensors.loc[2] = ["Q", "", "flow", "l/min", "pump", *[None] * 8, None]
    read = read_spec(SPEC, tables)
    assert read.sensors[0].draft.warn_high == 8
    assert (read.sensors[2].draft.tag, read.sensors[2].draft.name) == ("Q", "Q")
    assert read.sensors[2].draft.is_key is False


def test_a_tag_is_not_renamed() -> None:
    tables = edited()
    tables.sensors.loc[0, "Tag"] = "P2"
    with pytest.raises(InvalidInput, match="P cannot be renamed to P2"):
        read_spec(SPEC, tables)


def test_limits_out_of_order_name_the_sensor() -> None:
    tables = edited()
    tables.sensors.loc[0, "Critical high"] = 5.0
    with pytest.raises(InvalidInput, match="Sensor P: warn_high"):
        read_spec(SPEC, tables)
