"""Results kept in a real Redis: shared, outdated by writes, and lost without harm."""

import io
import socket
import time
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from hydrodiag.cache import MemoryStore, RedisStore, Region, build_store
from hydrodiag.cache import stores as stores_module
from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document, delete_document
from hydrodiag.manuals.manual_jobs import open_store, run_index_manuals
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import ManualSearch, SearchRequest
from tests.job_context import job_context
from tests.ports import free_port
from tests.served import serving_redis

PUMP = b"# Pump P7\n\nThe pump P7 is set to 180 bar."
ASK = SearchRequest("What is the pump P7 set to?")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def manuals(database: Database, tmp_path: Path) -> Settings:
    add_document(database, "emil", NewFile("p7.md", io.BytesIO(PUMP)), DocumentDraft("P7"))
    settings = Settings(HYDRODIAG_DATA_DIR=tmp_path, ollama_base_url="http://127.0.0.1:9")
    context = job_context(database)
    context.settings = settings
    run_index_manuals(context)
    return settings


def searching(settings: Settings, url: str) -> ManualSearch:
    return ManualSearch(open_store(settings), settings.ollama_base_url, build_store(SecretStr(url)))


def test_one_process_finds_what_another_has_kept_until_a_manual_changes(
    database: Database, manuals: Settings, port: int, tmp_path: Path
) -> None:
    with serving_redis(port, tmp_path) as url:
        first, second = searching(manuals, url), searching(manuals, url)
        asked = first.search(database, ASK)
        assert asked.took_ms > 0
        again = second.search(database, ASK)
        assert again.took_ms == 0
        assert (again.passages, again.extracts) == (asked.passages, asked.extracts)
        delete_document(database, asked.passages[0].document_id)
        assert second.search(database, ASK).verdict is Verdict.NOT_IN_MANUALS


def test_redis_that_dies_costs_speed_only_and_is_used_again(
    database: Database,
    manuals: Settings,
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stores_module, "PAUSE_S", 0.1)
    with serving_redis(port, tmp_path) as url:
        search = searching(manuals, url)
        passages = search.search(database, ASK).passages
    assert search.search(database, ASK).passages == passages
    time.sleep(0.2)
    with serving_redis(port, tmp_path):
        search.search(database, ASK)
        assert search.search(database, ASK).took_ms == 0


@pytest.mark.parametrize(
    "content", [b"\x80\x04\x95cos\nsystem", b"{}", b'{"passages": 3}', b"null", b""]
)
def test_foreign_bytes_are_no_answer(
    database: Database, manuals: Settings, port: int, tmp_path: Path, content: bytes
) -> None:
    with serving_redis(port, tmp_path) as url:
        search = searching(manuals, url)
        passages = search.search(database, ASK).passages
        client = redis.Redis.from_url(url)
        for key in client.scan_iter():
            client.set(key, content)
        found = search.search(database, ASK)
        assert (found.passages, found.took_ms > 0) == (passages, True)


def test_memory_is_bounded_and_forgets_in_time() -> None:
    store = MemoryStore(most_bytes=100)
    region = Region("test", store, 60.0, bytes, bytes)
    for number in range(5):
        region.put(number, bytes(40))
    assert [region.get(number) is None for number in range(5)] == [True, True, True, False, False]
    store.put("short", b"x", -1.0)
    assert store.get("short") is None


def test_a_redis_that_hangs_is_asked_once_and_left_alone_for_a_while() -> None:
    """It accepts and never answers: one question waits for it, the next ones do not."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = RedisStore(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        for key in ("a", "b", "c"):
            assert store.get(key) is None
            store.put(key, b"x", 10)
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_a_server_that_is_not_there_is_a_miss() -> None:
    store = RedisStore("redis://127.0.0.1:1/0")
    store.put("a", b"b", 10)
    assert store.get("a") is None
