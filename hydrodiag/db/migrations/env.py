"""Alembic's entry: runs on the connection that hydrodiag.db.migrate hands in."""

from typing import Any

from alembic import context

from hydrodiag.db.tables import Base


def include_name(name: str | None, kind: str, _parent: Any) -> bool:
    """Leave TimescaleDB's own schemas alone."""
    return not (kind == "schema" and (name or "").startswith("_timescaledb"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=include_name,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
