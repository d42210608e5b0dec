"""Hearing at once that a session was ended by another process."""

import threading
from collections.abc import Callable

import psycopg
import structlog
from psycopg import sql

from hydrodiag.accounts.sessions import CHANNEL
from hydrodiag.db import Database, Role
from hydrodiag.errors import HydroDiagError

WAIT_S = 1.0
PAUSE_S = 2.0
log = structlog.get_logger(__name__)


class SessionListener(threading.Thread):
    """Calls `on_end` with the id of every session that ends, from its own thread."""

    def __init__(self, database: Callable[[], Database], on_end: Callable[[str], None]) -> None:
        super().__init__(name="hydrodiag-session-listener", daemon=True)
        self._database = database
        self._on_end = on_end
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._database().dedicated(Role.INGEST, purpose="sessions") as connection:
                    self._listen(connection)
            except (HydroDiagError, psycopg.Error) as error:
                log.debug("session_listening_interrupted", error=str(error))
                self._stopping.wait(PAUSE_S)

    def stop(self) -> None:
        self._stopping.set()

    def _listen(self, connection: psycopg.Connection) -> None:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        while not self._stopping.is_set():
            for heard in connection.notifies(timeout=WAIT_S):
                self._on_end(heard.payload)
