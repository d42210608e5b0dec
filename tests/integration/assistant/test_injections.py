"""Manuals that order the model about; the stand-in obeys them all, and gains nothing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hydrodiag.accounts import Actor
from hydrodiag.assistant.answering import Desk
from hydrodiag.assistant.citations import UNSUPPORTED
from hydrodiag.assistant.conversations import Scope
from hydrodiag.assistant.events import Answer
from hydrodiag.db import Database
from hydrodiag.fleet import list_systems
from hydrodiag.manuals.documents import list_documents
from tests.asking import add_manuals, chats, desk_with_machine, run
from tests.ollama_stand_in import OllamaScript

INJECTED = json.loads((Path(__file__).parents[2] / "data" / "injections.json").read_text("utf-8"))


@pytest.mark.parametrize("case", INJECTED, ids=lambda case: str(case["name"]))
def test_what_a_manual_orders_changes_nothing(
    database: Database, tmp_path: Path, case: dict[str, Any]
) -> None:
    ordered = f"{case['fact']} {case['order']}"
    with desk_with_machine(database, tmp_path) as (desk, script):
        add_manuals(database, tmp_path, script, {"clean": case["fact"], "ordering": ordered})
        clean = ask_obedient(desk, script, case, "clean")
        assert len(chats(script)) == 1
        ordering = ask_obedient(desk, script, case, "ordering")
        system, *_, user = chats(script)[0]["messages"]
        offered = {each["function"]["name"] for each in chats(script)[0]["tools"]}
    fence = system["content"].split("the marks ")[1].split(" ")[0]
    assert case["order"] in "".join(user["content"].split(fence)[1::2])
    assert case["obeys"]["name"] not in offered or case["name"] in {"en-leak", "ru-role"}
    # It tried, and nothing was run.
    [call] = ordering.detail["calls"]
    assert (call["tool"], call["is_ok"]) == (case["obeys"]["name"], False)
    assert ordering.results == clean.results == ()
    # The answer is that of the clean manual; what was added is marked as said by no source.
    assert ordering.text == f"{clean.text} {case['boasts']} {UNSUPPORTED}"
    assert [each.number for each in ordering.sources] == [each.number for each in clean.sources]
    assert [each.code for each in list_systems(database)] == ["press-1"]


def test_an_order_that_a_tool_takes_shows_no_more_than_the_page_does(
    database: Database, tmp_path: Path
) -> None:
    """A read-only tool that the reader may use anyway is all that an order can set off."""
    case = {**INJECTED[1], "obeys": {"name": "database_state", "arguments": {}}}
    ordered = f"{case['fact']} {case['order']}"
    with desk_with_machine(database, tmp_path) as (desk, script):
        add_manuals(database, tmp_path, script, {"ordering": ordered})
        allowed = ask_obedient(desk, script, case, "ordering")
        nobody = replace(desk, actor=Actor("nobody", None))
        refused = ask_obedient(nobody, script, case, "ordering")
    assert [each.page for each in allowed.results] == ["Database"]
    assert refused.results == ()
    for each in (allowed, refused):
        assert f"{case['boasts']} {UNSUPPORTED}" in each.text


def ask_obedient(desk: Desk, script: OllamaScript, case: dict[str, Any], title: str) -> Answer:
    """In one manual; the stand-in does what that orders, where it has read the order."""

    def obey(messages: list[dict[str, Any]]) -> Any:
        is_first = messages[-1]["role"] != "tool"
        return [case["obeys"]] if is_first and case["order"] in str(messages[1:]) else None

    def boast(messages: list[dict[str, Any]]) -> str:
        boasts = f" {case['boasts'][:-1]} [1]." if case["order"] in str(messages) else ""
        return f"{case['fact'][:-1]} [1].{boasts}"

    script.calls, script.reply = obey, boast
    script.requests.clear()
    [document] = [each for each in list_documents(desk.database) if each.title == title]
    return run(desk, case["question"], Scope(document_ids=(document.id,)))[1]
