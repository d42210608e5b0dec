"""Runs over files and their batches, as the database remembers them."""

from dataclasses import dataclass
from datetime import datetime

from hydrodiag.db import Database, NamedQueries
from hydrodiag.readings.ingest.files import RUN_LOCK

SQL = NamedQueries(__file__, "uploads.sql")


@dataclass(frozen=True)
class FileRun:
    """`state`: running, succeeded, failed, stopped, or interrupted (its process died)."""

    id: int
    name: str
    origin: str
    kind: str
    size_bytes: int | None
    upload_id: int | None
    started_by: str
    status: str
    error: str
    row_count: int
    inserted: int
    already_there: int
    quarantined: int
    empty: int
    batches: int
    first_at: datetime | None
    last_at: datetime | None
    started_at: datetime
    finished_at: datetime | None
    state: str


@dataclass(frozen=True)
class Batch:
    """Counts are those of its first load."""

    id: int
    file_id: int | None
    name: str
    origin: str
    first_line: int | None
    last_line: int | None
    row_count: int
    inserted: int
    already_there: int
    quarantined: int
    empty: int
    first_at: datetime | None
    last_at: datetime | None
    loaded_at: datetime


def list_files(db: Database, limit: int = 100) -> list[FileRun]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_files"], {"limit": limit, "run_lock": RUN_LOCK})
        return [FileRun(**row._mapping) for row in rows]


def list_batches(db: Database, file_id: int | None = None, limit: int = 100) -> list[Batch]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_batches"], {"file_id": file_id, "limit": limit})
        return [Batch(**row._mapping) for row in rows]
