"""From uploaded files to found passages, through real child processes and a real database."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hydrodiag.config import Settings, load_settings
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.documents import (
    DocumentDraft,
    NewFile,
    add_document,
    add_revision,
    delete_document,
    each_part,
    find_document,
    list_documents,
)
from hydrodiag.manuals.glossary_pairs import add_pair
from hydrodiag.manuals.manual_jobs import open_store, run_index_manuals
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import ManualSearch, SearchRequest
from hydrodiag.manuals.search_answers import SearchAnswer
from hydrodiag.manuals.versions import activate, find_active, list_versions, unpin

DATA = Path(__file__).parents[2] / "data" / "manuals"
PRESS = "What pressure is the main relief valve V1 set to?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    away = {"data_dir": tmp_path, "ollama_base_url": "http://127.0.0.1:1", "chroma_url": ""}
    return load_settings().model_copy(update=away)


@pytest.fixture
def index(database: Database, settings: Settings) -> Callable[[], Mapping[str, Any]]:
    context = SimpleNamespace(
        database=database, settings=settings, params={}, run_id=1,
        report=lambda *_: None, should_stop=lambda: False,
    )  # fmt: skip
    return lambda: run_index_manuals(context)  # type: ignore[arg-type]


@pytest.fixture
def ask(database: Database, settings: Settings) -> Callable[..., SearchAnswer]:
    search = ManualSearch(open_store(settings), settings.ollama_base_url)
    return lambda question, **more: search.search(database, SearchRequest(question, **more))


def upload(database: Database, name: str, content: bytes | None = None, title: str = "") -> int:
    content = (DATA / name).read_bytes() if content is None else content
    draft = DocumentDraft(title or Path(name).stem)
    return add_document(database, "emil", NewFile(name, io.BytesIO(content)), draft)


def test_a_passage_is_found_with_its_page(database, index, ask) -> None:
    upload(database, "HP-200.pdf")
    upload(database, "PG-160.pdf", title="ПГ-160")
    result = index()
    assert (result["read"], result["refused"], result["version"]) == (2, 0, "v_1")
    answer = ask(PRESS)
    assert answer.verdict is not Verdict.NOT_IN_MANUALS
    assert (answer.passages[0].title, answer.passages[0].page) == ("HP-200", 18)
    assert "265 bar" in answer.passages[0].text
    russian = ask("На какое давление настроить предохранительный клапан КП1?")
    assert (russian.passages[0].title, russian.passages[0].page) == ("ПГ-160", 16)
    assert ask("Who won the football world cup?").verdict is Verdict.NOT_IN_MANUALS


def test_originals_are_kept_byte_for_byte(database) -> None:
    document_id = upload(database, "HP-200.pdf")
    document = find_document(database, document_id)
    assert document is not None
    kept = b"".join(each_part(database, document.newest_id))
    assert kept == (DATA / "HP-200.pdf").read_bytes()


def test_the_same_file_is_not_taken_twice(database) -> None:
    upload(database, "HP-200.pdf", title="Press")
    with pytest.raises(InvalidInput, match=r"there already: it is HP-200\.pdf of 'Press'"):
        upload(database, "copy of it.pdf", (DATA / "HP-200.pdf").read_bytes())
    assert len(list_documents(database)) == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("broken.pdf", b"%PDF-1.7 nothing follows", "is damaged"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office format"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "is a picture"),
        ("blank.txt", b" \n \n", "holds no text"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason_and_the_others_go_on(
    database, index, name: str, content: bytes, reason: str
) -> None:
    bad = upload(database, name, content)
    upload(database, "HP-200.pdf")
    result = index()
    assert (result["read"], result["refused"]) == (1, 1)
    refused = find_document(database, bad)
    assert refused is not None
    assert refused.status == "refused"
    assert reason in refused.reason


def test_indexing_again_changes_nothing(database, index) -> None:
    upload(database, "HP-200.pdf")
    index()
    assert index() == {"read": 0, "refused": 0, "chunks": 0, "version": "unchanged"}


def test_a_deleted_manual_is_found_no_more_at_once(database, index, ask) -> None:
    document_id = upload(database, "HP-200.pdf")
    index()
    assert ask(PRESS).passages
    delete_document(database, document_id)
    assert ask(PRESS).passages == ()
    assert ask(PRESS).verdict is Verdict.NOT_IN_MANUALS
    index()
    assert ask(PRESS).passages == ()


def test_a_question_on_a_deleted_manual_is_not_answered_from_another(database, index, ask) -> None:
    document_id = upload(database, "HP-200.pdf")
    upload(database, "PG-160.pdf")
    index()
    assert ask(PRESS).passages[0].title == "HP-200"
    delete_document(database, document_id)
    assert ask(PRESS).verdict is Verdict.NOT_IN_MANUALS
    index()
    assert ask(PRESS).verdict is Verdict.NOT_IN_MANUALS


def test_a_new_revision_replaces_the_old_one_in_searches(database, index, ask) -> None:
    document_id = upload(
        database, "pump.md", b"# Pump P7\n\nThe pump P7 runs at most at 1500 rpm at full pressure."
    )
    index()
    newer = b"# Pump P7\n\nThe pump P7 runs at most at 1800 rpm at full pressure."
    add_revision(database, "emil", document_id, NewFile("pump2.md", io.BytesIO(newer), label="B"))
    assert "1500 rpm" in ask("How fast may pump P7 run?").passages[0].text
    index()
    [found] = ask("How fast may pump P7 run?").passages
    assert "1800 rpm" in found.text
    assert found.label == "B"


def test_going_back_to_an_older_version_is_one_switch_and_stays(database, index, ask) -> None:
    upload(database, "HP-200.pdf")
    index()
    upload(database, "PG-160.pdf")
    index()
    activate(database, "olga", 1, is_pinned=True)
    assert {each.title for each in ask("давление клапана КП1").passages} <= {"HP-200"}
    index()
    active = find_active(database)
    assert active is not None
    assert (active.id, active.is_pinned) == (1, True)
    unpin(database, "olga")
    index()
    active = find_active(database)
    assert active is not None
    assert len(active.revision_ids) == 2


def test_a_pair_of_the_glossary_holds_from_the_next_question_on(database, index, ask) -> None:
    text = "# Wartung\n\nThe flumox must be greased every 50 hours with two strokes of the gun."
    upload(database, "a.md", text.encode())
    index()
    assert ask("Как смазывать хрюндель?").verdict is Verdict.NOT_IN_MANUALS
    add_pair(database, "emil", "flumox", "хрюндель")
    assert ask("Как смазывать хрюндель?").passages


def test_what_a_killed_builder_left_is_cleared_away(database, index, settings) -> None:
    upload(database, "HP-200.pdf")
    index()
    with database.write() as connection:
        from sqlalchemy import text

        connection.execute(
            text(
                "INSERT INTO index_version (fingerprint, settings, revision_ids) "
                "VALUES ('x', '{}', '{}')"
            )
        )
        connection.execute(text("UPDATE document_revision SET status = 'reading'"))
    index()
    assert [each.state for each in list_versions(database)] == ["ready"]
    assert [each.status for each in list_documents(database)] == ["read"]
