"""A question in, an answer out as a stream of events: live data, text, sources, how it ended."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog

from hydrodiag.assistant.citations import check_citations
from hydrodiag.assistant.conversations import Message, Scope
from hydrodiag.assistant.feedback import ApprovedAnswer, count_use, find_approved
from hydrodiag.assistant.language_model import (
    LanguageModel,
    ModelAway,
    ModelInterrupted,
    Turn,
    strip_thoughts,
)
from hydrodiag.assistant.live import ToolResult, find_calls, run_tool
from hydrodiag.assistant.prompts import build_turns
from hydrodiag.db import Database
from hydrodiag.errors import HydroDiagError
from hydrodiag.fleet import list_sensors, list_systems
from hydrodiag.manuals.chunks import find_chunks
from hydrodiag.manuals.documents import list_documents
from hydrodiag.manuals.retrieval.questions import guess_language
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import FoundPassage, ManualSearch, SearchAnswer, SearchRequest

PASSAGES = 5
EVERYWHERE = Scope()
NEAREST = 3
NOT_FOUND = {
    "en": "This is not in your manuals.",
    "ru": "В ваших руководствах этого нет.",
}
NEAREST_WORDS = {
    "en": "The nearest passages are listed as sources.",
    "ru": "Ближайшие места приведены как источники.",
}
LIVE_WORDS = {"en": "From the live data:", "ru": "По текущим данным:"}
WEAK_WORDS = {
    "en": "Weak evidence, check the source:",
    "ru": "Слабое соответствие, проверьте по источнику:",
}
log = structlog.get_logger(__name__)


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


Event = LiveData | TextSoFar | Answer
Events = Generator[Event, None, None]


@dataclass(frozen=True)
class Desk:
    """What an answer is made with; the tools run on `database`, which the pages read by too."""

    database: Database
    search: ManualSearch
    model: LanguageModel


def answer(
    desk: Desk, question: str, history: Sequence[Message] = (), scope: Scope = EVERYWHERE
) -> Events:
    """Ends with an Answer, whatever is down but the database."""
    started_s = time.perf_counter()
    approved = find_approved(desk.database, question)
    if approved is not None and not scope.document_ids and _still_holds(desk.database, approved):
        count_use(desk.database, approved.id)
        yield _give_approved(approved)
        return
    results = _run_calls(desk.database, question)
    for result in results:
        yield LiveData(result)
    found = _search(desk, question, history, scope)
    yield from _compose(desk, question, history, found, results)
    took_ms = round((time.perf_counter() - started_s) * 1000)
    log.info(
        "question_answered", verdict=found.verdict, passages=len(found.passages),
        tools=[each.tool for each in results], index=found.version, took_ms=took_ms,
    )  # fmt: skip


def _compose(
    desk: Desk,
    question: str,
    history: Sequence[Message],
    found: SearchAnswer,
    results: Sequence[ToolResult],
) -> Events:
    language = guess_language(question)
    if found.verdict is Verdict.NOT_IN_MANUALS:
        yield _decline(found, results, language)
        return
    state = desk.model.probe()
    if not state.is_ready:
        yield _quote(found, results, language, notice=state.text)
        return
    try:
        yield from _tell(desk, question, history, found, results)
    except ModelAway as error:
        yield _quote(found, results, language, notice=str(error))


def _tell(
    desk: Desk,
    question: str,
    history: Sequence[Message],
    found: SearchAnswer,
    results: Sequence[ToolResult],
) -> Events:
    sources = _number(found.passages)
    passages = [(each.number, each.where, each.text) for each in sources]
    turns = build_turns(question, guess_language(question), passages, results, _recall(history))
    text, state, notice = "", "complete", found.notice
    try:
        with closing(desk.model.stream(turns)) as pieces:
            for piece in pieces:
                text += piece
                yield TextSoFar(strip_thoughts(text))
    except ModelInterrupted as error:
        state, notice = "interrupted", str(error)
    facts = "\n".join(each.to_text() for each in results)
    checked = check_citations(
        strip_thoughts(text), {each.number: each.text for each in sources}, facts
    )
    used = tuple(each for each in sources if each.number in checked.used)
    detail = {"model": desk.model.name, "unsupported": checked.unsupported, "index": found.version}
    yield Answer(checked.text, used, tuple(results), state, "model", notice, detail)


def _quote(
    found: SearchAnswer, results: Sequence[ToolResult], language: str, notice: str
) -> Answer:
    """The decisive sentences word for word, each with its source."""
    sources = {each.chunk_id: each for each in _number(found.passages)}
    lines = []
    for each in found.extracts:
        shown = f"**{each.text}**" if each.is_decisive else each.text
        lines.append(f"- {shown} [{sources[each.chunk_id].number}]")
    cited = {each.chunk_id for each in found.extracts}
    used = tuple(source for chunk, source in sources.items() if chunk in cited)
    opening = [WEAK_WORDS[language], ""] if found.verdict is Verdict.WEAK else []
    return Answer("\n".join([*opening, *lines]), used, tuple(results), "complete", "quoted",
                  notice, {"index": found.version})  # fmt: skip


def _decline(found: SearchAnswer, results: Sequence[ToolResult], language: str) -> Answer:
    if results:
        titles = "\n".join(f"- {each.title}" for each in results)
        return Answer(f"{LIVE_WORDS[language]}\n\n{titles}", (), tuple(results), method="live")
    nearest = tuple(_number(found.passages[:NEAREST]))
    more = f" {NEAREST_WORDS[language]}" if nearest else ""
    return Answer(NOT_FOUND[language] + more, nearest, (), "complete", "quoted", found.notice,
                  {"is_refusal": True, "index": found.version})  # fmt: skip


def _search(desk: Desk, question: str, history: Sequence[Message], scope: Scope) -> SearchAnswer:
    previous = next((each.text for each in reversed(history) if each.role == "question"), "")
    documents = scope.document_ids or _list_of_system(desk.database, scope.system_code)
    languages = (scope.language,) if scope.language else ()
    request = SearchRequest(question, documents, languages, previous, PASSAGES)
    return desk.search.search(desk.database, request)


def _list_of_system(db: Database, code: str) -> tuple[int, ...]:
    if not code:
        return ()
    return tuple(each.id for each in list_documents(db) if each.system_code == code) or (-1,)


def _run_calls(db: Database, question: str) -> list[ToolResult]:
    """Read-only; a tool that fails leaves the rest of the answer as it is."""
    results = []
    for call in find_calls(question, list_systems(db), list_sensors(db)):
        try:
            results.append(run_tool(db, call.tool, call.arguments))
        except HydroDiagError as error:
            log.warning("tool_failed", tool=call.tool, error=error.message)
    return results


def _number(passages: Sequence[FoundPassage]) -> list[Source]:
    return [
        Source(
            number, each.chunk_id, each.document_id, each.revision_id, each.title, each.label,
            each.file_kind, each.page, each.heading_path, each.text,
        )
        for number, each in enumerate(passages, 1)
    ]  # fmt: skip


def _recall(history: Sequence[Message]) -> list[Turn]:
    roles = {"question": "user", "answer": "assistant"}
    return [Turn(roles[each.role], each.text) for each in history]


def _still_holds(db: Database, approved: ApprovedAnswer) -> bool:
    """As long as every chunk that it cites is still there."""
    cited = [int(each["chunk_id"]) for each in approved.detail.get("sources", ())]
    return len(find_chunks(db, cited)) == len(set(cited))


def _give_approved(approved: ApprovedAnswer) -> Answer:
    sources = tuple(
        Source(**{**each, "heading_path": tuple(each["heading_path"])})
        for each in approved.detail.get("sources", ())
    )
    notice = f"Approved by {approved.approved_by} on {approved.approved_at:%Y-%m-%d}."
    return Answer(approved.text, sources, (), "complete", "approved", notice)
