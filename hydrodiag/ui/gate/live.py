"""Open WebSockets by session, so that signing out ends them at once."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from hydrodiag.accounts import Session
from hydrodiag.accounts.roles import Role

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ENDED = 4401
# What a browser can ask for that acts on the whole process.
FOR_ADMINISTRATORS = {"clear_cache", "set_run_on_save", "load_git_info", "install_skills"}


class LiveSocket:
    """One socket: its messages pass through here until the session ends."""

    def __init__(self, session: Session, receive: Receive, send: Send) -> None:
        self.session = session
        self.was_used = False
        self._receive = receive
        self._send = send
        self._ended = asyncio.Event()
        self._sending = asyncio.Lock()
        self._coming: asyncio.Future[Message] | None = None

    async def receive(self) -> Message:
        """The next message that may pass; a disconnect once the session has ended."""
        while True:
            message = await self._next()
            if message is None:
                return {"type": "websocket.disconnect", "code": ENDED}
            if self._may_pass(message):
                return message

    async def send(self, message: Message) -> None:
        async with self._sending:
            if not self._ended.is_set():
                await self._send(message)

    async def end(self, why: str) -> None:
        """Send the page to the sign-in, close, and tell Streamlit that the browser has gone."""
        if self._ended.is_set():
            return
        self._ended.set()
        async with self._sending:
            with suppress(Exception):
                redirect = ForwardMsg(hash="")
                redirect.auth_redirect.url = f"/sign-in?why={quote(why)}"
                await self._send({"type": "websocket.send", "bytes": redirect.SerializeToString()})
                await self._send({"type": "websocket.close", "code": ENDED, "reason": why})

    async def _next(self) -> Message | None:
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._receive())
        if not self._coming.done():
            ended = asyncio.ensure_future(self._ended.wait())
            both: set[asyncio.Future[Any]] = {self._coming, ended}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
        if self._ended.is_set():
            self._coming.cancel()
            return None
        message, self._coming = self._coming.result(), None
        return message

    def _may_pass(self, message: Message) -> bool:
        if message["type"] != "websocket.receive" or not message.get("bytes"):
            return True
        try:
            asked = BackMsg.FromString(message["bytes"])
        except Exception:
            return True  # Streamlit judges what it cannot read
        kind = asked.WhichOneof("type")
        if kind == "rerun_script" and not asked.rerun_script.is_auto_rerun:
            self.was_used = True
        return kind not in FOR_ADMINISTRATORS or self.session.role is Role.ADMINISTRATOR


class LiveSockets:
    def __init__(self) -> None:
        self._of_session: dict[str, set[LiveSocket]] = {}

    def add(self, socket: LiveSocket) -> None:
        self._of_session.setdefault(socket.session.id, set()).add(socket)

    def remove(self, socket: LiveSocket) -> None:
        sockets = self._of_session.get(socket.session.id, set())
        sockets.discard(socket)
        if not sockets:
            self._of_session.pop(socket.session.id, None)

    @property
    def session_ids(self) -> set[str]:
        return set(self._of_session)

    @property
    def count(self) -> int:
        return sum(map(len, self._of_session.values()))

    def take_used(self) -> set[str]:
        """Sessions in which a person did something since the last call; timers do not count."""
        used = set()
        for session_id, sockets in self._of_session.items():
            for socket in sockets:
                if socket.was_used:
                    used.add(session_id)
                    socket.was_used = False
        return used

    async def end(self, session_id: str, why: str) -> None:
        sockets = list(self._of_session.get(session_id, ()))
        await asyncio.gather(*(socket.end(why) for socket in sockets))
