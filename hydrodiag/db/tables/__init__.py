"""The tables, one module an area. Importing this package registers all of them on `Base`."""

from hydrodiag.db.tables import (
    accounts,
    api_keys,
    assistant,
    diagnostics,
    fleet,
    ingest,
    jobs,
    lifecycle,
    manuals,
    readings,
    saved_views,
)
from hydrodiag.db.tables.declarative import Base

__all__ = [
    "Base",
    "accounts",
    "api_keys",
    "assistant",
    "diagnostics",
    "fleet",
    "ingest",
    "jobs",
    "lifecycle",
    "manuals",
    "readings",
    "saved_views",
]
