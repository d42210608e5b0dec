"""Ends sockets whose session has ended anywhere: by word at once, by looking otherwise."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from hydrodiag.accounts.listening import SessionListener
from hydrodiag.accounts.sessions import list_living, touch_sessions
from hydrodiag.errors import HydroDiagError
from hydrodiag.ui.gate.live import LiveSockets
from hydrodiag.ui.gate.lookup import SessionLookup

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def watching(
    lookup: SessionLookup, sockets: LiveSockets, *, look_every_s: float
) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()

    def hear(session_id: str) -> None:
        asyncio.run_coroutine_threadsafe(_end(lookup, sockets, session_id, "signed-out"), loop)

    listener = SessionListener(lookup.database, hear)
    listener.start()
    looking = asyncio.create_task(_look(lookup, sockets, look_every_s))
    try:
        yield
    finally:
        listener.stop()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _look(lookup: SessionLookup, sockets: LiveSockets, every_s: float) -> None:
    """Expiry, idleness, disabled users, and words that were missed."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await _look_once(lookup, sockets)
        except HydroDiagError as error:
            log.debug("gate_cannot_look", error=str(error))


async def _look_once(lookup: SessionLookup, sockets: LiveSockets) -> None:
    used = sockets.take_used()
    if used:
        await lookup.run(lambda db: touch_sessions(db, used))
    known = sockets.session_ids
    if known:
        living = await lookup.run(lambda db: list_living(db, known))
        for session_id in known - living:
            await _end(lookup, sockets, session_id, "session-ended")


async def _end(lookup: SessionLookup, sockets: LiveSockets, session_id: str, why: str) -> None:
    lookup.forget(session_id)
    await sockets.end(session_id, why)
