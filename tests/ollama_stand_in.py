"""A stand-in for an Ollama server that follows its HTTP API; what it does is told by each test.

Also for developers without a model: `python -m tests.ollama_stand_in 11434`.
https://github.com/ollama/ollama/blob/main/docs/api.md
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.hashed import HashEmbedder

CHAT_MODEL, EMBEDDING_MODEL = "qwen3:8b", "nomic-embed-text"
Reply = Callable[[list[dict[str, Any]]], str]
Calls = Callable[[list[dict[str, Any]]], list[dict[str, Any]] | None]


@dataclass
class OllamaScript:
    """`cut_after` pieces the connection breaks, `end_after` pieces the stream ends without `done`,
    `fail_after` pieces an error line comes, `stall_after` pieces nothing more, `hold_after` pieces
    no words. `hold` lets the test decide when to go on, `held` says that it has come to that.
    """

    # Tool calls, each {"name": …, "arguments": …}, where tools are offered; None for words.
    calls: Calls = field(default=lambda _messages: None)
    preface: str = ""  # what it says before it calls
    lacks: tuple[str, ...] = ()
    reply: Reply = field(default=lambda _messages: "The valve V1 is set to 265 bar [1].")
    thinking: str = ""
    models: tuple[str, ...] = (CHAT_MODEL, f"{EMBEDDING_MODEL}:latest")
    status: int = 200
    cut_after: int | None = None
    end_after: int | None = None
    fail_after: int | None = None
    stall_after: int | None = None
    hold_after: int | None = None
    hold: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    dimension: int = 64
    url: str = ""


@contextmanager
def serving_ollama(script: OllamaScript | None = None, port: int = 0) -> Iterator[OllamaScript]:
    """The script, with `url` set, while the block runs."""
    script = script or OllamaScript()

    class Handler(_Handler):
        told = script

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        script.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield script
        finally:
            script.hold.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    told: OllamaScript
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/api/tags":
            models = [{"name": name, "model": name} for name in self.told.models]
            self._answer({"models": models})
        else:
            self._answer({"version": "0.12.0"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        self.told.requests.append((self.path, body))
        known = {name.removesuffix(":latest") for name in self.told.models}
        if str(body.get("model", "")).removesuffix(":latest") not in known:
            self._answer({"error": f"model '{body.get('model')}' not found"}, 404)
        elif self.told.status != 200:
            self._answer({"error": "something went wrong"}, self.told.status)
        elif lacking := self._find_lacking(body):
            self._answer({"error": f"{body['model']} does not support {lacking}"}, 400)
        elif self.path == "/api/chat":
            self._stream(body)
        elif self.path == "/api/embed":
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            vectors = HashEmbedder(self.told.dimension).embed_passages(texts)
            self._answer({"model": body["model"], "embeddings": vectors})
        else:
            self._answer({"error": "not found"}, 404)

    def _find_lacking(self, body: dict[str, Any]) -> str:
        asked = {"tools": bool(body.get("tools")), "thinking": bool(body.get("think"))}
        return next((each for each in self.told.lacks if asked[each]), "")

    def _stream(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._tell_pieces(body)
        except (BrokenPipeError, ConnectionResetError):
            self.told.left.set()
            self.close_connection = True

    def _tell_pieces(self, body: dict[str, Any]) -> None:
        told = self.told
        if told.thinking and body.get("think"):
            for word in told.thinking.split(" "):
                message = {"role": "assistant", "content": "", "thinking": f"{word} "}
                self._piece(body, message)
        calls = told.calls(body["messages"]) if body.get("tools") else None
        if calls:
            asked = [{"function": each} for each in calls]
            self._piece(body, {"role": "assistant", "content": told.preface})
            self._piece(body, {"role": "assistant", "content": "", "tool_calls": asked})
        words = [] if calls else told.reply(body["messages"]).split(" ")
        for number, word in enumerate(words):
            if number == told.hold_after:
                self._wait(body)
            if number == told.stall_after:
                told.hold.wait()
            if number == told.cut_after:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if number == told.end_after:
                break
            if number == told.fail_after:
                self._chunk({"error": "an error was encountered while running the model"})
                break
            text = word if number == 0 else f" {word}"
            self._piece(body, {"role": "assistant", "content": text})
        else:
            end = {"done": True, "done_reason": "stop", "eval_count": len(words)}
            self._piece(body, {"role": "assistant", "content": ""}, end)
        self.wfile.write(b"0\r\n\r\n")

    def _wait(self, body: dict[str, Any]) -> None:
        """Goes on writing nothing much, so that a client that leaves is noticed."""
        self.told.held.set()
        while not self.told.hold.wait(0.05):
            self._piece(body, {"role": "assistant", "content": ""})

    def _piece(
        self, body: dict[str, Any], message: dict[str, Any], end: dict[str, Any] | None = None
    ) -> None:
        made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        start = {"model": body["model"], "created_at": made, "message": message}
        self._chunk({**start, **(end or {"done": False})})

    def _chunk(self, content: dict[str, Any]) -> None:
        line = json.dumps(content).encode() + b"\n"
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


if __name__ == "__main__":
    with serving_ollama(port=int(sys.argv[1]) if len(sys.argv) > 1 else 11434) as served:
        print(f"stand-in for Ollama at {served.url}")  # noqa: T201
        threading.Event().wait()
