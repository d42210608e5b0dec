"""Telling schedulers that something has changed: sent when the transaction commits."""

from enum import StrEnum

from sqlalchemy import Connection

from hydrodiag.cache import bump_generation
from hydrodiag.db import NamedQueries

SQL = NamedQueries(__file__)
CHANNEL = "hydrodiag_jobs"
TOPIC = "jobs"


class Notice(StrEnum):
    RUNS = "runs"
    SCHEDULE = "schedule"
    STOP = "stop"


def notify(connection: Connection, notice: Notice) -> None:
    connection.execute(SQL["notify"], {"channel": CHANNEL, "payload": notice.value})
    bump_generation(connection, TOPIC)
