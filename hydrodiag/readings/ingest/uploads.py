"""Files handed in over a page: kept in the database in parts, so that any process can load them."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import BinaryIO

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.readings.ingest.block import Source
from hydrodiag.readings.ingest.sources import open_source
from hydrodiag.readings.ingest.upkeep import INGEST_TOPIC

SQL = NamedQueries(__file__, "uploads.sql")
PART_BYTES = 8_000_000
KEPT_AFTER_LOADING = timedelta(days=2)
KEPT_AT_MOST = timedelta(days=14)


@dataclass(frozen=True)
class Upload:
    """`last_status` is that of its last run, None before the first."""

    id: int
    name: str
    size_bytes: int
    uploaded_by: str
    created_at: datetime
    last_status: str | None


def store_upload(db: Database, name: str, stream: BinaryIO, *, uploaded_by: str = "") -> int:
    """Keep a file under a new upload id. Raises InvalidInput if it is empty."""
    with db.write() as connection:
        values = {"name": name, "uploaded_by": uploaded_by}
        upload_id: int = connection.execute(SQL["create_upload"], values).scalar_one()
    digest, size_bytes = sha256(), 0
    for part, content in enumerate(_parts(stream)):
        digest.update(content)
        size_bytes += len(content)
        with db.write() as connection:
            values_of_part = {"upload_id": upload_id, "part": part, "content": content}
            connection.execute(SQL["add_part"], values_of_part)
    _complete(db, upload_id, name, size_bytes, digest.digest())
    return upload_id


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    while content := stream.read(PART_BYTES):
        yield content


def _complete(db: Database, upload_id: int, name: str, size_bytes: int, digest: bytes) -> None:
    with db.write() as connection:
        if not size_bytes:
            connection.execute(SQL["delete_upload"], {"upload_id": upload_id})
        else:
            values = {"upload_id": upload_id, "size_bytes": size_bytes, "sha256": digest}
            connection.execute(SQL["complete_upload"], values)
            bump_generation(connection, INGEST_TOPIC)
    if not size_bytes:
        raise InvalidInput(f"{name} is empty.", hint="Export the readings again.")


def open_upload(db: Database, upload_id: int, *, sheet: str | None = None) -> Source:
    """The upload as a source, through a temporary file of this process.

    Raises NotFound where it is unknown, incomplete or forgotten, InvalidInput like open_source.
    """
    with db.read() as connection:
        upload = connection.execute(SQL["find_upload"], {"upload_id": upload_id}).one_or_none()
    if upload is None or upload.size_bytes is None:
        raise NotFound(f"There is no upload {upload_id} any more.", hint="Upload the file again.")
    copy = tempfile.TemporaryFile(prefix="hydrodiag-upload-")  # noqa: SIM115 (the source closes it)
    try:
        for part in range(-(-upload.size_bytes // PART_BYTES)):
            copy.write(_read_part(db, upload_id, part))
    except BaseException:
        copy.close()
        raise
    return open_source(copy, upload.name, sheet=sheet)


def _read_part(db: Database, upload_id: int, part: int) -> bytes:
    with db.read() as connection:
        values = {"upload_id": upload_id, "part": part}
        content: bytes | None = connection.execute(SQL["read_part"], values).scalar()
    if content is None:
        raise NotFound(f"Upload {upload_id} has lost a part.", hint="Upload the file again.")
    return content


def list_uploads(db: Database, limit: int = 100) -> list[Upload]:
    with db.read() as connection:
        rows = connection.execute(SQL["list_uploads"], {"limit": limit})
        return [Upload(**row._mapping) for row in rows]


def forget_uploads(db: Database) -> tuple[int, int]:
    """Delete uploads that are loaded or very old: how many, and their bytes."""
    now = datetime.now(UTC)
    ages = {"loaded_before": now - KEPT_AFTER_LOADING, "any_before": now - KEPT_AT_MOST}
    with db.write() as connection:
        sizes = connection.execute(SQL["forget_uploads"], ages).scalars().all()
        if sizes:
            bump_generation(connection, INGEST_TOPIC)
    return len(sizes), sum(sizes)
