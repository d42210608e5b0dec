"""Real Chroma: as folders and as a server of its own."""

import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from time import sleep

import httpx
import numpy as np
import pytest

from hydrodiag.errors import IndexUnreadable
from hydrodiag.manuals.retrieval.fusion import Weights
from hydrodiag.manuals.retrieval.retriever import Filters, retrieve
from hydrodiag.manuals.retrieval.vectors import (
    EmbeddedQuestions,
    FolderStore,
    ServerStore,
    build_store,
)
from tests.hashed import HashEmbedder
from tests.manuals import judged_manuals

CHROMA = Path(sys.executable).parent / "chroma"
VECTORS = np.random.default_rng(3).normal(size=(1500, 24)).tolist()


@pytest.fixture(scope="module")
def chroma_server(tmp_path_factory):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma")
    command = [CHROMA, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/api/v2/heartbeat", server, folder / "log")
        yield url
    finally:
        server.terminate()
        server.wait()


def _wait_for(url, server, log):
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        try:
            httpx.get(url, timeout=1).raise_for_status()
            return
        except httpx.HTTPError:
            sleep(0.1)
    raise TimeoutError(log.read_text())


@pytest.fixture(params=["folder", "server"])
def store(request, tmp_path):
    if request.param == "folder":
        return build_store(tmp_path)
    store = build_store(tmp_path, request.getfixturevalue("chroma_server"))
    for version in store.list_versions():
        store.delete(version)
    return store


def build(store, version, vectors=VECTORS):
    with store.building(version) as writer:
        writer.upsert(enumerate(vectors))


def test_the_address_decides_between_folder_and_server(tmp_path):
    assert isinstance(build_store(tmp_path), FolderStore)
    assert isinstance(build_store(tmp_path, "http://chroma:8000"), ServerStore)


def test_what_was_written_is_found_by_cosine(store):
    build(store, "v_1")
    vectors = store.open("v_1")
    assert len(vectors) == len(VECTORS)
    found = vectors.find_nearest(VECTORS[7], 3)
    assert next(iter(found)) == 7
    assert found[7] == pytest.approx(1, abs=1e-5)
    assert vectors.compare(VECTORS[7], [7, 8, 999_999]) == {
        7: pytest.approx(1),
        8: pytest.approx(_cosine(VECTORS[7], VECTORS[8]), abs=1e-5),
    }
    vectors.close()


def test_a_known_id_takes_the_new_vector(store):
    with store.building("v_1") as writer:
        writer.upsert([(1, VECTORS[0])])
        writer.upsert([(1, VECTORS[1])])
    vectors = store.open("v_1")
    assert vectors.compare(VECTORS[1], [1])[1] == pytest.approx(1)
    vectors.close()


def test_a_version_that_failed_half_way_is_not_there(store):
    build(store, "v_1", VECTORS[:5])
    with pytest.raises(KeyError), store.building("v_2") as writer:
        writer.upsert(enumerate(VECTORS[:5]))
        raise KeyError
    assert store.list_versions() == ["v_1"]
    with pytest.raises(IndexUnreadable, match="v_2 is not in Chroma"):
        store.open("v_2")
    build(store, "v_2", VECTORS[:5])
    assert store.list_versions() == ["v_1", "v_2"]


def test_versions_stand_beside_each_other_and_go_one_by_one(store):
    build(store, "v_1", VECTORS[:5])
    build(store, "v_2", VECTORS[5:15])
    first, second = store.open("v_1"), store.open("v_2")
    assert (len(first), len(second)) == (5, 10)
    first.close()
    second.close()
    store.delete("v_1")
    store.delete("v_1")
    assert store.list_versions() == ["v_2"]


def test_a_killed_builder_leaves_nothing_that_is_opened(tmp_path):
    store = FolderStore(tmp_path)
    build(store, "v_1", VECTORS[:5])
    copytree(tmp_path / "v_1", tmp_path / "v_2.tmp")
    assert store.list_versions() == ["v_1"]
    store.delete_unfinished()
    assert [each.name for each in tmp_path.iterdir()] == ["v_1"]


def test_another_process_reads_while_the_next_version_is_built(tmp_path):
    store = FolderStore(tmp_path)
    build(store, "v_1")
    code = (
        "import sys; from pathlib import Path\n"
        "from hydrodiag.manuals.retrieval.vectors import FolderStore\n"
        "v = FolderStore(Path(sys.argv[1])).open('v_1')\n"
        "for line in sys.stdin: print(next(iter(v.find_nearest(eval(line), 1))), flush=True)\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with reader, store.building("v_2") as writer:
        for start in range(0, 1500, 300):
            writer.upsert(enumerate(VECTORS[start : start + 300], start))
            reader.stdin.write(f"{VECTORS[start]}\n")
            reader.stdin.flush()
            assert reader.stdout.readline().strip() == str(start)
        reader.stdin.close()


def test_a_damaged_folder_and_an_absent_server_are_told(tmp_path):
    (tmp_path / "v_1").mkdir()
    (tmp_path / "v_1" / "chroma.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(IndexUnreadable, match="does not answer or its version is damaged"):
        FolderStore(tmp_path).open("v_1")
    with pytest.raises(IndexUnreadable, match="does not answer"):
        ServerStore("http://127.0.0.1:9").open("v_1")


def test_questions_go_through_words_and_vectors(store):
    manuals = judged_manuals()
    embedder = HashEmbedder()
    with store.building("v_1") as writer:
        ids = [chunk.chunk_id for chunk in manuals.chunks]
        texts = [chunk.text for chunk in manuals.chunks]
        writer.upsert(zip(ids, embedder.embed_passages(texts), strict=True))
    vectors = store.open("v_1")
    both = replace(
        manuals.index,
        vectors=EmbeddedQuestions(vectors, embedder),
        weights=Weights(vectors=0.2),
    )
    best = retrieve(both, "What pressure is relief valve V1 of the HP-200 set to?").passages[0]
    assert manuals.names_of(best.found_id) == ["e007"]
    assert best.cosine is not None
    only = Filters(document_ids=frozenset({2}))
    documents = {each.document_id for each in retrieve(both, "oil viscosity", only).passages}
    assert documents == {2}
    vectors.close()


def test_llamaindex_gets_nodes_with_scores():
    from llama_index.core.schema import NodeWithScore

    from hydrodiag.manuals.retrieval.llama import PassageRetriever

    manuals = judged_manuals()

    def load_texts(passages):
        return [manuals.text_of(each.found_id) for each in passages]

    nodes = PassageRetriever(manuals.index, load_texts, k=3).retrieve("shaft seal SH-35-52-7")
    assert isinstance(nodes[0], NodeWithScore)
    assert "SH-35-52-7" in nodes[0].text
    assert nodes[0].metadata["exact"] == ["SH-35-52-7"]
    assert len(nodes) <= 3


def _cosine(one, other):
    return np.dot(one, other) / np.linalg.norm(one) / np.linalg.norm(other)
