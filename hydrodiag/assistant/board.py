"""What has been found for one answer: passages with their numbers, tool results, calls made."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from hydrodiag.accounts import Actor
from hydrodiag.assistant.events import Source, number_sources
from hydrodiag.assistant.live import TOOLS, ToolResult, run_tool
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.manuals.search_answers import FoundPassage

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass
class Board:
    """`calls` are kept for the log: tool, arguments, and whether it gave something."""

    sources: list[Source] = field(default_factory=list)
    results: list[ToolResult] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)

    def add_passages(self, passages: Sequence[FoundPassage]) -> list[Source]:
        """With the next free numbers; a passage that is there keeps its own."""
        known = {each.chunk_id: each for each in self.sources}
        fresh = [each for each in passages if each.chunk_id not in known]
        self.sources += number_sources(fresh, len(self.sources) + 1)
        known = {each.chunk_id: each for each in self.sources}
        return [known[each.chunk_id] for each in passages]

    def has_called(self, tool: str, arguments: Mapping[str, Any]) -> bool:
        key = _key(tool, arguments)
        return any(_key(each["tool"], each["arguments"]) == key for each in self.calls)

    def call(
        self, db: Database, actor: Actor, tool: str, arguments: Mapping[str, Any]
    ) -> ToolResult | str:
        """The tool's result, or for who asked a sentence that says why there is none."""
        found = self.attempt(tool, arguments, lambda: run_tool(db, actor, tool, arguments))
        if isinstance(found, ToolResult):
            self.results.append(found)
        return found

    def attempt(self, tool: str, arguments: Mapping[str, Any], work: Callable[[], T]) -> T | str:
        """What `work` gives; where it fails, whatever the reason, a sentence that says so."""
        note = {"tool": tool, "arguments": dict(arguments), "is_ok": False}
        self.calls.append(note)
        try:
            found = work()
        except HydroDiagError as error:
            log.warning("tool_failed", tool=tool, error=error.message)
            return str(error)
        except Exception:
            log.exception("tool_failed", tool=tool)
            return f"{tool} failed."
        note["is_ok"] = True
        return found

    @property
    def has_ground(self) -> bool:
        """Whether there is anything that an answer could stand on."""
        return bool(self.sources or self.results)

    @property
    def facts(self) -> str:
        return "\n".join(each.to_text() for each in self.results)


def list_tools(actor: Actor) -> list[dict[str, Any]]:
    """Schemas of the tools that this person's role allows."""
    return [tool.to_schema() for tool in TOOLS.values() if tool.is_allowed(actor)]


def _key(tool: str, arguments: Mapping[str, Any]) -> str:
    given = {key: str(value).casefold() for key, value in arguments.items() if value}
    return json.dumps([tool, given], sort_keys=True)
