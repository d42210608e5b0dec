"""The way to the database: connections by role, errors translated, SQL by name."""

from hydrodiag.db.connections import Database
from hydrodiag.db.named_sql import NamedQueries
from hydrodiag.db.roles import Role
from hydrodiag.db.url import normalise_url, redact_url

__all__ = ["Database", "NamedQueries", "Role", "normalise_url", "redact_url"]
