"""Conversations and what people think of answers: each its user's own."""

import pytest

from hydrodiag.accounts import Actor, Role
from hydrodiag.assistant.asked import list_asked
from hydrodiag.assistant.conversations import (
    NewMessage,
    Scope,
    add_message,
    delete_conversation,
    export_markdown,
    find_conversation,
    list_conversations,
    list_messages,
    rename_conversation,
    scope_conversation,
    start_conversation,
)
from hydrodiag.assistant.feedback import keep_feedback, list_feedback, note_review
from hydrodiag.db import Database
from hydrodiag.errors import NotFound, Refused
from tests.people import add_person

SOURCE = {"number": 1, "title": "HP-200", "page": 18}


@pytest.fixture
def emil(database: Database) -> int:
    return add_person(database, "emil", Role.ENGINEER)


@pytest.fixture
def vera(database: Database) -> int:
    return add_person(database, "vera", Role.VIEWER)


@pytest.fixture
def talk(database: Database, emil: int) -> int:
    number = start_conversation(database, emil, Scope(system_code="press-1"))
    add_message(database, emil, number, NewMessage("question", "What is V1 set to? 100 %"))
    answer = NewMessage("answer", "265 bar [1].", "complete", {"sources": [SOURCE]})
    add_message(database, emil, number, answer)
    return number


def test_it_is_named_after_its_first_question_and_found_by_its_words(
    database: Database, emil: int, talk: int
) -> None:
    [listed] = list_conversations(database, emil)
    assert listed.title == "What is V1 set to? 100 %"
    assert listed.scope == Scope(system_code="press-1")
    assert [each.id for each in list_conversations(database, emil, "265 BAR")] == [talk]
    assert list_conversations(database, emil, "%_%") == []
    assert [each.id for each in list_conversations(database, emil, "100 %")] == [talk]


def test_nobody_else_reads_or_changes_it(
    database: Database, emil: int, vera: int, talk: int
) -> None:
    assert find_conversation(database, vera, talk) is None
    assert list_messages(database, vera, talk) == []
    assert list_conversations(database, vera) == []
    answer = list_messages(database, emil, talk)[1]
    for change in (
        lambda: rename_conversation(database, vera, talk, "mine"),
        lambda: scope_conversation(database, vera, talk, Scope()),
        lambda: delete_conversation(database, vera, talk),
        lambda: add_message(database, vera, talk, NewMessage("question", "me too")),
        lambda: keep_feedback(database, vera, answer.id, is_helpful=True),
    ):
        with pytest.raises(NotFound):
            change()


def test_it_is_exported_with_its_sources_and_deleted_for_good(
    database: Database, emil: int, talk: int
) -> None:
    conversation = find_conversation(database, emil, talk)
    assert conversation is not None
    text = export_markdown(conversation, list_messages(database, emil, talk))
    assert "- [1] HP-200, page 18" in text
    delete_conversation(database, emil, talk)
    assert list_messages(database, emil, talk) == []


def test_a_judged_answer_is_reviewed_by_engineers_only(
    database: Database, emil: int, talk: int
) -> None:
    answer = list_messages(database, emil, talk)[1]
    keep_feedback(database, emil, answer.id, is_helpful=False, reason="wrong machine")
    engineer = Actor("emil", Role.ENGINEER, emil)
    [judged] = list_feedback(database, engineer)
    assert (judged.question, judged.reason) == ("What is V1 set to? 100 %", "wrong machine")
    with pytest.raises(Refused):
        list_feedback(database, Actor("vera", Role.VIEWER))
    note_review(database, engineer, answer.id)
    assert list_feedback(database, engineer) == []


def test_weak_answers_of_all_users_are_listed_for_engineers(
    database: Database, emil: int, talk: int
) -> None:
    add_message(database, emil, talk, NewMessage("question", "What does V9 weigh?"))
    detail = {"is_refusal": True, "method": "quoted", "total_ms": 12, "calls": []}
    add_message(database, emil, talk, NewMessage("answer", "Not there.", "complete", detail))
    engineer = Actor("emil", Role.ENGINEER, emil)
    everything = list_asked(database, engineer)
    assert [each.question for each in everything] == [
        "What does V9 weigh?", "What is V1 set to? 100 %",
    ]  # fmt: skip
    [weak] = list_asked(database, engineer, only_weak=True)
    assert (weak.question, weak.outcome, weak.total_ms) == (
        "What does V9 weigh?", "not in the manuals", 12,
    )  # fmt: skip
    with pytest.raises(Refused):
        list_asked(database, Actor("vera", Role.VIEWER))
