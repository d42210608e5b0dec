"""Vectors that are away when an index is opened, and come back."""

import io
from pathlib import Path
from typing import Any

import pytest

from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.errors import IndexUnreadable
from hydrodiag.manuals import search as search_module
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from hydrodiag.manuals.manual_jobs import open_store, run_index_manuals
from hydrodiag.manuals.search import ManualSearch, SearchRequest
from tests.job_context import job_context
from tests.ollama_stand_in import serving_ollama

ASKED = SearchRequest("What is the pump P7 set to?")


def test_vectors_that_come_back_are_used_again_without_a_restart(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = b"# Pump\n\nThe pump P7 is set to 180 bar."
    add_document(database, "emil", NewFile("p7.md", io.BytesIO(words)), DocumentDraft("P7"))
    with serving_ollama() as ollama:
        store = open_store(index_manuals(database, tmp_path, ollama.url))
        search = ManualSearch(store, ollama.url)
        with monkeypatch.context() as away:
            away.setattr(store, "open", _fail)
            told = search.search(database, ASKED)
            assert not told.uses_vectors
            assert "Searched by words alone" in told.notice
        assert not search.search(database, ASKED).uses_vectors, "not asked again at once"
        monkeypatch.setattr(search_module, "RETRY_S", 0.0)
        again = search.search(database, ASKED)
        assert again.uses_vectors
        assert again.notice == ""


def index_manuals(database: Database, folder: Path, ollama_url: str) -> Settings:
    settings = Settings(HYDRODIAG_DATA_DIR=folder, ollama_base_url=ollama_url)
    context = job_context(database)
    context.settings = settings
    run_index_manuals(context)
    return settings


def _fail(_version: str) -> Any:
    raise IndexUnreadable("Chroma does not answer.")


def test_an_answer_found_while_ollama_is_away_says_so_and_tells_no_secret(
    database: Database, tmp_path: Path
) -> None:
    words = b"# Pump\n\nThe pump P7 is set to 180 bar."
    add_document(database, "emil", NewFile("p7.md", io.BytesIO(words)), DocumentDraft("P7"))
    with serving_ollama() as ollama:
        settings = index_manuals(database, tmp_path, ollama.url)
    search = ManualSearch(open_store(settings), "http://ada:secret-word@127.0.0.1:1")
    told = search.search(database, ASKED)
    assert told.passages
    assert not told.uses_vectors
    assert "Ollama does not answer" in told.notice
    assert "secret-word" not in told.notice
