"""What one run is given: parameters, progress, and whether to stop."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from hydrodiag.config import Settings
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import DatabaseError

SQL = NamedQueries(__file__)
REPORT_EVERY_S = 0.5
log = structlog.get_logger(__name__)


class RunContext:
    """`was_told_to_stop` says whether the job has seen that it should end."""

    def __init__(
        self,
        run_id: int,
        params: Mapping[str, Any],
        database: Database,
        settings: Settings,
        is_shutting_down: Callable[[], bool],
    ) -> None:
        self.run_id = run_id
        self.params = params
        self.database = database
        self.settings = settings
        self.stop_by_person = threading.Event()
        self.was_told_to_stop = False
        self._is_shutting_down = is_shutting_down
        self._reported_at = 0.0

    def report(self, fraction: float | None, message: str) -> None:
        """Write progress at most twice a second; a database that is away does not end the run."""
        now = time.monotonic()
        if now - self._reported_at < REPORT_EVERY_S and fraction != 1:
            return
        self._reported_at = now
        bounded = None if fraction is None else min(max(fraction, 0.0), 1.0)
        values = {"run_id": self.run_id, "progress": bounded, "message": message}
        try:
            with self.database.write() as connection:
                connection.execute(SQL["report_progress"], values)
        except DatabaseError as error:
            log.warning("progress_not_written", run=self.run_id, error=str(error))

    def should_stop(self) -> bool:
        if self.stop_by_person.is_set() or self._is_shutting_down():
            self.was_told_to_stop = True
        return self.was_told_to_stop
