"""One database role and one set of limits for each kind of work."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import psycopg
from psycopg import sql


class Role(StrEnum):
    READ = "hd_read"
    INGEST = "hd_ingest"
    MAINT = "hd_maint"


@dataclass(frozen=True)
class Limits:
    statement_timeout: timedelta
    lock_timeout: timedelta
    idle_in_transaction: timedelta
    read_only: bool = False
    work_mem: str = "16MB"
    maintenance_work_mem: str = "64MB"


LIMITS = {
    Role.READ: Limits(
        timedelta(seconds=5), timedelta(seconds=1), timedelta(seconds=10), read_only=True
    ),
    Role.INGEST: Limits(timedelta(minutes=10), timedelta(seconds=5), timedelta(minutes=10)),
    Role.MAINT: Limits(
        timedelta(minutes=30),
        timedelta(seconds=2),
        timedelta(minutes=5),
        work_mem="64MB",
        maintenance_work_mem="256MB",
    ),
}


def session_settings(role: Role) -> dict[str, str]:
    """Settings of a session in `role`. JIT is off: it costs small rollup queries 300 ms.

    TimescaleDB refuses a statement that unpacks more than 100,000 compressed rows: a refresh of
    a hundred sensors there would never get past it. The time limits hold instead.
    """
    limits = LIMITS[role]
    return {
        "statement_timeout": _milliseconds(limits.statement_timeout),
        "lock_timeout": _milliseconds(limits.lock_timeout),
        "idle_in_transaction_session_timeout": _milliseconds(limits.idle_in_transaction),
        "default_transaction_read_only": "on" if limits.read_only else "off",
        "work_mem": limits.work_mem,
        "maintenance_work_mem": limits.maintenance_work_mem,
        "jit": "off",
        "timescaledb.max_tuples_decompressed_per_dml_transaction": "0",
        "timezone": "UTC",
    }


def enter_role(connection: psycopg.Connection, role: Role) -> bool:
    """Take the role and its limits; False where the server does not have the role.

    A managed database may not let its user create roles: the limits hold all the same,
    and the health check says that the roles are missing.
    """
    known = connection.execute(
        "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'SET')",
        (role.value,),
    ).fetchone()
    if known:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role.value)))
    pairs = session_settings(role)
    calls = sql.SQL(", ").join([sql.SQL("set_config(%s, %s, false)")] * len(pairs))
    values = [part for pair in pairs.items() for part in pair]
    connection.execute(sql.SQL("SELECT {}").format(calls), values)
    return known is not None


def _milliseconds(span: timedelta) -> str:
    return str(int(span.total_seconds() * 1000))
