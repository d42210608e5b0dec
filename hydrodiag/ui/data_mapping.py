"""The mapping step: what was guessed of a file, every part of it open to correction."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import available_timezones

import streamlit as st

from hydrodiag.fleet import SensorCatalog, System
from hydrodiag.readings.ingest import Clock, Form, Mapping, Source
from hydrodiag.ui.data_labels import (
    AS_SENSOR,
    CLOCK_LABELS,
    DECIMAL_LABELS,
    FORM_LABELS,
    LEFT_OUT,
    UNITS,
    list_sensor_labels,
)
from hydrodiag.ui.data_mapping_frames import (
    build_column_frame,
    build_label_frame,
    list_file_labels,
    read_column_frame,
    read_label_frame,
)

ZONES = sorted(available_timezones())


def show_questions(mapping: Mapping) -> None:
    """What could not be told from the file alone."""
    if mapping.questions:
        lines = "\n".join(f"- {question}" for question in mapping.questions)
        st.warning(lines, title="Please check", icon=":material/help:")


def pick_mapping(start: Mapping, source: Source, catalog: SensorCatalog, *, key: str) -> Mapping:
    """The mapping with a person's corrections. `key` sets its widgets apart."""
    chosen = _pick_form(start, key)
    chosen = _pick_time(chosen, source.columns, key)
    if chosen.form is Form.WIDE:
        return _pick_columns(chosen, source, catalog, key)
    return _pick_long(chosen, source, catalog, key)


def pick_system(systems: Sequence[System], start: Mapping, *, key: str) -> int | None:
    """The machine the file is of; None: names in the file decide."""
    ids: list[int | None] = [None, *(system.id for system in systems)]
    names = {system.id: f"{system.code}: {system.name}" for system in systems}
    return st.selectbox(
        "Machine",
        ids,
        index=ids.index(start.system_id) if start.system_id in ids else 0,
        format_func=lambda each: (
            "Several, or as named in the file" if each is None else names[each]
        ),
        key=f"system_{key}",
    )


def _pick_form(start: Mapping, key: str) -> Mapping:
    form = st.segmented_control(
        "Form", list(Form), default=start.form, format_func=FORM_LABELS.__getitem__,
        required=True, key=f"form_{key}",
    )  # fmt: skip
    return replace(start, form=form or start.form)


def _pick_time(start: Mapping, columns: Sequence[str], key: str) -> Mapping:
    with st.container(horizontal=True):
        times = st.multiselect(
            "Time column", columns, default=list(start.time_columns), max_selections=2,
            key=f"times_{key}", help="One, or a date and a time of day.",
        )  # fmt: skip
        clock = st.selectbox(
            "Times are", list(Clock), index=list(Clock).index(start.clock),
            format_func=CLOCK_LABELS.__getitem__, key=f"clock_{key}",
        )  # fmt: skip
        zone = st.selectbox(
            "Time zone", ZONES, index=_find_zone(start.zone), key=f"zone_{key}",
            help="For times that carry no offset of their own.",
        )  # fmt: skip
        decimal = st.segmented_control(
            "Decimal sign", list(DECIMAL_LABELS), default=start.decimal, required=True,
            format_func=DECIMAL_LABELS.__getitem__, key=f"decimal_{key}",
        )  # fmt: skip
    keep_old = st.checkbox(
        "Also load readings older than the database keeps", value=start.keep_old,
        key=f"keep_old_{key}",
        help="They stay until retention is run again after the import has aged.",
    )  # fmt: skip
    return replace(
        start, time_columns=tuple(times), clock=clock or start.clock, zone=zone or start.zone,
        decimal=decimal or start.decimal, keep_old=keep_old,
    )  # fmt: skip


def _find_zone(zone: str) -> int:
    return ZONES.index(zone if zone in ZONES else "UTC")


def _pick_columns(start: Mapping, source: Source, catalog: SensorCatalog, key: str) -> Mapping:
    frame = st.data_editor(
        build_column_frame(start, source, catalog),
        hide_index=True,
        disabled=["Column", "Examples"],
        column_config={
            "Sensor": _sensor_column(catalog, start.system_id),
            "Unit": st.column_config.SelectboxColumn(
                "Unit in the file", options=[AS_SENSOR, *UNITS], required=True
            ),
        },
        key=f"columns_{key}_{start.system_id}",
        alt="Columns of the file with the sensors they belong to",
    )
    columns = read_column_frame(frame, catalog, start.time_columns)
    return replace(
        start, columns=columns, sensors={},
        sensor_column="", value_column="", unit_column="", unit="",
    )  # fmt: skip


def _pick_long(start: Mapping, source: Source, catalog: SensorCatalog, key: str) -> Mapping:
    others = [each for each in source.columns if each not in start.time_columns]
    with st.container(horizontal=True):
        sensor = _pick_one("Sensor column", others, start.sensor_column, f"sensor_{key}")
        value = _pick_one("Value column", others, start.value_column, f"value_{key}")
        unit_column = _pick_one("Unit column", others, start.unit_column, f"unit_column_{key}")
        unit = start.unit
        if not unit_column:
            unit = _pick_one("Unit of all rows", UNITS, start.unit, f"unit_{key}", AS_SENSOR)
    chosen = replace(
        start, sensor_column=sensor, value_column=value, unit_column=unit_column,
        unit="" if unit_column else unit, columns=(),
    )  # fmt: skip
    return replace(chosen, sensors=_pick_labels(chosen, source, catalog, key))


def _pick_one(
    label: str, options: Sequence[str], start: str, key: str, placeholder: str = "None"
) -> str:
    index = list(options).index(start) if start in options else None
    chosen = st.selectbox(label, options, index=index, key=key, placeholder=placeholder)
    return chosen or ""


def _pick_labels(
    chosen: Mapping, source: Source, catalog: SensorCatalog, key: str
) -> dict[str, int]:
    labels = list_file_labels(source.sample, chosen.sensor_column)
    if not labels:
        return {}
    frame = st.data_editor(
        build_label_frame(chosen, labels, catalog),
        hide_index=True,
        disabled=["In the file"],
        column_config={"Sensor": _sensor_column(catalog, chosen.system_id)},
        key=f"labels_{key}_{chosen.system_id}_{chosen.sensor_column}",
        alt="Names in the file with the sensors they belong to",
    )
    return read_label_frame(frame, chosen, catalog)


def _sensor_column(catalog: SensorCatalog, system_id: int | None):  # type: ignore[no-untyped-def]
    options = [LEFT_OUT, *list_sensor_labels(catalog, system_id)]
    return st.column_config.SelectboxColumn("Sensor", options=options, required=True)
