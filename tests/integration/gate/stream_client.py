"""A raw client of Streamlit's WebSocket: what a browser, honest or not, can send."""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.people import COOKIE

PATIENCE_S = 30.0
T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: Playwright keeps a loop running in the one of the tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class StreamClient:
    """`origin`: "same", another one, or None for no header; `existing`: a session to take over."""

    def __init__(
        self,
        base: str,
        token: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        origin: str | None = "same",
        existing: str = "",
    ) -> None:
        self.base = base
        self.headers = dict(headers or {})
        if token:
            cookies = [f"{COOKIE}={token}", self.headers.pop("Cookie", "")]
            self.headers["Cookie"] = "; ".join(filter(None, cookies))
        if origin:
            self.headers["Origin"] = base if origin == "same" else origin
        self.existing = existing
        self.streamlit_session = ""
        self.texts: list[str] = []
        self.pages: dict[str, str] = {}
        self.redirect = ""

    async def __aenter__(self) -> Self:
        protocols = ["streamlit"]
        if self.existing:
            protocols += ["PLACEHOLDER_AUTH_TOKEN", self.existing]
        self.socket = await websockets.connect(
            self.base.replace("http", "ws") + "/_stcore/stream",
            additional_headers=self.headers,
            subprotocols=protocols,
            max_size=2**28,
            compression=None,
        )
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.socket.close()

    async def send(self, message: BackMsg) -> None:
        await self.socket.send(message.SerializeToString())

    async def rerun(self, *, page: str = "", page_hash: str = "", is_auto: bool = False) -> None:
        """Run the script and wait for its end; `texts` is what it showed."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = page
        message.rerun_script.page_script_hash = page_hash
        message.rerun_script.is_auto_rerun = is_auto
        message.rerun_script.context_info.timezone = "UTC"
        self.texts = []
        await self.send(message)
        await self.until("script_finished")

    async def until(self, what: str) -> int | None:
        """Read until a message of this kind, or "close", whose code is returned."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                left = max(0.01, end - time.monotonic())
                data = await asyncio.wait_for(self.socket.recv(), left)
            except websockets.ConnectionClosed as closed:
                if what == "close":
                    return closed.rcvd.code if closed.rcvd else None
                raise
            message = ForwardMsg.FromString(data)
            self._note(message)
            if message.WhichOneof("type") == what:
                return None

    def _note(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.streamlit_session = message.new_session.initialize.session_id
        elif kind == "navigation":
            pages = message.navigation.app_pages
            self.pages = {page.url_pathname: page.page_script_hash for page in pages}
        elif kind == "auth_redirect":
            self.redirect = message.auth_redirect.url
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._note_text(message.delta.new_element)

    def _note_text(self, element) -> None:
        bodies = {
            "text": "body", "markdown": "body", "alert": "body", "heading": "body",
            "exception": "message",
        }  # fmt: skip
        kind = element.WhichOneof("type")
        if kind in bodies:
            self.texts.append(getattr(getattr(element, kind), bodies[kind]))
