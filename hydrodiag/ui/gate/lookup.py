"""Who a session belongs to: asked of the database, kept for seconds, forgotten on word."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from hydrodiag.accounts import Session, find_session
from hydrodiag.accounts.sessions import resolve_token
from hydrodiag.db import Database

T = TypeVar("T")
KEEP_S = 2.0
MOST_KEPT = 5000
THREADS = 4


class SessionLookup:
    """Has threads and a pool of its own: slow pages cannot lock people out."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self.database = database
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gate")
        self._kept: dict[tuple[str, str], tuple[float, Session | None]] = {}
        self._guard = Lock()

    async def run(self, work: Callable[[Database], T]) -> T:
        """`work` in a thread. Raises DatabaseError and SetupFailed like the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: work(self.database()))

    async def by_token(self, token: str) -> Session | None:
        kept = self._recall(("token", token))
        if kept is not None:
            return kept[1]
        found = await self.run(lambda db: resolve_token(db, token))
        self._keep(("token", token), found)
        return found

    def by_id(self, session_id: str) -> Session | None:
        """For scripts, in their own thread: a changed role holds from the next run on."""
        kept = self._recall(("id", session_id))
        if kept is not None:
            return kept[1]
        found = find_session(self.database(), session_id)
        self._keep(("id", session_id), found)
        return found

    def forget(self, session_id: str) -> None:
        with self._guard:
            gone = [
                key
                for key, (_, session) in self._kept.items()
                if key[1] == session_id or (session and session.id == session_id)
            ]
            for key in gone:
                del self._kept[key]

    def _recall(self, key: tuple[str, str]) -> tuple[float, Session | None] | None:
        with self._guard:
            kept = self._kept.get(key)
        return kept if kept and kept[0] > time.monotonic() else None

    def _keep(self, key: tuple[str, str], session: Session | None) -> None:
        with self._guard:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (time.monotonic() + KEEP_S, session)
