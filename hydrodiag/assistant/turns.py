"""What is said to a language model, and what comes back from it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

THOUGHT = re.compile(r"<think>(.*?)(?:</think>|$)", re.DOTALL)
# PostgreSQL takes neither NUL nor half a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class AskedCall:
    """A tool that the model asks for: its words, not yet checked."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """`role` is system, user, assistant or tool; `calls` are those of an assistant's turn."""

    role: str
    text: str
    calls: tuple[AskedCall, ...] = ()


@dataclass(frozen=True)
class Piece:
    """What came last of text, of thoughts, and of tools that the model wants called."""

    text: str = ""
    thought: str = ""
    calls: tuple[AskedCall, ...] = ()


@dataclass(frozen=True)
class Request:
    """`tools` are schemas in Ollama's form; `thinks`: the model may think before it answers."""

    turns: Sequence[Turn]
    tools: Sequence[Mapping[str, Any]] = field(default=())
    thinks: bool = False


def strip_thoughts(text: str) -> str:
    """Older templates put what the model thinks into the text."""
    return THOUGHT.sub("", text).lstrip()


def find_thoughts(text: str) -> str:
    return "\n".join(each.strip() for each in THOUGHT.findall(text))


def keep_storable(value: Any) -> Any:
    """Text without what no database takes; lists and mappings likewise, whatever they hold."""
    match value:
        case str():
            return UNSTORABLE.sub("", value)
        case Mapping():
            return {keep_storable(str(key)): keep_storable(each) for key, each in value.items()}
        case list():
            return [keep_storable(each) for each in value]
    return value
