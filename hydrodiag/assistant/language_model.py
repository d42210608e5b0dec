"""The language model in Ollama, by LlamaIndex: streamed, limited in time, and at times away."""

import re
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from hydrodiag.config import Settings
from hydrodiag.errors import HydroDiagError

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 60.0
DEADLINE_S = 300.0
PROBE_KEPT_S = 30.0
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

    def stream(self, turns: Sequence[Turn]) -> Iterator[str]:
        """The answer piece by piece. Closing the iterator makes Ollama stop.

        Raises ModelAway before the first piece, ModelInterrupted after it.
        """
        import ollama

        has_begun = False
        pieces = self._open(turns)
        try:
            for piece in pieces:
                has_begun = True
                yield piece
        except (OSError, httpx.HTTPError, ollama.ResponseError, ValueError) as error:
            self._probed = None
            raise _translate(error, self.name, has_begun=has_begun) from error
        finally:
            pieces.close()

    def _open(self, turns: Sequence[Turn]) -> Generator[str, None, None]:
        from llama_index.core.llms import ChatMessage

        messages = [ChatMessage(role=turn.role, content=turn.text) for turn in turns]
        responses = self._build().stream_chat(messages)
        deadline = time.monotonic() + DEADLINE_S
        is_done = False
        try:
            for response in responses:
                if response.delta:
                    yield response.delta
                is_done = bool((response.raw or {}).get("done"))
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no end after {DEADLINE_S:g} s")
        finally:
            responses.close()
        if not is_done:
            raise ConnectionError("the stream ended too early")

    def _build(self) -> Any:
        import ollama
        from llama_index.llms.ollama import Ollama  # type: ignore[import-untyped]

        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        return Ollama(
            model=self.name,
            base_url=self._url,
            context_window=CONTEXT_TOKENS,
            temperature=TEMPERATURE,
            thinking=False,
            keep_alive=KEEP_ALIVE,
            client=ollama.Client(self._url, timeout=timeout),
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
