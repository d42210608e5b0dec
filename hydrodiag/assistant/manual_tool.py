"""The tool by which a model looks further into the manuals, never beyond the scope asked in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hydrodiag.assistant.board import Board
from hydrodiag.db import Database
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import ManualSearch, SearchRequest

SEARCH_MANUALS = "search_manuals"
LONGEST_QUESTION = 500
LONGEST_PASSAGE = 2000
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
        note = {"tool": SEARCH_MANUALS, "arguments": {"question": question}, "is_ok": False}
        board.calls.append(note)
        if not question:
            return "search_manuals was called with no question."
        found = self.search.search(self.db, replace(self.request, question=question, previous=""))
        if found.verdict is Verdict.NOT_IN_MANUALS:
            return "The manuals do not hold this."
        note["is_ok"] = True
        return "\n\n".join(
            f"Source [{each.number}] ({each.where}):\n{each.text[:LONGEST_PASSAGE]}"
            for each in board.add_passages(found.passages)
        )
