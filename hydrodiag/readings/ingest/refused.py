"""Rows that were refused, on their way into quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from hydrodiag.db import NamedQueries
from hydrodiag.readings.ingest.batch import Codes
from hydrodiag.readings.ingest.binary_copy import raw_connection

SQL = NamedQueries(__file__)
COPY_REFUSED = (
    "COPY ingest_refused (id, row_key, file_id, file_name, line, raw, reason, detail, "
    "sensor_label, sensor_id, time_text, reading_at, value_text, value, unit, status, "
    "resolved_by, created_at) FROM STDIN"
)
MAX_RAW = 4000


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """`scope` tells apart equal rows that were read for different machines or cells.

    `line` None: the row stood in no file.
    """

    scope: str
    line: int | None
    raw: str
    reason: str
    detail: str
    sensor_label: str = ""
    sensor_id: int | None = None
    time_text: str = ""
    reading_at: datetime | None = None
    value_text: str = ""
    value: float | None = None
    unit: str = ""

    @property
    def row_key(self) -> bytes:
        """The same for the same row of the same file, whatever the file is called."""
        parts = "\x1f".join((self.scope, str(self.line), self.sensor_label, self.raw))
        return blake2b(parts.encode("utf-8", "replace"), digest_size=16).digest()

    def at_line(self, line: int) -> Self:
        return replace(self, line=line)


class RowSource(Protocol):
    """Where a batch came from: can tell its rows as people know them."""

    def describe(
        self, positions: NDArray[np.int64], codes: Codes, stored: dict[int, float]
    ) -> Sequence[RefusedRow]: ...


def keep_refused(
    connection: Connection, rows: Sequence[RefusedRow], *, file_id: int | None, file_name: str
) -> None:
    connection.execute(SQL["create_refused"])
    with raw_connection(connection).cursor() as cursor, cursor.copy(COPY_REFUSED) as copy:
        for row in rows:
            copy.write_row(_columns(row, file_id, file_name))
    connection.execute(SQL["keep_refused"])


def _columns(row: RefusedRow, file_id: int | None, file_name: str) -> tuple[object, ...]:
    texts = (row.raw[:MAX_RAW], row.reason, row.detail, row.sensor_label)
    raw, reason, detail, label = (_clean(each) for each in texts)
    value = row.value if row.value is not None and np.isfinite(row.value) else None
    times = (_clean(row.time_text), row.reading_at, _clean(row.value_text), value, _clean(row.unit))
    key = (0, row.row_key, file_id, file_name, row.line)
    return (*key, raw, reason, detail, label, row.sensor_id, *times, "open", "", "now")


def _clean(text: str) -> str:
    """PostgreSQL's text cannot hold NUL."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
