"""Correcting one refused reading by hand."""

from datetime import datetime

import streamlit as st

from hydrodiag.accounts import Permission
from hydrodiag.errors import HydroDiagError, InvalidInput
from hydrodiag.readings.ingest import (
    REASON_TEXT,
    QuarantinedRow,
    ReadingChange,
    Reason,
    RetryReport,
    fix_quarantined,
)
from hydrodiag.ui.acting import act
from hydrodiag.ui.data_labels import AS_SENSOR, UNITS, list_sensor_labels
from hydrodiag.ui.data_opened import current_catalog
from hydrodiag.ui.wording import join_count


def parse_instant(text: str) -> datetime:
    """ISO 8601 with its offset, or Z. Raises InvalidInput."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InvalidInput(
            f"{text!r} is no time.", hint="Write 2025-12-31T23:59:00Z, or with another offset."
        )
    return instant


def build_change(
    row: QuarantinedRow, *, time: str, sensor_id: int | None, value: float | None, unit: str | None
) -> ReadingChange:
    """Only what differs from the row. Raises InvalidInput for a time that is none."""
    instant = parse_instant(time) if time.strip() else None
    return ReadingChange(
        time=instant if instant != row.reading_at else None,
        sensor_id=sensor_id if sensor_id != row.sensor_id else None,
        value=value if value != row.value else None,
        unit=unit if unit is not None and unit != row.unit else None,
    )


def describe_retry(report: RetryReport) -> str:
    """What a retry did, in one line."""
    parts = [f"{join_count(report.inserted, 'reading', 'readings')} loaded"]
    if report.already_there:
        parts.append(f"{report.already_there} were there already")
    if report.still_open:
        why = "; ".join(
            f"{count} x {REASON_TEXT[Reason(reason)].lower()}"
            for reason, count in report.reasons.items()
        )
        parts.append(f"{report.still_open} still refused ({why})")
    return ", ".join(parts) + "."


@st.dialog("Correct a reading", icon=":material/edit:")
def ask_for_fix(row: QuarantinedRow) -> None:
    where = f"{row.file_name}, line {row.line}" if row.line else row.file_name
    st.caption(f"{where}: {REASON_TEXT[Reason(row.reason)]}. {row.detail}")
    st.code(row.raw, language=None, wrap_lines=True)
    sensors = list_sensor_labels(current_catalog(), None)
    ids = list(sensors.values())
    names = {sensor_id: label for label, sensor_id in sensors.items()}
    instant = row.reading_at.isoformat() if row.reading_at else ""
    time = st.text_input(
        "Time", value=instant, key=f"fix_time_{row.id}", placeholder="2025-12-31T23:59:00Z"
    )
    sensor_id = st.selectbox(
        "Sensor", ids, index=ids.index(row.sensor_id) if row.sensor_id in ids else None,
        format_func=names.__getitem__, key=f"fix_sensor_{row.id}",
    )  # fmt: skip
    value = st.number_input("Value", value=row.value, format="%g", key=f"fix_value_{row.id}")
    options = (AS_SENSOR, *UNITS)
    unit = st.selectbox(
        "Unit of the value", options, index=options.index(row.unit) if row.unit in options else 0,
        key=f"fix_unit_{row.id}",
    )  # fmt: skip
    if st.button("Save and load", type="primary", key=f"fix_save_{row.id}"):
        chosen_unit = "" if unit == AS_SENSOR else unit
        _save(row, time or "", sensor_id, value, chosen_unit)


def _save(
    row: QuarantinedRow, time: str, sensor_id: int | None, value: float | None, unit: str | None
) -> None:
    try:
        change = build_change(row, time=time, sensor_id=sensor_id, value=value, unit=unit)
        report = act(
            Permission.REVIEW, "correct reading", str(row.id),
            lambda db, name: fix_quarantined(db, row.id, change, by=name),
        )  # fmt: skip
    except HydroDiagError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/error:")
        return
    if report.still_open:
        st.error(f"Still refused: {describe_retry(report)}", icon=":material/error:")
        return
    st.session_state["_quarantine_message"] = describe_retry(report)
    st.session_state["_quarantine_version"] = st.session_state.get("_quarantine_version", 0) + 1
    st.rerun()
