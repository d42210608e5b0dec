"""Questions to the assistant in tests: manuals to answer from, and what came of a question."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hydrodiag.accounts import Actor, Role
from hydrodiag.assistant.answering import EVERYWHERE, Desk, answer
from hydrodiag.assistant.conversations import Scope
from hydrodiag.assistant.events import Answer, Event
from hydrodiag.assistant.language_model import LanguageModel
from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document
from hydrodiag.manuals.manual_jobs import open_store, run_index_manuals
from hydrodiag.manuals.search import ManualSearch
from tests.machines import measured_machine
from tests.ollama_stand_in import OllamaScript, serving_ollama

EMIL = Actor("emil", Role.ENGINEER, 1)


@contextmanager
def desk_with_machine(db: Database, folder: Path) -> Iterator[tuple[Desk, OllamaScript]]:
    """A desk that the stand-in answers at; the machine press-1, no manuals."""
    with serving_ollama() as script:
        measured_machine(db)
        settings = Settings(HYDRODIAG_DATA_DIR=folder, ollama_base_url=script.url)
        search = ManualSearch(open_store(settings), settings.ollama_base_url)
        yield Desk(db, search, LanguageModel(settings), EMIL), script


def add_manuals(db: Database, folder: Path, script: OllamaScript, texts: dict[str, str]) -> None:
    """Text files by title, read and indexed."""
    for title, words in texts.items():
        file = NewFile(f"{title}.txt", io.BytesIO(words.encode()))
        add_document(db, EMIL.name, file, DocumentDraft(title))
    settings = Settings(HYDRODIAG_DATA_DIR=folder, ollama_base_url=script.url)
    context: Any = SimpleNamespace(
        database=db, settings=settings, params={}, run_id=1,
        report=lambda *_: None, should_stop=lambda: False,
    )  # fmt: skip
    run_index_manuals(context)


def run(desk: Desk, question: str, scope: Scope = EVERYWHERE) -> tuple[list[Event], Answer]:
    events = list(answer(desk, question, scope=scope))
    last = events[-1]
    assert isinstance(last, Answer)
    return events, last


def chats(script: OllamaScript) -> list[dict[str, Any]]:
    """The requests for an answer, in order."""
    return [body for path, body in script.requests if path == "/api/chat"]


def once(*calls: dict[str, Any]) -> Any:
    """Asks for these before any tool has answered."""
    return lambda messages: None if messages[-1]["role"] == "tool" else list(calls)
