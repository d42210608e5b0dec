"""What goes on in the server: sessions that hold things up, room for more of them, age."""

from datetime import timedelta

from sqlalchemy import Connection

from hydrodiag.db import NamedQueries
from hydrodiag.timescale.health.check import Check, Verdict, grade
from hydrodiag.timescale.intervals import spell

SQL = NamedQueries(__file__, "activity.sql")
LONG_TRANSACTION, ENDLESS_TRANSACTION = timedelta(minutes=5), timedelta(hours=1)
MANY_CONNECTIONS, ALMOST_ALL_CONNECTIONS = 0.75, 0.9
# Shares of the 2 thousand million transactions after which PostgreSQL stops taking writes.
OLD_ROWS, DANGEROUS_ROWS = 0.2, 0.5
WRITES_STOP_AT = 2_000_000_000
MUCH_WAL_BYTES = 5 << 30


def judge_transactions(connection: Connection) -> Verdict:
    rows = connection.execute(SQL["list_long_transactions"], {"least": LONG_TRANSACTION}).all()
    shown = [f"pid {r.pid} ({r.application_name}) {r.state} for {_age(r.age)}" for r in rows]
    hidden = connection.execute(SQL["count_hidden_sessions"]).scalar_one()
    note = f"; {hidden} sessions of other users not visible" if hidden else ""
    is_failing = any(row.age > ENDLESS_TRANSACTION for row in rows)
    return Verdict(grade(is_failing, bool(rows)), ("; ".join(shown) or "none") + note)


def judge_blocked(connection: Connection) -> Verdict:
    rows = connection.execute(SQL["list_blocked"]).all()
    shown = ", ".join(f"pid {row.pid} waits for {row.blockers} ({_age(row.age)})" for row in rows)
    return Verdict(grade(False, bool(rows)), shown or "none")


def judge_connections(connection: Connection) -> Verdict:
    found = connection.execute(SQL["count_connections"]).one()
    share = found.used / found.most
    value = f"{found.used} of {found.most}"
    return Verdict(grade(share > ALMOST_ALL_CONNECTIONS, share > MANY_CONNECTIONS), value)


def judge_xid_age(connection: Connection) -> Verdict:
    age = connection.execute(SQL["find_xid_age"]).scalar_one()
    share = age / WRITES_STOP_AT
    return Verdict(grade(share > DANGEROUS_ROWS, share > OLD_ROWS), f"{age / 1e6:.0f} million")


def judge_slots(connection: Connection) -> Verdict:
    rows = connection.execute(SQL["list_greedy_slots"], {"most": MUCH_WAL_BYTES}).all()
    shown = ", ".join(f"{row.name} keeps {row.bytes / (1 << 30):.1f} GiB" for row in rows)
    return Verdict(grade(bool(rows), False), shown or "none")


def _age(age: timedelta) -> str:
    return spell(timedelta(seconds=int(age.total_seconds())))


CHECKS = (
    Check(
        "long_transactions",
        "Long transactions",
        f"none over {spell(LONG_TRANSACTION)}",
        "End the session: `SELECT pg_terminate_backend(pid)`. It keeps retention and vacuum away.",
        judge_transactions,
    ),
    Check(
        "blocked_sessions",
        "Sessions that wait for a lock",
        "none for more than 10 seconds",
        "See what the blocking session does in `pg_stat_activity`.",
        judge_blocked,
    ),
    Check(
        "connections",
        "Connections",
        f"under {MANY_CONNECTIONS:.0%} of max_connections",
        "Raise `max_connections`, or put PgBouncer in front of the app processes.",
        judge_connections,
    ),
    Check(
        "xid_age",
        "Age of the oldest transaction number",
        f"under {OLD_ROWS * WRITES_STOP_AT / 1e6:.0f} million",
        "Vacuum falls behind: look for long transactions and replication slots, then VACUUM.",
        judge_xid_age,
    ),
    Check(
        "replication_slots",
        "Replication slots",
        f"none keeps more than {MUCH_WAL_BYTES >> 30} GiB of WAL",
        "Drop a slot that nobody reads: it fills the disk.",
        judge_slots,
    ),
)
