"""An answer by the model: it reads what was found, may call tools, and is held to its sources."""

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from hydrodiag.accounts import Actor
from hydrodiag.assistant.board import Board, list_tools
from hydrodiag.assistant.citations import check_citations
from hydrodiag.assistant.events import Answer, Events, LiveData, TextSoFar, Thinking
from hydrodiag.assistant.language_model import LanguageModel, ModelAway, ModelInterrupted
from hydrodiag.assistant.live import ToolResult
from hydrodiag.assistant.manual_tool import SEARCH_MANUALS, SEARCH_SCHEMA, ScopedSearch
from hydrodiag.assistant.prompts import Fence
from hydrodiag.assistant.turns import AskedCall, Request, Turn, find_thoughts, strip_thoughts
from hydrodiag.db import Database

MOST_CALLS = 4
MOST_ROUNDS = 3
ENOUGH = "No further tools: answer now from what there is."
ASKED_BEFORE = "This is in the data above."


@dataclass
class Teller:
    """One answer in the making; what it has found is on its board whenever it ends."""

    db: Database
    model: LanguageModel
    actor: Actor
    search: ScopedSearch
    board: Board
    fence: Fence
    thinks: bool = False
    said_before: str = ""
    text: str = ""
    thought: str = ""
    called: int = 0
    first_text_at: float | None = None
    turns: list[Turn] = field(default_factory=list)

    def tell(self, turns: Sequence[Turn], notice: str = "") -> Events:
        """Ends with an Answer. Raises ModelAway where nothing of an answer has come."""
        self.turns = list(turns)
        state = "complete"
        try:
            yield from self._run_rounds()
        except ModelInterrupted as error:
            state, notice = "interrupted", str(error)
        except ModelAway as error:
            if not self.called:
                raise
            state, notice = "interrupted", f"The answer broke off: {error}"
        yield self._conclude(state, self._note_lacks(notice))

    def _run_rounds(self) -> Events:
        for number in range(MOST_ROUNDS + 1):
            may_call = number < MOST_ROUNDS and self.called < MOST_CALLS
            calls = yield from self._hear(may_call=may_call)
            if not calls or not may_call:
                return
            self._set_aside(calls)
            for call in calls:
                yield from self._answer_call(call)

    def _set_aside(self, calls: Sequence[AskedCall]) -> None:
        """What is said before a call gives way to what follows, unless nothing does."""
        said = strip_thoughts(self.text)
        self.turns.append(Turn("assistant", said, tuple(calls)))
        self.said_before = said or self.said_before
        self.thought += find_thoughts(self.text)
        self.text = ""

    def _hear(self, *, may_call: bool) -> Generator[Any, None, list[AskedCall]]:
        """One request: text and thoughts as they come; returns the tools that are asked for."""
        tools = [*list_tools(self.actor), SEARCH_SCHEMA] if may_call else []
        calls: list[AskedCall] = []
        with closing(self.model.stream(Request(self.turns, tools, self.thinks))) as pieces:
            for piece in pieces:
                calls += piece.calls
                self.text += piece.text
                self.thought += piece.thought
                if strip_thoughts(self.text) and self.board.has_ground:
                    self.first_text_at = self.first_text_at or time.perf_counter()
                    yield TextSoFar(strip_thoughts(self.text))
                else:
                    yield Thinking(self._all_thoughts())
        return calls

    def _answer_call(self, call: AskedCall) -> Events:
        self.called += 1
        if self.called > MOST_CALLS:
            told = ENOUGH
        elif self.board.has_called(call.tool, call.arguments):
            told = ASKED_BEFORE
        elif call.tool == SEARCH_MANUALS:
            told = self.search.call(self.board, call.arguments)
        else:
            found = self.board.call(self.db, self.actor, call.tool, call.arguments)
            if isinstance(found, ToolResult):
                yield LiveData(found)
            told = found.to_text() if isinstance(found, ToolResult) else found
        self.turns.append(Turn("tool", self.fence.around(told)))

    def _conclude(self, state: str, notice: str) -> Answer:
        texts = {each.number: each.text for each in self.board.sources}
        said = strip_thoughts(self.text) or self.said_before
        checked = check_citations(said, texts, self.board.facts)
        used = tuple(each for each in self.board.sources if each.number in checked.used)
        detail = {
            "model": self.model.name,
            "unsupported": checked.unsupported,
            "thought": self._all_thoughts(),
        }
        results = tuple(self.board.results)
        return Answer(checked.text, used, results, state, "model", notice, detail)

    def _all_thoughts(self) -> str:
        return self.thought + find_thoughts(self.text)

    def _note_lacks(self, notice: str) -> str:
        if self.thinks and "thinking" in self.model.lacks:
            return f"{notice} {self.model.name} cannot think first.".strip()
        return notice
