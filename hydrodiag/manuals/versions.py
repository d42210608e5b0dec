"""Versions of the index: which there are, which one is searched, going back, and pruning."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.documents import TOPIC

SQL = NamedQueries(__file__, "versions.sql")
MOST_VERSIONS = 5
MOST_BYTES = 10_000_000_000


@dataclass(frozen=True)
class IndexVersion:
    """`embedder` is empty where words alone are searched; `is_pinned`: newer ones wait.

    `evaluation` holds the figures of evaluation.py by question set, None before it has run.
    """

    id: int
    state: str
    fingerprint: str
    embedder: str
    settings: Mapping[str, Any]
    revision_ids: tuple[int, ...]
    chunk_count: int
    size_bytes: int
    evaluation: Mapping[str, Any] | None
    error: str
    started_at: datetime
    ready_at: datetime | None
    is_active: bool
    is_pinned: bool

    @property
    def name(self) -> str:
        return f"v_{self.id}"

    @property
    def embedding_model(self) -> str:
        """As Ollama calls it; empty where words alone are searched."""
        return split_embedder(self.embedder)[0] if self.embedder else ""


def split_embedder(embedder: str) -> tuple[str, int]:
    """Model and dimension of an id such as ollama:nomic-embed-text:latest:768:search_document:."""
    parts = embedder.removeprefix("ollama:").split(":")
    place = next(number for number in range(1, len(parts)) if parts[number].isdigit())
    return ":".join(parts[:place]), int(parts[place])


def list_versions(db: Database) -> list[IndexVersion]:
    return _load(db, None, only_active=False)


def find_version(db: Database, version_id: int) -> IndexVersion | None:
    return next(iter(_load(db, version_id, only_active=False)), None)


def find_active(db: Database) -> IndexVersion | None:
    return next(iter(_load(db, None, only_active=True)), None)


def activate(db: Database, user: str, version_id: int, *, is_pinned: bool = False) -> None:
    """Search this version from the next question on; pinned, newer ones do not take over.

    Raises InvalidInput where there is no such version that is ready.
    """
    with db.write() as connection:
        values = {"id": version_id, "is_pinned": is_pinned, "changed_by": user}
        if connection.execute(SQL["activate"], values).scalar() is None:
            raise InvalidInput(
                f"Version v_{version_id} cannot be searched.", hint="Choose one that is ready."
            )
        bump_generation(connection, TOPIC)


def unpin(db: Database, user: str) -> None:
    """Let newer versions take over again; the next indexing builds one if need be."""
    with db.write() as connection:
        connection.execute(SQL["unpin"], {"changed_by": user})
        bump_generation(connection, TOPIC)


def pick_prunable(
    versions: list[IndexVersion], most: int = MOST_VERSIONS, most_bytes: int = MOST_BYTES
) -> list[int]:
    """Ids that may go: neither the active one nor the newest before it, beyond either limit."""
    ready = sorted((each for each in versions if each.state == "ready"), key=lambda v: -v.id)
    active = next((each for each in ready if each.is_active), None)
    older = [each for each in ready if active and each.id < active.id]
    kept = {each.id for each in (active, older[0] if older else None) if each}
    count, total = len(kept), sum(each.size_bytes for each in ready if each.id in kept)
    gone = []
    for each in ready:
        if each.id in kept:
            continue
        count, total = count + 1, total + each.size_bytes
        if count > most or total > most_bytes:
            gone.append(each.id)
    return gone


def _load(db: Database, version_id: int | None, *, only_active: bool) -> list[IndexVersion]:
    with db.read() as connection:
        values = {"id": version_id, "only_active": only_active}
        rows = connection.execute(SQL["list_versions"], values)
        return [
            IndexVersion(**{**row._mapping, "revision_ids": tuple(row.revision_ids)})
            for row in rows
        ]
