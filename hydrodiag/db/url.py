"""Database URLs as operators write them."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from hydrodiag.errors import InvalidInput

ACCEPTED = ("postgres", "postgresql", "postgresql+psycopg")


def normalise_url(url: str) -> URL:
    """Accept `postgres://` and `postgresql://` alike; raise InvalidInput for anything else."""
    hint = "Set DATABASE_URL to postgresql://user:password@host:5432/database."
    try:
        parsed = make_url(url.strip())
    except ArgumentError:
        raise InvalidInput("DATABASE_URL is not a database URL.", hint=hint) from None
    if parsed.drivername not in ACCEPTED:
        raise InvalidInput(f"DATABASE_URL names {parsed.drivername!r}, not PostgreSQL.", hint=hint)
    return parsed.set(drivername="postgresql+psycopg")


def libpq_url(url: URL) -> str:
    """The same URL for psycopg, with its password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def redact_url(url: str) -> str:
    return normalise_url(url).set(drivername="postgresql").render_as_string(hide_password=True)
