"""The tool by which a model looks further into the manuals, never beyond the scope asked in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hydrodiag.assistant.board import Board
from hydrodiag.assistant.prompts import show_source
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import ManualSearch, SearchRequest
from hydrodiag.manuals.search_answers import FoundPassage

SEARCH_MANUALS = "search_manuals"
LONGEST_QUESTION = 500
SEARCH_SCHEMA: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": SEARCH_MANUALS,
        "description": "Passages of the manuals for a question; cite them by their numbers.",
        "parameters": {
            "type": "object",
            "properties": {
                "question": {"type": "string", "description": "What to look for, as a question."}
            },
            "required": ["question"],
        },
    },
}


@dataclass(frozen=True)
class ScopedSearch:
    """`request` is the user's own: its filters hold for every search of the same answer."""

    db: Database
    search: ManualSearch
    request: SearchRequest

    def call(self, board: Board, arguments: Mapping[str, Any]) -> str:
        """Numbered passages as text; they go onto the board."""
        question = str(arguments.get("question", "")).strip()[:LONGEST_QUESTION]
        found = board.attempt(
            SEARCH_MANUALS, {"question": question}, lambda: self._search(question)
        )
        if isinstance(found, str):
            return found
        return "\n\n".join(
            f"Source [{each.number}]:\n{show_source(each)}" for each in board.add_passages(found)
        )

    def _search(self, question: str) -> tuple[FoundPassage, ...]:
        if not question:
            raise InvalidInput("search_manuals was called with no question.")
        found = self.search.search(self.db, replace(self.request, question=question, previous=""))
        if found.verdict is Verdict.NOT_IN_MANUALS:
            raise NotFound("The manuals do not hold this.")
        return found.passages
