"""The model calls tools: with the rights of who asks, few, and whatever becomes of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hydrodiag.accounts import Actor, Permission, Role
from hydrodiag.assistant import board, language_model
from hydrodiag.assistant.answering import Desk, answer
from hydrodiag.assistant.conversations import (
    NewMessage,
    Scope,
    add_message,
    list_messages,
    start_conversation,
)
from hydrodiag.assistant.events import LiveData, TextSoFar, Thinking
from hydrodiag.assistant.live import TOOLS, Tool, run_tool, toolbox
from hydrodiag.db import Database
from hydrodiag.errors import IndexUnreadable, QueryTimeout
from hydrodiag.manuals.documents import list_documents
from hydrodiag.manuals.search import SearchRequest
from hydrodiag.ui.navigation import ENTRIES
from tests.asking import EMIL, add_manuals, chats, desk_with_machine, once, run
from tests.ollama_stand_in import OllamaScript
from tests.people import add_person

NOBODY = Actor("nobody", None)
HOT = "Why does the press run hot, which sensor shows it?"
STATE = {"name": "machine_state", "arguments": {"system": "press-1"}}
PUMP = "The pump P7 is set to 180 bar. Bleed the pump P7 for 3 minutes."
BAD_CALLS = [
    {"name": "run_sql", "arguments": {"query": "DROP TABLE sensor_data"}},
    {"name": "list_users", "arguments": {}},
    {"name": "machine_state", "arguments": {"system": "press-1", "role": "administrator"}},
    {"name": "delete_machine", "arguments": {"system": "press-1"}},
]


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[tuple[Desk, OllamaScript]]:
    with desk_with_machine(database, tmp_path) as both:
        yield both


@pytest.fixture
def desk(served: tuple[Desk, OllamaScript]) -> Desk:
    return served[0]


@pytest.fixture
def script(served: tuple[Desk, OllamaScript]) -> OllamaScript:
    return served[1]


def test_the_model_calls_a_tool_and_answers_from_what_it_gives(
    desk: Desk, script: OllamaScript
) -> None:
    script.calls = once(STATE)
    script.reply = lambda _: "The press is critical."
    events, last = run(desk, HOT)
    [shown] = [each.result for each in events if isinstance(each, LiveData)]
    assert shown.tool == "machine_state"
    assert (last.method, last.text) == ("model", "The press is critical.")
    assert [each.tool for each in last.results] == ["machine_state"]
    told = chats(script)[1]["messages"][-1]
    assert told["role"] == "tool"
    assert "T_TANK" in told["content"]
    assert last.detail["calls"] == [
        {"tool": "machine_state", "arguments": {"system": "press-1"}, "is_ok": True}
    ]
    assert last.detail["total_ms"] >= last.detail["first_text_ms"] > 0


def test_several_calls_at_once_are_all_made_and_none_twice(
    desk: Desk, script: OllamaScript
) -> None:
    jobs = {"name": "job_state", "arguments": {}}
    script.calls = lambda messages: (
        [STATE] if sum(each["role"] == "tool" for each in messages) == 2
        else None if messages[-1]["role"] == "tool" else [STATE, jobs]
    )  # fmt: skip
    _, last = run(desk, HOT)
    assert [each.tool for each in last.results] == ["machine_state", "job_state"]
    assert "in the data above" in chats(script)[2]["messages"][-1]["content"]


def test_what_rules_have_found_is_not_fetched_again(desk: Desk, script: OllamaScript) -> None:
    script.calls = once(STATE)
    _, last = run(desk, "What is the state of press-1 now?")
    assert [each.tool for each in last.results] == ["machine_state"]


@pytest.mark.parametrize("call", BAD_CALLS)
def test_a_call_that_no_tool_takes_is_told_to_the_model_and_ends_nothing(
    desk: Desk, script: OllamaScript, call: dict[str, Any]
) -> None:
    script.calls = once(call)
    _, last = run(desk, HOT)
    told = chats(script)[1]["messages"][-1]["content"]
    assert "There is no tool" in told or "unknown role" in told
    assert last.results == ()
    assert last.detail["is_refusal"]


@pytest.mark.parametrize("hours", ["nan", "inf", "-1", "soon", [1, 2], {"from": 0}])
def test_hours_that_are_none_end_nothing(desk: Desk, script: OllamaScript, hours: object) -> None:
    arguments = {"system": "press-1", "sensor": "P_PUMP", "hours": hours}
    script.calls = once({"name": "sensor_summary", "arguments": arguments}, STATE)
    script.reply = lambda _: "The press is critical."
    _, last = run(desk, HOT)
    assert last.results[-1].tool == "machine_state"
    assert last.text == "The press is critical."


@pytest.mark.parametrize(
    "error", [QueryTimeout("The query ran into its time limit."), ZeroDivisionError("secret")]
)
def test_a_tool_that_fails_is_told_to_the_model_and_ends_nothing(
    desk: Desk, script: OllamaScript, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise error

    broken = replace(TOOLS["job_state"], run=fail)
    monkeypatch.setattr(toolbox, "TOOLS", {**TOOLS, "job_state": broken})
    script.calls = once({"name": "job_state", "arguments": {}}, STATE)
    _, last = run(desk, HOT)
    told = [each["content"] for each in chats(script)[1]["messages"] if each["role"] == "tool"]
    assert "time limit" in told[0] or "job_state failed" in told[0]
    assert "secret" not in told[0]
    assert [each.tool for each in last.results] == ["machine_state"]
    assert [each["is_ok"] for each in last.detail["calls"]] == [False, True]


def test_a_search_that_fails_ends_nothing(
    desk: Desk, script: OllamaScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(_: object, request: SearchRequest) -> Any:
        if request.question == HOT:
            return found
        raise IndexUnreadable("The index is damaged.")

    found = desk.search.search(desk.database, SearchRequest(HOT))
    monkeypatch.setattr(desk.search, "search", search)
    script.calls = once({"name": "search_manuals", "arguments": {"question": "P7"}}, STATE)
    _, last = run(desk, HOT)
    assert [each["is_ok"] for each in last.detail["calls"]] == [False, True]
    assert last.state == "complete"


def test_what_cannot_be_stored_is_left_out_of_what_is_kept(
    desk: Desk, script: OllamaScript
) -> None:
    odd = {"system": "press-1\x00", "sensor": "\ud800"}
    script.thinking = "Well\x00 then."
    script.calls = once({"name": "sensor_summary", "arguments": odd}, STATE)
    script.reply = lambda _: "The press\x00 is critical."
    _, last = run(replace(desk, thinks=True), HOT)
    user = add_person(desk.database, "emil", Role.ENGINEER)
    talk = start_conversation(desk.database, user)
    add_message(desk.database, user, talk, NewMessage("question", HOT))
    add_message(desk.database, user, talk, NewMessage("answer", last.text, detail=last.to_detail()))
    kept = list_messages(desk.database, user, talk)[-1]
    assert kept.text == "The press is critical."


def test_an_unknown_machine_is_told_with_those_there_are(desk: Desk, script: OllamaScript) -> None:
    script.calls = once({"name": "machine_state", "arguments": {"system": "press-99"}})
    run(desk, HOT)
    assert "There are: press-1" in chats(script)[1]["messages"][-1]["content"]


def test_a_model_that_calls_without_end_is_told_to_answer(desk: Desk, script: OllamaScript) -> None:
    counter = iter(range(100))
    script.calls = lambda _: [
        {"name": "sensor_summary", "arguments": {"system": "press-1", "sensor": "P_PUMP",
                                                 "hours": 1 + next(counter)}}
        for _ in range(3)
    ]  # fmt: skip
    _, last = run(desk, HOT)
    assert len(last.results) == 4
    assert "tools" not in chats(script)[-1] or not chats(script)[-1]["tools"]
    assert last.text


def test_tools_run_with_the_rights_of_who_asks(desk: Desk, script: OllamaScript) -> None:
    script.calls = once(STATE)
    _, last = run(replace(desk, actor=NOBODY), HOT)
    assert last.results == ()
    names = [each["function"]["name"] for each in chats(script)[0]["tools"]]
    assert names == ["search_manuals"]
    offered = {each["function"]["name"] for each in _offered(desk, script)}
    assert offered == {*TOOLS, "search_manuals"}


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda each: str(each.name))
def test_a_tool_asks_for_the_permission_of_the_page_that_shows_the_same(
    desk: Desk, tool: Tool
) -> None:
    given = {"system": "press-1", "sensor": "P_PUMP"}
    shown = run_tool(desk.database, EMIL, tool.name, {key: given[key] for key in tool.required})
    [page] = [each for each in ENTRIES if each.title == shown.page]
    assert tool.permission == page.permission


def test_a_tool_whose_page_is_closed_is_neither_offered_nor_run(
    desk: Desk, script: OllamaScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = {**TOOLS, "job_state": replace(TOOLS["job_state"], permission=Permission.SEE_AUDIT)}
    for module in (toolbox, board):
        monkeypatch.setattr(module, "TOOLS", closed)
    script.calls = once({"name": "job_state", "arguments": {}})
    _, last = run(desk, HOT)
    assert "job_state" not in {each["function"]["name"] for each in chats(script)[0]["tools"]}
    assert "may not see the audit log" in chats(script)[1]["messages"][-1]["content"]
    assert last.results == ()


def _offered(desk: Desk, script: OllamaScript) -> list[dict[str, Any]]:
    script.requests.clear()
    run(desk, HOT)
    return list(chats(script)[0]["tools"])


def test_the_model_searches_further_and_cites_what_it_finds(
    desk: Desk, script: OllamaScript, tmp_path: Path
) -> None:
    add_manuals(desk.database, tmp_path, script, {"p7": PUMP})
    question = {"question": "What is the pump P7 set to?"}
    script.calls = once({"name": "search_manuals", "arguments": question})
    script.reply = lambda _: "The pump P7 is set to 180 bar [1]."
    _, last = run(desk, HOT)
    assert last.text == "The pump P7 is set to 180 bar [1]."
    assert [each.title for each in last.sources] == ["p7"]


def test_the_model_searches_no_further_than_the_conversation_does(
    desk: Desk, script: OllamaScript, tmp_path: Path
) -> None:
    add_manuals(desk.database, tmp_path, script, {"p7": PUMP, "p8": PUMP.replace("P7", "P8")})
    [other] = [each.id for each in list_documents(desk.database) if each.title == "p8"]
    question = {"question": "What is the pump P7 set to?", "document_ids": [1, 2]}
    script.calls = once({"name": "search_manuals", "arguments": question})
    script.reply = lambda _: "The pump P7 is set to 180 bar [1]."
    _, last = run(desk, HOT, Scope(document_ids=(other,)))
    assert {each.title for each in last.sources} <= {"p8"}
    assert "(p7" not in chats(script)[1]["messages"][-1]["content"]


def test_a_question_of_neither_manuals_nor_machines_never_reaches_the_model(
    desk: Desk, script: OllamaScript
) -> None:
    _, last = run(desk, "Who won the football world cup in 1998?")
    assert last.detail["is_refusal"]
    assert chats(script) == []


def test_an_answer_that_nothing_holds_is_the_refusal(desk: Desk, script: OllamaScript) -> None:
    script.reply = lambda _: "All machines are fine, trust me."
    events, last = run(desk, HOT)
    assert last.text.startswith("This is not in your manuals.")
    assert not any(isinstance(each, TextSoFar) for each in events)


def test_a_break_between_two_rounds_keeps_the_table(desk: Desk, script: OllamaScript) -> None:
    def call_then_fail(messages: list[dict[str, Any]]) -> Any:
        script.cut_after = 0
        return once(STATE)(messages)

    script.calls = call_then_fail
    _, last = run(desk, HOT)
    assert last.state == "interrupted"
    assert [each.tool for each in last.results] == ["machine_state"]
    assert "broke off" in last.notice


def test_a_break_after_a_call_keeps_what_was_said_before_it(
    desk: Desk, script: OllamaScript
) -> None:
    def call_then_cut(messages: list[dict[str, Any]]) -> Any:
        script.cut_after = 0
        return once(STATE)(messages)

    script.preface, script.calls = "I look at the press first.", call_then_cut
    _, last = run(desk, HOT)
    assert last.state == "interrupted"
    assert last.text.startswith("I look at the press first.")
    assert [each.tool for each in last.results] == ["machine_state"]


def test_what_is_said_before_a_call_gives_way_to_the_answer(
    desk: Desk, script: OllamaScript
) -> None:
    script.preface, script.calls = "<think>Hm.</think>I look at the press first.", once(STATE)
    script.reply = lambda _: "The press is critical."
    _, last = run(desk, HOT)
    assert last.text == "The press is critical."
    assert last.detail["thought"] == "Hm."


def test_a_stall_after_a_call_is_a_broken_off_answer_with_the_table(
    desk: Desk, script: OllamaScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_model, "READ_TIMEOUT_S", 0.5)
    script.calls, script.stall_after = once(STATE), 2
    script.reply = lambda _: "The press is critical."
    _, last = run(desk, HOT)
    assert (last.state, last.text) == ("interrupted", "The press")
    assert "took too long" in last.notice
    assert [each.tool for each in last.results] == ["machine_state"]


def test_thoughts_are_kept_beside_the_answer(desk: Desk, script: OllamaScript) -> None:
    script.thinking = "The tank is at 66 degC."
    script.calls = once(STATE)
    events, last = run(replace(desk, thinks=True), HOT)
    assert any(isinstance(each, Thinking) and "tank" in each.text for each in events)
    assert last.detail["thought"].startswith("The tank is at 66 degC.")
    assert "tank is at 66" not in last.text
    script.lacks = ("thinking",)
    _, unthinking = run(replace(desk, thinks=True), HOT)
    assert "cannot think first" in unthinking.notice


def test_who_leaves_while_it_thinks_hangs_up(desk: Desk, script: OllamaScript) -> None:
    script.thinking, script.hold_after = "Well, well.", 0
    events = answer(replace(desk, thinks=True), HOT)
    assert next(each for each in events if isinstance(each, Thinking) and each.text)
    events.close()
    assert script.left.wait(10)
