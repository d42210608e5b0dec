"""The users' own questions: entered, uploaded, and what the index is judged by."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.documents import DocumentDraft, NewFile, add_document, delete_document
from hydrodiag.manuals.manual_jobs import run_evaluate_index, run_index_manuals
from hydrodiag.manuals.own_questions import add_question, import_lines, list_questions
from hydrodiag.manuals.versions import find_active
from hydrodiag.ui.manuals_questions import read_pages

DATA = Path(__file__).parents[2] / "data" / "manuals"
NEXT = [
    ("What pressure is the main relief valve V1 set to?", [18]),
    ("How do I bleed the main cylinder?", [15]),
    ("What is the tightening torque for M16 bolts?", [43]),
    ("What does error E06 mean?", [38]),
    ("What pressure is the main relief valve V1 set to at the factory?", [3]),
]


@pytest.fixture
def press(database: Database) -> int:
    file = NewFile("HP-200.pdf", io.BytesIO((DATA / "HP-200.pdf").read_bytes()))
    return add_document(database, "emil", file, DocumentDraft("HP-200"))


def context(database: Database, folder: Path) -> Any:
    return SimpleNamespace(
        database=database, params={}, run_id=1, report=lambda *_: None, should_stop=lambda: False,
        settings=Settings(HYDRODIAG_DATA_DIR=folder, ollama_base_url="http://127.0.0.1:9"),
    )  # fmt: skip


def test_a_new_index_is_judged_by_them_and_keeps_the_figures(
    database: Database, press: int, tmp_path: Path
) -> None:
    for question, pages in NEXT:
        add_question(database, "emil", question, press, pages)
    add_question(database, "emil", "Who won the football world cup?", None, [])
    run_index_manuals(context(database, tmp_path))
    active = find_active(database)
    assert active is not None
    assert active.evaluation is not None
    assert active.evaluation["questions"] == 6
    assert active.evaluation["ranking"]["recall_at_5"] == pytest.approx(0.8)
    [failed] = active.evaluation["failed"]
    assert failed == {"question": NEXT[4][0], "why": "its page is not among the first five"}
    again = run_evaluate_index(context(database, tmp_path))
    assert (again["questions"], again["refusal_recall"]) == (5, 1.0)


def test_too_few_questions_judge_nothing(database: Database, press: int, tmp_path: Path) -> None:
    add_question(database, "emil", NEXT[0][0], press, [18])
    assert run_evaluate_index(context(database, tmp_path))["state"] == "skipped"


def test_a_bad_line_of_a_list_stops_no_other(database: Database, press: int) -> None:
    good = {"question": "What is V1 set to?", "pages": [{"doc": "hp-200", "page": 18}]}
    other = {"question": "What is V1?", "pages": [{"doc": "HP-999", "page": 1}]}
    nowhere = {"question": "What is the price of V1?", "pages": []}
    text = "\n".join([json.dumps(good), "not json", json.dumps(other), "", json.dumps(nowhere)])
    done = import_lines(database, "emil", text)
    assert (done.added, done.known) == (2, 0)
    assert [each.split(".")[0] for each in done.refused] == [
        "Line 2: This is no question", "Line 3: There is no manual 'HP-999'",
    ]  # fmt: skip
    assert import_lines(database, "emil", json.dumps(good)).known == 1
    listed = list_questions(database)
    assert [(each.title, each.pages) for each in listed] == [(None, ()), ("HP-200", (18,))]
    assert json.loads(listed[1].to_line())["pages"] == [{"doc": "HP-200", "page": 18}]


def test_a_manual_without_pages_is_no_answer(database: Database, press: int) -> None:
    for document, pages in ((press, []), (None, [3]), (press, [0])):
        with pytest.raises(InvalidInput):
            add_question(database, "emil", "What is V1 set to?", document, pages)


def test_questions_go_with_their_manual(database: Database, press: int) -> None:
    add_question(database, "emil", NEXT[0][0], press, [18])
    delete_document(database, press)
    assert list_questions(database) == []


def test_pages_are_read_as_people_write_them() -> None:
    assert read_pages("18, 34-36") == [18, 34, 35, 36]
    assert read_pages("") == []
    for wrong in ("x", "9-3", "1-500"):
        with pytest.raises(InvalidInput, match="is no page"):
            read_pages(wrong)
