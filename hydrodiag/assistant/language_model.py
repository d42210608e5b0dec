"""The language model in Ollama, by LlamaIndex: streamed, limited in time, and at times away."""

import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from hydrodiag.config import Settings
from hydrodiag.errors import HydroDiagError

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 60.0
DEADLINE_S = 300.0
PROBE_KEPT_S = 30.0
HEARTBEAT_S = 0.25
CONTEXT_TOKENS = 8192
TEMPERATURE = 0.1
KEEP_ALIVE = "10m"
THOUGHT = re.compile(r"<think>.*?(</think>|$)", re.DOTALL)


class ModelAway(HydroDiagError):
    """No language model answers; nothing of an answer has come."""


class ModelInterrupted(HydroDiagError):
    """The answer broke off; what had come is kept by who was reading."""


@dataclass(frozen=True)
class ModelState:
    """`text` says for people what is there, or what to do."""

    is_ready: bool
    model: str
    text: str


@dataclass(frozen=True)
class Turn:
    """`role` is system, user or assistant."""

    role: str
    text: str


class LanguageModel:
    """One a process; asks Ollama at most every 30 s whether it is there."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.ollama_base_url.rstrip("/")
        self.name = settings.default_llm_model
        self._probed: tuple[float, ModelState] | None = None

    def probe(self) -> ModelState:
        if self._probed is None or time.monotonic() - self._probed[0] > PROBE_KEPT_S:
            self._probed = (time.monotonic(), self._ask_state())
        return self._probed[1]

    def stream(self, turns: Sequence[Turn]) -> Generator[str, None, None]:
        """The answer piece by piece; an empty piece while there is none, every quarter second.

        Closing the generator makes Ollama stop. Raises ModelAway before the first piece,
        ModelInterrupted after it.
        """
        client = _build_client(self._url)
        pump = _Pump(lambda: self._each_piece(client, turns))
        has_begun = False
        try:
            for piece in pump.each(DEADLINE_S):
                has_begun = has_begun or bool(piece)
                yield piece
        except HydroDiagError:
            raise
        except Exception as error:
            self._probed = None
            raise _translate(error, self.name, has_begun=has_begun) from error
        finally:
            pump.stop()
            _hang_up(client)

    def _each_piece(self, client: Any, turns: Sequence[Turn]) -> Iterator[str]:
        from llama_index.core.llms import ChatMessage

        messages = [ChatMessage(role=turn.role, content=turn.text) for turn in turns]
        is_done = False
        for response in self._build(client).stream_chat(messages):
            if response.delta:
                yield response.delta
            is_done = bool((response.raw or {}).get("done"))
        if not is_done:
            raise ConnectionError("the stream ended too early")

    def _build(self, client: Any) -> Any:
        from llama_index.llms.ollama import Ollama  # type: ignore[import-untyped]

        return Ollama(
            model=self.name,
            base_url=self._url,
            context_window=CONTEXT_TOKENS,
            temperature=TEMPERATURE,
            thinking=False,
            keep_alive=KEEP_ALIVE,
            client=client,
        )

    def _ask_state(self) -> ModelState:
        try:
            answer = httpx.get(f"{self._url}/api/tags", timeout=CONNECT_TIMEOUT_S)
            answer.raise_for_status()
            names = {str(each.get("name", "")) for each in answer.json().get("models", ())}
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
            return ModelState(
                False, self.name,
                "No language model is connected: answers are quoted from the manuals. "
                "Start Ollama, or set OLLAMA_BASE_URL.",
            )  # fmt: skip
        if not names & {self.name, f"{self.name}:latest"}:
            return ModelState(
                False, self.name,
                f"Ollama answers but has no {self.name}: answers are quoted from the manuals. "
                f"Run `ollama pull {self.name}`.",
            )  # fmt: skip
        return ModelState(True, self.name, f"Answers by {self.name}.")


class _Pump:
    """Pieces from a thread of their own: who reads them can stop while none comes."""

    def __init__(self, open_pieces: Callable[[], Iterator[str]]) -> None:
        self._open_pieces = open_pieces
        self._queue: queue.Queue[str | Exception | None] = queue.Queue()
        self._is_stopped = threading.Event()
        threading.Thread(target=self._run, name="ollama", daemon=True).start()

    def each(self, deadline_s: float) -> Iterator[str]:
        end = time.monotonic() + deadline_s
        while True:
            try:
                piece = self._queue.get(timeout=HEARTBEAT_S)
            except queue.Empty:
                piece = ""
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise piece
            if time.monotonic() > end:
                raise TimeoutError(f"no end after {deadline_s:g} s")
            yield piece

    def stop(self) -> None:
        self._is_stopped.set()

    def _run(self) -> None:
        try:
            for piece in self._open_pieces():
                self._queue.put(piece)
                if self._is_stopped.is_set():
                    return
            self._queue.put(None)
        except Exception as error:
            self._queue.put(error)


def _hang_up(client: Any) -> None:
    """The only way to end a request that waits for its answer: its thread reads on otherwise."""
    pool = getattr(client._client._transport, "_pool", None)
    for connection in getattr(pool, "connections", ()):
        stream = getattr(getattr(connection, "_connection", None), "_network_stream", None)
        raw = stream.get_extra_info("socket") if stream is not None else None
        if raw is not None:
            with suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)
    client._client.close()


def _build_client(url: str) -> Any:
    import ollama

    return ollama.Client(url, timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S))


def strip_thoughts(text: str) -> str:
    """Older templates put what the model thinks into the text."""
    return THOUGHT.sub("", text).lstrip()


def _translate(error: Exception, model: str, *, has_begun: bool) -> HydroDiagError:
    why = _describe(error, model)
    if has_begun:
        return ModelInterrupted(f"The answer broke off: {why}", hint="Ask again.")
    return ModelAway(f"The language model does not answer: {why}", hint="See Health.")


def _describe(error: Exception, model: str) -> str:
    status = getattr(error, "status_code", None)
    if status == httpx.codes.NOT_FOUND:
        return f"Ollama has no {model}."
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return "it took too long."
    if status is not None:
        return "Ollama reports an error."
    return "the connection to Ollama ended."
