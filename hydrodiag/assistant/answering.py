"""A question in, an answer out as a stream of events: live data, text, sources, how it ended."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from hydrodiag.accounts import Actor
from hydrodiag.assistant.approved import take_approved
from hydrodiag.assistant.board import Board
from hydrodiag.assistant.conversations import Message, Scope
from hydrodiag.assistant.events import Answer, Events, LiveData
from hydrodiag.assistant.language_model import LanguageModel, ModelAway
from hydrodiag.assistant.live import find_calls, is_about_machines
from hydrodiag.assistant.manual_tool import ScopedSearch
from hydrodiag.assistant.prompts import Fence, build_turns
from hydrodiag.assistant.quoting import decline, quote
from hydrodiag.assistant.telling import Teller
from hydrodiag.assistant.turns import Turn
from hydrodiag.db import Database
from hydrodiag.fleet import list_sensors, list_systems
from hydrodiag.health import ModelState
from hydrodiag.manuals.documents import list_documents
from hydrodiag.manuals.retrieval.questions import guess_language
from hydrodiag.manuals.retrieval.verdicts import Verdict
from hydrodiag.manuals.search import ManualSearch, SearchRequest
from hydrodiag.manuals.search_answers import SearchAnswer

PASSAGES = 5
EVERYWHERE = Scope()
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """What an answer is made with. Tools run on `database`, which the pages read by too, and with
    the rights of `actor`, who asks; `thinks`: the model may think before it answers.
    """

    database: Database
    search: ManualSearch
    model: LanguageModel
    actor: Actor
    thinks: bool = False


@dataclass
class _Asked:
    """One question on its way, with what is measured on the way."""

    desk: Desk
    question: str
    history: Sequence[Message]
    scope: Scope
    board: Board = field(default_factory=Board)
    began_at: float = field(default_factory=time.perf_counter)

    @property
    def language(self) -> str:
        return guess_language(self.question)

    def took_ms(self, until: float | None = None) -> int:
        return round(((until or time.perf_counter()) - self.began_at) * 1000)


def answer(
    desk: Desk, question: str, history: Sequence[Message] = (), scope: Scope = EVERYWHERE
) -> Events:
    """Ends with an Answer, whatever is down but the database."""
    asked = _Asked(desk, question, history, scope)
    approved = None if scope.document_ids else take_approved(desk.database, question)
    if approved is not None:
        yield _with_log(asked, None, approved)
        return
    yield from _call_by_rules(asked)
    request = _build_request(asked)
    found = desk.search.search(desk.database, request)
    for event in _compose(asked, request, found):
        yield _with_log(asked, found, event) if isinstance(event, Answer) else event


def _call_by_rules(asked: _Asked) -> Events:
    """Plain questions about live state are understood without a model."""
    db = asked.desk.database
    for call in find_calls(asked.question, list_systems(db), list_sensors(db)):
        asked.board.call(db, asked.desk.actor, call.tool, call.arguments)
    for result in asked.board.results:
        yield LiveData(result)


def _compose(asked: _Asked, request: SearchRequest, found: SearchAnswer) -> Events:
    is_in_manuals = found.verdict is not Verdict.NOT_IN_MANUALS
    if not is_in_manuals and not asked.board.results and not _may_ask_tools(asked):
        yield decline(found, (), asked.language)
        return
    state = asked.desk.model.probe()
    notice = _tell_away(state)
    if state.is_ready:
        try:
            yield from _tell(asked, request, found)
            return
        except ModelAway as error:
            notice = str(error)
    has_content = is_in_manuals or asked.board.results
    yield _answer_without(asked, found, notice if has_content else "")


def _tell_away(state: ModelState) -> str:
    """Plain words: what is kept with an answer is no Markdown."""
    remedy = state.remedy.replace("`", "")
    return f"{state.what}: answers are quoted from the manuals. For the operator: {remedy}"


def _may_ask_tools(asked: _Asked) -> bool:
    return is_about_machines(asked.question, list_systems(asked.desk.database))


def _tell(asked: _Asked, request: SearchRequest, found: SearchAnswer) -> Events:
    """The model's answer; one that neither a source nor live data holds is the refusal."""
    desk, fence = asked.desk, Fence()
    if found.verdict is not Verdict.NOT_IN_MANUALS:
        asked.board.add_passages(found.passages)
    turns = build_turns(
        asked.question, asked.language, asked.board.sources, asked.board.results,
        _recall(asked.history), fence,
    )  # fmt: skip
    search = ScopedSearch(desk.database, desk.search, request)
    teller = Teller(desk.database, desk.model, desk.actor, search, asked.board, fence, desk.thinks)
    for event in teller.tell(turns, found.notice):
        yield _settle(asked, found, teller, event) if isinstance(event, Answer) else event


def _settle(asked: _Asked, found: SearchAnswer, teller: Teller, told: Answer) -> Answer:
    first = teller.first_text_at
    timed = {} if first is None else {"first_text_ms": asked.took_ms(first)}
    if told.text.strip() and asked.board.has_ground:
        return replace(told, detail={**told.detail, **timed})
    instead = _answer_without(asked, found, told.notice)
    detail = {**told.detail, "unsupported": 0, **instead.detail, **timed}
    return replace(instead, state=told.state, detail=detail)


def _answer_without(asked: _Asked, found: SearchAnswer, notice: str) -> Answer:
    """What there is to say where a model says nothing, or nothing that anything holds."""
    results, language = asked.board.results, asked.language
    if found.verdict is not Verdict.NOT_IN_MANUALS:
        return quote(found, results, language, notice)
    return decline(found, results, language, notice)


def _with_log(asked: _Asked, found: SearchAnswer | None, done: Answer) -> Answer:
    """How the answer came about goes with it, and into the log without anybody's words."""
    told = {
        "verdict": str(found.verdict) if found else "approved",
        "index": found.version if found else None,
        "search_ms": found.took_ms if found else 0.0,
        "total_ms": asked.took_ms(), "calls": asked.board.calls,
    }  # fmt: skip
    detail = {**done.detail, **told}
    log.info(
        "question_answered", user=asked.desk.actor.name, method=done.method, state=done.state,
        sources=[each.chunk_id for each in done.sources],
        unsupported=detail.get("unsupported", 0), first_text_ms=detail.get("first_text_ms"),
        **{**told, "calls": [each["tool"] for each in asked.board.calls]},
    )  # fmt: skip
    return replace(done, detail=detail)


def _build_request(asked: _Asked) -> SearchRequest:
    previous = next((e.text for e in reversed(asked.history) if e.role == "question"), "")
    scope = asked.scope
    documents = scope.document_ids or _list_of_system(asked.desk.database, scope.system_code)
    languages = (scope.language,) if scope.language else ()
    return SearchRequest(asked.question, documents, languages, previous, PASSAGES)


def _list_of_system(db: Database, code: str) -> tuple[int, ...]:
    if not code:
        return ()
    return tuple(each.id for each in list_documents(db) if each.system_code == code) or (-1,)


def _recall(history: Sequence[Message]) -> list[Turn]:
    roles = {"question": "user", "answer": "assistant"}
    return [Turn(roles[each.role], each.text) for each in history]
