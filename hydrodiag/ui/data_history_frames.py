"""Files, batches and refused readings as tables."""

from collections.abc import Sequence

import pandas as pd

from hydrodiag.readings.ingest import REASON_TEXT, Batch, FileRun, QuarantinedRow, Reason
from hydrodiag.ui.data_labels import STATE_LABELS
from hydrodiag.ui.wording import NOTHING, format_bytes, format_instant, format_span

COUNTS = ["Readings", "New", "Already there", "Quarantined", "Empty"]
FILE_COLUMNS = ["File", "Name", "State", *COUNTS, "From (UTC)", "To (UTC)", "Started (UTC)", "Took",
                "By", "Size", "Error"]  # fmt: skip
BATCH_COLUMNS = ["Lines", *COUNTS, "From (UTC)", "To (UTC)", "Loaded (UTC)"]
QUARANTINE_COLUMNS = ["Line", "Why", "In detail", "Sensor", "Time", "Value", "Row", "File", "State"]


def build_file_frame(files: Sequence[FileRun]) -> pd.DataFrame:
    return pd.DataFrame([_file_row(each) for each in files], columns=FILE_COLUMNS)


def build_batch_frame(batches: Sequence[Batch]) -> pd.DataFrame:
    return pd.DataFrame([_batch_row(each) for each in batches], columns=BATCH_COLUMNS)


def build_quarantine_frame(rows: Sequence[QuarantinedRow]) -> pd.DataFrame:
    return pd.DataFrame([_quarantine_row(each) for each in rows], columns=QUARANTINE_COLUMNS)


def _counts(each: FileRun | Batch) -> tuple[int, ...]:
    return (each.row_count, each.inserted, each.already_there, each.quarantined, each.empty)


def _file_row(file: FileRun) -> tuple[int | str, ...]:
    took = file.finished_at - file.started_at if file.finished_at else None
    return (
        file.id, file.name, STATE_LABELS[file.state], *_counts(file), format_instant(file.first_at),
        format_instant(file.last_at), format_instant(file.started_at), format_span(took),
        file.started_by or file.origin, format_bytes(file.size_bytes), file.error,
    )  # fmt: skip


def _batch_row(batch: Batch) -> tuple[int | str, ...]:
    lines = NOTHING if batch.first_line is None else f"{batch.first_line} to {batch.last_line}"
    instants = (batch.first_at, batch.last_at, batch.loaded_at)
    return (lines, *_counts(batch), *(format_instant(each) for each in instants))


def _quarantine_row(row: QuarantinedRow) -> tuple[int | str | None, ...]:
    return (
        row.line, REASON_TEXT[Reason(row.reason)], row.detail, row.sensor_label, row.time_text,
        f"{row.value_text} {row.unit}".strip(), row.raw, row.file_name, _describe_status(row),
    )  # fmt: skip


def _describe_status(row: QuarantinedRow) -> str:
    return f"{row.status} by {row.resolved_by}" if row.resolved_by else row.status
