"""Manuals from upload to answer, step by step: `make test-rag` shows each with what came out.

Everything is real: TimescaleDB, the reading of PDFs in child processes, the index, the search. No
language model is connected, so answers are quoted; with Ollama they would be told by the model
from the same passages.
"""

import io
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from hydrodiag.accounts import Actor, Role
from hydrodiag.assistant.answering import Desk, answer
from hydrodiag.assistant.conversations import Message
from hydrodiag.assistant.events import Answer
from hydrodiag.assistant.language_model import LanguageModel
from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.manuals.documents import (
    DocumentDraft,
    NewFile,
    add_document,
    delete_document,
    list_documents,
)
from hydrodiag.manuals.manual_jobs import open_store, run_index_manuals
from hydrodiag.manuals.search import ManualSearch

MANUALS = Path(__file__).parents[1] / "data" / "manuals"
NO_SERVER = "http://127.0.0.1:9"
ENGINEER = Actor("emil", Role.ENGINEER, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(HYDRODIAG_DATA_DIR=tmp_path, ollama_base_url=NO_SERVER)


def test_from_two_uploaded_manuals_to_answers_and_back(
    database: Database, settings: Settings
) -> None:
    say("1. Two manuals are uploaded: one in English, one in Russian.")
    for name in ("HP-200", "PG-160"):
        content = io.BytesIO((MANUALS / f"{name}.pdf").read_bytes())
        add_document(database, "emil", NewFile(f"{name}.pdf", content), DocumentDraft(name))

    say("2. The job reads them in child processes, cuts them into passages and builds an index.")
    say(f"   {index(database, settings)}")
    for each in list_documents(database):
        say(f"   {each.title}: {each.page_count} pages, {each.chunks} passages, {each.language}")

    desk = Desk(
        database,
        ManualSearch(open_store(settings), settings.ollama_base_url),
        LanguageModel(settings),
        ENGINEER,
    )

    def ask(question: str, history: tuple[Message, ...] = ()) -> Answer:
        *_, last = answer(desk, question, history)
        assert isinstance(last, Answer)
        show(question, last)
        return last

    say("3. A question in English: the sentence that decides, with manual and page.")
    first = ask("What pressure is the main relief valve V1 of the HP-200 set to?")
    assert "265 bar" in first.text
    assert (first.sources[0].title, first.sources[0].page) == ("HP-200", 18)

    say("4. The same in Russian, of the Russian manual.")
    russian = ask("На какое давление настроить предохранительный клапан КП1?")
    assert "30 МПа" in russian.text
    assert russian.sources[0].title == "PG-160"

    say("5. An English question that only the Russian manual answers.")
    across = ask("What pressure is the safety valve of the PG-160 press set to?")
    assert "PG-160" in {each.title for each in across.sources}

    say("6. A follow-up keeps to what was talked about.")
    before = "How do I bleed the HP-200 press?"
    talk = (Message(1, "question", before, "complete", {}, datetime.now(UTC)),)
    follow = ask("How many times should the ram be moved?", talk)
    assert {each.title for each in follow.sources} == {"HP-200"}

    say("7. What the manuals do not hold is said.")
    refused = ask("Who won the football world cup in 1998?")
    assert refused.detail["is_refusal"]

    say("8. A manual is deleted: from now on it answers nothing.")
    press = next(each for each in list_documents(database) if each.title == "HP-200")
    delete_document(database, press.id)
    gone = ask("What pressure is the main relief valve V1 of the HP-200 set to?")
    assert gone.detail["is_refusal"]


def index(database: Database, settings: Settings) -> dict[str, object]:
    """What the scheduler does every ten minutes, and at once after an upload."""
    context = SimpleNamespace(
        database=database, settings=settings, params={}, run_id=1,
        report=lambda *_: None, should_stop=lambda: False,
    )  # fmt: skip
    return dict(run_index_manuals(context))  # type: ignore[arg-type]


def show(question: str, told: Answer) -> None:
    say(f"   ? {question}")
    for line in told.text.splitlines():
        say(f"     {line}")
    for source in told.sources:
        say(f"     [{source.number}] {source.where}: {' > '.join(source.heading_path)}")


def say(text: str) -> None:
    print(text)  # noqa: T201 - what `make test-rag` is for
