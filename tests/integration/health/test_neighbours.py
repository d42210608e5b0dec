"""Chroma, Ollama and Redis as the health probes see them: there, wrong or away."""

import http.server
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from hydrodiag.config import Settings
from hydrodiag.health.asking import NotThere
from hydrodiag.health.neighbours import REDIS_TIMEOUT_S, list_neighbours

AWAY = "http://127.0.0.1:1"
TAGS = {"models": [{"name": "qwen3:8b"}, {"name": "nomic-embed-text:latest"}]}


def ask(settings: Settings) -> str:
    [neighbour] = list_neighbours(settings)
    return neighbour.ask()


WRONG_PASSWORD = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def serving(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def serve_json() -> Iterator[Callable[[str, object], str]]:
    """URL of a server that answers `path` with `content` and everything else with 404."""
    running = []

    def serve(path: str, content: object) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_known = self.path == path
                self.send_response(200 if is_known else 404)
                self.end_headers()
                self.wfile.write(json.dumps(content).encode() if is_known else b"")

            def log_message(self, *_: object) -> None:
                """Nothing on stderr."""

        context = serving(Handler)
        running.append(context)
        return f"http://127.0.0.1:{context.__enter__()}"

    yield serve
    for context in running:
        context.__exit__(None, None, None)


class RedisThatWantsAPassword(socketserver.StreamRequestHandler):
    """Speaks as much of Redis' protocol as PING behind a password takes."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = [self._read_word() for _ in range(int(line[1:]))]
            self.wfile.write(self._answer([word.decode() for word in words]))

    def _read_word(self) -> bytes:
        length = int(self.rfile.readline()[1:])
        return self.rfile.read(length + 2)[:-2]

    def _answer(self, words: list[str]) -> bytes:
        if words[0] == "HELLO":
            return b"%1\r\n+proto\r\n:3\r\n" if words[-1] == "right" else WRONG_PASSWORD
        return b"+PONG\r\n" if words[0] == "PING" else b"+OK\r\n"


def test_only_what_is_configured_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_BASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert list_neighbours(Settings()) == []


def test_chroma_answers(serve_json: Callable[[str, object], str]) -> None:
    url = serve_json("/api/v2/heartbeat", {"nanosecond heartbeat": 1})
    assert ask(Settings(chroma_url=url)) == "answers"


def test_ollama_answers_with_both_models(serve_json: Callable[[str, object], str]) -> None:
    url = serve_json("/api/tags", TAGS)
    assert "qwen3:8b" in ask(Settings(ollama_base_url=url))


def test_a_missing_model_is_named_with_what_to_do(serve_json: Callable[[str, object], str]) -> None:
    url = serve_json("/api/tags", {"models": TAGS["models"][:1]})
    with pytest.raises(NotThere, match="run `ollama pull nomic-embed-text`"):
        ask(Settings(ollama_base_url=url))


def test_something_else_on_the_port_is_not_taken_for_it(
    serve_json: Callable[[str, object], str],
) -> None:
    with pytest.raises(NotThere, match="404"):
        ask(Settings(chroma_url=serve_json("/other", {})))
    with pytest.raises(NotThere, match="does not answer"):
        ask(Settings(chroma_url=serve_json("/api/v2/heartbeat", [1])))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(chroma_url=AWAY),
        Settings(ollama_base_url=AWAY),
        Settings(redis_url=SecretStr("redis://:secret@127.0.0.1:1/0")),
    ],
    ids=["chroma", "ollama", "redis"],
)
def test_away_is_said_without_the_address(settings: Settings) -> None:
    with pytest.raises(NotThere) as refused:
        ask(settings)
    assert str(refused.value) == "does not answer"


def test_a_redis_that_hangs_is_given_up_on_before_a_page_has_waited_a_second() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        with pytest.raises(NotThere, match="does not answer"):
            ask(Settings(redis_url=SecretStr(url)))
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert 2 * REDIS_TIMEOUT_S < 1, "one wait for the connection, one for the answer"


def test_redis_with_the_right_and_the_wrong_password() -> None:
    with serving(RedisThatWantsAPassword) as port:
        url = f"redis://:{{}}@127.0.0.1:{port}/0"
        assert ask(Settings(redis_url=SecretStr(url.format("right")))) == "answers"
        with pytest.raises(NotThere, match="refuses the password"):
            ask(Settings(redis_url=SecretStr(url.format("wrong"))))
