"""Hearing what others notify, on a connection of its own that comes back when it breaks."""

import threading
from collections.abc import Callable

import psycopg
import structlog
from psycopg import sql

from hydrodiag.db import Database, Role
from hydrodiag.errors import DatabaseError
from hydrodiag.jobs.notices import CHANNEL, Notice

WAIT_S = 1.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
log = structlog.get_logger(__name__)


class Listener(threading.Thread):
    """Calls `on_notice` for every notice; after a break for each kind, as some were missed."""

    def __init__(self, db: Database, on_notice: Callable[[Notice], None]) -> None:
        super().__init__(name="hydrodiag-listener", daemon=True)
        self._db = db
        self._on_notice = on_notice
        self._stopping = threading.Event()

    def run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                with self._db.dedicated(Role.INGEST, purpose="listen") as connection:
                    pause_s = FIRST_PAUSE_S
                    self._listen(connection)
            except (DatabaseError, psycopg.Error) as error:
                log.warning("listening_interrupted", again_in_s=pause_s, error=str(error))
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=2 * WAIT_S)

    def _listen(self, connection: psycopg.Connection) -> None:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        for notice in Notice:
            self._on_notice(notice)
        while not self._stopping.is_set():
            for heard in connection.notifies(timeout=WAIT_S, stop_after=1):
                if heard.payload in set(Notice):
                    self._on_notice(Notice(heard.payload))
