"""A question in, an answer out as a stream of events: live data, text, sources, how it ended."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from hydrodiag.accounts import Actor
from hydrodiag.assistant.board import Board
from hydrodiag.assistant.conversations import Message, Scope
from hydrodiag.assistant.events import Answer, Events, LiveData, Source
from hydrodiag.assistant.feedback import ApprovedAnswer, count_use, find_approved
from hydrodiag.assistant.language_model import LanguageModel, ModelAway, Turn
from hydrodiag.assistant.live import find_calls, is_about_machines
from hydrodiag.assistant.manual_tool import ScopedSearch
from hydrodiag.assistant.prompts import Fence, build_turns
from hydrodiag.assistant.quoting import decline, quote
from hydrodiag.assistant.telling import Teller
from hydrodiag.db import Database
from hydrodiag.fleet import list_sensors, list_systems
from hydrodiag.manuals.chunks import find_chunks
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
    approved = find_approved(desk.database, question)
    if approved is not None and not scope.document_ids and _still_holds(desk.database, approved):
        count_use(desk.database, approved.id)
        yield _give_approved(approved)
        return
    asked = _Asked(desk, question, history, scope)
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
    results, language = asked.board.results, asked.language
    is_in_manuals = found.verdict is not Verdict.NOT_IN_MANUALS
    if not is_in_manuals and not results and not _may_ask_tools(asked):
        yield decline(found, results, language)
        return
    state = asked.desk.model.probe()
    notice = state.text
    if state.is_ready:
        try:
            yield from _tell(asked, request, found)
            return
        except ModelAway as error:
            notice = str(error)
    if is_in_manuals:
        yield quote(found, results, language, notice)
    else:
        yield decline(found, results, language, notice if results else "")


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
    has_ground = told.sources or told.results or asked.board.sources
    settled = told if has_ground else decline(found, (), asked.language, told.notice)
    if teller.first_text_at is None:
        return settled
    first = {"first_text_ms": asked.took_ms(teller.first_text_at)}
    return replace(settled, detail={**settled.detail, **first})


def _with_log(asked: _Asked, found: SearchAnswer, done: Answer) -> Answer:
    """How the answer came about goes with it, and into the log without anybody's words."""
    told = {
        "verdict": str(found.verdict), "index": found.version, "search_ms": found.took_ms,
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
