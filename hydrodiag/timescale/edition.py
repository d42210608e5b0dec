"""Which TimescaleDB this is, found by trying: the license setting and `\\dx` both may lie."""

from dataclasses import dataclass

from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from hydrodiag.db import Database, NamedQueries
from hydrodiag.timescale.locking import short_transaction

SQL = NamedQueries(__file__, "edition.sql")
# Before 2.19 an ON CONFLICT DO NOTHING into a compressed chunk stops at the first conflict and
# silently loses the other rows (timescaledb#7672).
FIRST_SAFE_COMPRESSION = (2, 19)


@dataclass(frozen=True)
class Edition:
    """`name` is community, apache or none; `license` is what the server claims."""

    name: str
    version: str | None
    license: str | None

    @property
    def is_community(self) -> bool:
        return self.name == "community"

    @property
    def is_misconfigured(self) -> bool:
        """The license says Community, the programs are those of the Apache edition."""
        return self.name == "apache" and self.license == "timescale"

    @property
    def compression_obstacle(self) -> str:
        """Why chunks cannot be compressed here; empty where they can."""
        if self.name == "none":
            return "The TimescaleDB extension is not installed in this database."
        if not self.is_community:
            return (
                f"TimescaleDB {self.version} here is the Apache edition; "
                "compression needs the Community edition."
            )
        if version_of(self.version) < FIRST_SAFE_COMPRESSION:
            return (
                f"TimescaleDB {self.version} can lose late readings in compressed chunks; "
                "compression needs 2.19 or newer."
            )
        return ""


def detect_edition(db: Database) -> Edition:
    with db.maintain() as connection:
        return probe_edition(connection)


def probe_edition(connection: Connection) -> Edition:
    found = connection.execute(SQL["find_extension"]).one_or_none()
    if found is None:
        return Edition("none", None, None)
    name = "community" if _has_community_functions(connection) else "apache"
    return Edition(name, found.version, found.license)


def version_of(text: str | None) -> tuple[int, ...]:
    """(2, 19, 3) of `2.19.3` or `2.19.3-dev`."""
    numbers = (text or "").partition("-")[0].split(".")
    return tuple(int(number) for number in numbers if number.isdigit())


def _has_community_functions(connection: Connection) -> bool:
    """Ask for a change of a job that does not exist: no effect, refused on the Apache edition."""
    try:
        with short_transaction(connection):
            connection.execute(SQL["probe_community"])
    except DBAPIError as error:
        if isinstance(error.orig, pg.FeatureNotSupported):
            return False
        raise
    return True
