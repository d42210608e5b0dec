"""LlamaIndex' real client against a stand-in on the wire."""

import pytest

from hydrodiag.assistant.language_model import LanguageModel, ModelAway, ModelInterrupted
from hydrodiag.assistant.live import TOOLS
from hydrodiag.assistant.turns import Request, Turn, strip_thoughts
from hydrodiag.config import Settings
from tests.ollama_stand_in import OllamaScript, serving_ollama

ASK = Request([Turn("user", "What is V1 set to?")])

SCHEMA = TOOLS["machine_state"].to_schema()


def model_of(script: OllamaScript) -> LanguageModel:
    return LanguageModel(Settings(ollama_base_url=script.url))


def test_an_answer_is_streamed_piece_by_piece() -> None:
    with serving_ollama() as script:
        pieces = list(model_of(script).stream(ASK))
    assert "".join(piece.text for piece in pieces) == "The valve V1 is set to 265 bar [1]."
    assert len([piece for piece in pieces if piece.text]) > 3
    [(path, body)] = script.requests
    assert path == "/api/chat"
    assert body["think"] is False
    assert body["options"]["num_ctx"] == 8192


def test_a_running_server_with_the_model_is_ready() -> None:
    with serving_ollama() as script:
        assert model_of(script).probe().is_ready


def test_no_server_is_a_state_and_an_error_before_any_text() -> None:
    model = LanguageModel(Settings(ollama_base_url="http://127.0.0.1:1"))
    state = model.probe()
    assert (state.is_ready, state.what) == (False, "Ollama does not answer")
    assert "OLLAMA_BASE_URL" in state.remedy
    with pytest.raises(ModelAway, match="connection"):
        list(model.stream(ASK))


def test_a_missing_model_is_named_with_what_to_do() -> None:
    with serving_ollama(OllamaScript(models=("other:1b",))) as script:
        assert "ollama pull qwen3:8b" in model_of(script).probe().remedy
        with pytest.raises(ModelAway, match="no qwen3:8b"):
            list(model_of(script).stream(ASK))


def test_an_error_of_the_server_is_away() -> None:
    with serving_ollama(OllamaScript(status=500)) as script, pytest.raises(ModelAway):
        list(model_of(script).stream(ASK))


@pytest.mark.parametrize(
    "script",
    [OllamaScript(cut_after=3), OllamaScript(end_after=3), OllamaScript(fail_after=3)],
    ids=["connection cut", "ends without done", "error line"],
)
def test_what_breaks_in_the_middle_keeps_what_came(script: OllamaScript) -> None:
    came = []
    with serving_ollama(script), pytest.raises(ModelInterrupted):
        for piece in model_of(script).stream(ASK):
            came.append(piece)
    assert "".join(piece.text for piece in came) == "The valve V1"


def test_a_reader_who_leaves_stops_the_server() -> None:
    with serving_ollama(OllamaScript(hold_after=2)) as script:
        stream = model_of(script).stream(ASK)
        assert next(piece.text for piece in stream if piece.text) == "The"
        stream.close()
        assert script.left.wait(10)


def test_tools_are_offered_and_what_the_model_asks_for_comes_as_pieces() -> None:
    wanted = [{"name": "machine_state", "arguments": {"system": "press-1"}}] * 2
    wanted.append({"name": "job_state", "arguments": {}})
    with serving_ollama(OllamaScript(calls=lambda _: wanted)) as script:
        pieces = list(model_of(script).stream(Request(ASK.turns, [SCHEMA])))
    calls = [call for piece in pieces for call in piece.calls]
    assert [(each.tool, dict(each.arguments)) for each in calls] == [
        ("machine_state", {"system": "press-1"}), ("job_state", {}),
    ]  # fmt: skip
    assert script.requests[0][1]["tools"][0]["function"]["name"] == "machine_state"


def test_a_model_that_cannot_call_tools_answers_without_and_is_not_asked_again() -> None:
    with serving_ollama(OllamaScript(lacks=("tools",))) as script:
        model = model_of(script)
        for _ in range(2):
            pieces = list(model.stream(Request(ASK.turns, [SCHEMA])))
            assert "".join(piece.text for piece in pieces).startswith("The valve V1")
    assert [bool(body.get("tools")) for _, body in script.requests] == [True, False, False]
    assert model.lacks == {"tools"}


def test_thoughts_come_apart_from_the_text_where_they_are_asked_for() -> None:
    with serving_ollama(OllamaScript(thinking="Let me see. Page 18.")) as script:
        pieces = list(model_of(script).stream(Request(ASK.turns, thinks=True)))
    assert "".join(piece.thought for piece in pieces) == "Let me see. Page 18. "
    assert "".join(piece.text for piece in pieces) == "The valve V1 is set to 265 bar [1]."


def test_a_model_that_cannot_think_answers_without() -> None:
    with serving_ollama(OllamaScript(lacks=("thinking", "tools"))) as script:
        pieces = list(model_of(script).stream(Request(ASK.turns, [SCHEMA], thinks=True)))
    assert "".join(piece.text for piece in pieces).startswith("The valve V1")
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<think>well</think>\n265 bar", "265 bar"),
        ("<think>not yet at the en", ""),
        ("265 bar", "265 bar"),
    ],
)
def test_thoughts_within_the_text_are_not_shown(text: str, shown: str) -> None:
    assert strip_thoughts(text) == shown
