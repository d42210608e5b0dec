"""The language model in Ollama, by LlamaIndex: streamed, limited in time, and at times away."""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
import structlog

from hydrodiag.assistant.pump import Pump, hang_up
from hydrodiag.assistant.turns import AskedCall, Piece, Request, Turn, keep_storable
from hydrodiag.config import Settings
from hydrodiag.errors import HydroDiagError
from hydrodiag.health import ModelProbe, ModelState

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 60.0
DEADLINE_S = 300.0
CONTEXT_TOKENS = 8192
TEMPERATURE = 0.1
KEEP_ALIVE = "10m"
REFUSED = re.compile(r"does not support (tools|thinking)")
log = structlog.get_logger(__name__)


class ModelAway(HydroDiagError):
    """No language model answers; nothing of an answer has come."""


class ModelInterrupted(HydroDiagError):
    """The answer broke off; what had come is kept by who was reading."""


class LanguageModel:
    """One a process."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.ollama_base_url.rstrip("/")
        self.name = settings.default_llm_model
        self._probe = ModelProbe(settings, self.name)
        # What Ollama has said this model cannot do: tools, thinking.
        self.lacks: set[str] = set()

    def probe(self) -> ModelState:
        return self._probe.ask()

    def stream(self, request: Request) -> Generator[Piece, None, None]:
        """The answer piece by piece; an empty piece while there is none, every quarter second.

        Closing the generator makes Ollama stop. Raises ModelAway before the first piece,
        ModelInterrupted after it. What the model does not support is left out.
        """
        for _ in ("as asked", "without tools", "without thinking"):
            try:
                yield from self._stream_once(self._leave_out_lacking(request))
                return
            except _Unsupported as error:
                self.lacks.add(error.what)
                log.info("model_lacks", model=self.name, what=error.what)
        raise ModelAway("The language model refuses every request.", hint="See Health.")

    def _leave_out_lacking(self, request: Request) -> Request:
        return replace(
            request,
            tools=() if "tools" in self.lacks else request.tools,
            thinks=request.thinks and "thinking" not in self.lacks,
        )

    def _stream_once(self, request: Request) -> Generator[Piece, None, None]:
        client = _build_client(self._url)
        pump = Pump(lambda: self._each_piece(client, request))
        has_begun = False
        try:
            for piece in pump.each(DEADLINE_S):
                has_begun = has_begun or piece is not None
                yield piece or Piece()
        except HydroDiagError:
            raise
        except Exception as error:
            self._raise(error, request, has_begun=has_begun)
        finally:
            pump.stop()
            hang_up(client)

    def _raise(self, error: Exception, request: Request, *, has_begun: bool) -> None:
        refused = REFUSED.search(str(error))
        asked = {"tools": bool(request.tools), "thinking": request.thinks}
        if refused and asked[refused[1]]:
            raise _Unsupported(refused[1]) from error
        self._probe.forget()
        raise _translate(error, self.name, has_begun=has_begun) from error

    def _each_piece(self, client: Any, request: Request) -> Iterator[Piece]:
        messages = [_to_message(turn) for turn in request.turns]
        told, is_done = 0, False
        for response in self._build(client, thinks=request.thinks).stream_chat(
            messages, tools=list(request.tools) or None
        ):
            calls = _read_calls(response.message.blocks)
            text = keep_storable(response.delta or "")
            thought = keep_storable(response.additional_kwargs.get("thinking_delta") or "")
            if text or thought or len(calls) > told:
                yield Piece(text, thought, tuple(calls[told:]))
            told = len(calls)
            is_done = bool((response.raw or {}).get("done"))
        if not is_done:
            raise ConnectionError("the stream ended too early")

    def _build(self, client: Any, *, thinks: bool) -> Any:
        from llama_index.llms.ollama import Ollama  # type: ignore[import-untyped]

        return Ollama(
            model=self.name,
            base_url=self._url,
            context_window=CONTEXT_TOKENS,
            temperature=TEMPERATURE,
            thinking=thinks,
            keep_alive=KEEP_ALIVE,
            client=client,
        )


class _Unsupported(Exception):
    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def _to_message(turn: Turn) -> Any:
    from llama_index.core.base.llms.types import ChatMessage, TextBlock, ToolCallBlock

    calls = [
        ToolCallBlock(tool_name=call.tool, tool_kwargs=dict(call.arguments)) for call in turn.calls
    ]
    return ChatMessage(role=turn.role, blocks=[TextBlock(text=turn.text), *calls])


def _read_calls(blocks: Sequence[Any]) -> list[AskedCall]:
    return [
        AskedCall(keep_storable(str(block.tool_name)), _as_mapping(block.tool_kwargs))
        for block in blocks
        if block.block_type == "tool_call"
    ]


def _as_mapping(arguments: object) -> Mapping[str, Any]:
    return keep_storable(arguments) if isinstance(arguments, Mapping) else {}


def _build_client(url: str) -> Any:
    import ollama

    return ollama.Client(url, timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S))


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
