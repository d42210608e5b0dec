"""The embedder against a server that speaks Ollama's HTTP API."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hydrodiag.errors import EmbedderUnavailable
from hydrodiag.manuals.retrieval.embedders import OllamaEmbedder


class Ollama(ThreadingHTTPServer):
    """`dimension`, `status` and `hang` are what it is told to do; `seen` what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.dimension, self.status = 8, 200
        self.drops_one = False
        self.hang = threading.Event()
        self.hang.set()
        self.seen = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, request["input"]))
        self.server.hang.wait(20)
        texts = request["input"] if isinstance(request["input"], list) else [request["input"]]
        vectors = [[float(len(text))] * self.server.dimension for text in texts]
        body = {"model": request["model"], "embeddings": vectors[self.server.drops_one :]}
        if self.server.status != 200:
            body = {"error": "model 'nomic-embed-text' not found"}
        content = json.dumps(body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def ollama():
    with Ollama() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.hang.set()
        server.shutdown()
        thread.join()


def embedder_of(server, **options):
    return OllamaEmbedder(server.url, "nomic-embed-text", **options)


def test_questions_and_passages_get_the_prefixes_the_model_was_trained_with(ollama):
    embedder = embedder_of(ollama, dimension=8)
    embedder.embed_question("pump")
    embedder.embed_passages(["hose"])
    asked = [
        text for _, texts in ollama.seen for text in (texts if isinstance(texts, list) else [texts])
    ]
    assert [text.replace(": ", ":") for text in asked] == [
        "search_query:pump",
        "search_document:hose",
    ]


def test_the_dimension_is_asked_for_and_is_part_of_the_id(ollama):
    embedder = embedder_of(ollama)
    assert embedder.dimension == 8
    assert embedder.id == "ollama:nomic-embed-text:8:search_document:"


def test_many_passages_go_in_batches(ollama):
    vectors = embedder_of(ollama, dimension=8).embed_passages([f"text {n}" for n in range(40)])
    assert len(vectors) == 40
    assert len(ollama.seen) == 3


def test_a_model_that_has_changed_is_told(ollama):
    embedder = embedder_of(ollama)
    ollama.dimension = 9
    with pytest.raises(EmbedderUnavailable, match="9 numbers instead of 8"):
        embedder.embed_question("pump")


def test_a_vector_too_few_is_told(ollama):
    embedder = embedder_of(ollama)
    ollama.drops_one = True
    with pytest.raises(EmbedderUnavailable):
        embedder.embed_passages(["a", "b"])


def test_a_missing_model_says_what_to_do(ollama):
    ollama.status = 404
    with pytest.raises(EmbedderUnavailable, match="ollama pull nomic-embed-text"):
        embedder_of(ollama)


def test_a_server_that_hangs_is_given_up(ollama):
    ollama.hang.clear()
    with pytest.raises(EmbedderUnavailable, match="does not answer"):
        embedder_of(ollama, read_timeout_s=0.3)


def test_no_server_is_told():
    with pytest.raises(EmbedderUnavailable, match=r"127\.0\.0\.1:9"):
        OllamaEmbedder("http://127.0.0.1:9", "nomic-embed-text")
