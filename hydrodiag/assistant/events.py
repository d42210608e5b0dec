"""What an answer is made of, from the first sign to its end."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hydrodiag.assistant.live import ToolResult
from hydrodiag.manuals.search_answers import FoundPassage


@dataclass(frozen=True)
class Source:
    """What a citation leads to, with the words as they were when it was cited."""

    number: int
    chunk_id: int
    document_id: int
    revision_id: int
    title: str
    label: str
    file_kind: str
    page: int
    heading_path: tuple[str, ...]
    text: str

    @property
    def where(self) -> str:
        label = f", {self.label}" if self.label else ""
        return f"{self.title}{label}, page {self.page}"


@dataclass(frozen=True)
class LiveData:
    result: ToolResult


@dataclass(frozen=True)
class Thinking:
    """The model's thoughts up to now; they are no part of the answer."""

    text: str


@dataclass(frozen=True)
class TextSoFar:
    """The whole text up to now: show it in place of what was shown before."""

    text: str


@dataclass(frozen=True)
class Answer:
    """The last event. `method` is model, quoted, approved or live; `notice` is for people."""

    text: str
    sources: tuple[Source, ...] = ()
    results: tuple[ToolResult, ...] = ()
    state: str = "complete"
    method: str = "quoted"
    notice: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_detail(self) -> dict[str, Any]:
        """What is kept with the message: sources never shift afterwards."""
        return {
            "sources": [asdict(each) for each in self.sources],
            "results": [each.to_dict() for each in self.results],
            "method": self.method,
            "notice": self.notice,
            **self.detail,
        }


Event = LiveData | Thinking | TextSoFar | Answer
Events = Generator[Event, None, None]


def number_sources(passages: Sequence[FoundPassage], first: int = 1) -> list[Source]:
    return [
        Source(
            number, each.chunk_id, each.document_id, each.revision_id, each.title, each.label,
            each.file_kind, each.page, each.heading_path, each.text,
        )
        for number, each in enumerate(passages, first)
    ]  # fmt: skip
