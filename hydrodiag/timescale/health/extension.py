"""TimescaleDB itself: there, new enough, the edition it claims to be; HydroDiag's roles."""

from sqlalchemy import Connection

from hydrodiag.db import NamedQueries, Role
from hydrodiag.timescale.edition import probe_edition, version_of
from hydrodiag.timescale.health.check import FAILING, OK, WARNING, Check, Verdict, grade
from hydrodiag.timescale.hypertables import find_hypertables

SQL = NamedQueries(__file__, "extension.sql")
OLDEST = (2, 17)
EXPECTED_TABLES = ("sensor_data", "sensor_data_1h", "sensor_data_1m")


def judge_version(connection: Connection) -> Verdict:
    found = connection.execute(SQL["find_versions"]).one_or_none()
    if found is None or found.installed is None:
        return Verdict(FAILING, "not installed")
    if version_of(found.installed) < OLDEST:
        return Verdict(FAILING, found.installed)
    if found.installed != found.available:
        return Verdict(
            WARNING,
            f"{found.installed}, the server has {found.available}",
            "As the database's owner, first command of a session: "
            "`ALTER EXTENSION timescaledb UPDATE`.",
        )
    return Verdict(OK, found.installed)


def judge_edition(connection: Connection) -> Verdict:
    edition = probe_edition(connection)
    if edition.is_misconfigured:
        return Verdict(FAILING, "Apache edition that is set up as Community")
    if edition.name == "none":
        return Verdict(FAILING, "none")
    return Verdict(OK, f"{edition.name.capitalize()} edition")


def judge_hypertables(connection: Connection) -> Verdict:
    present = {each.name for each in find_hypertables(connection)}
    missing = [name for name in EXPECTED_TABLES if name not in present]
    if missing:
        return Verdict(FAILING, f"not hypertables: {', '.join(missing)}")
    return Verdict(OK, f"{len(present)} hypertables")


def judge_roles(connection: Connection) -> Verdict:
    usable = set(connection.execute(SQL["list_usable_roles"], {"roles": list(Role)}).scalars())
    missing = [role.value for role in Role if role.value not in usable]
    if missing:
        return Verdict(WARNING, f"missing: {', '.join(missing)}")
    return Verdict(OK, "reading, ingest and maintenance apart")


def judge_invalid_indexes(connection: Connection) -> Verdict:
    names = list(connection.execute(SQL["list_invalid_indexes"]).scalars())
    return Verdict(grade(False, bool(names)), ", ".join(names) or "none")


CHECKS = (
    Check(
        "extension",
        "TimescaleDB version",
        "2.17 or newer, no update pending",
        "Install TimescaleDB 2.17 or newer in this database.",
        judge_version,
    ),
    Check(
        "edition",
        "TimescaleDB edition",
        "what the license setting says",
        "Install the Community packages, or set `timescaledb.license = 'apache'`.",
        judge_edition,
    ),
    Check(
        "hypertables",
        "Hypertables",
        "readings and rollups are partitioned",
        "Run `make migrate`.",
        judge_hypertables,
    ),
    Check(
        "roles",
        "Database roles",
        "one each for reading, ingest and maintenance",
        "One role does all work. Let a superuser run `make migrate` once to make them.",
        judge_roles,
    ),
    Check(
        "invalid_indexes",
        "Invalid indexes",
        "none",
        "`DROP INDEX` and build it again: it costs every insert and serves no query.",
        judge_invalid_indexes,
    ),
)
