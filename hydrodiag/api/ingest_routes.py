"""POST /readings and POST /write: readings in, through the ingest core that files go through."""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hydrodiag.accounts.api_keys import KeyHolder, Scope
from hydrodiag.api.answers import ApiError
from hydrodiag.api.body import Body, read_body
from hydrodiag.api.checking import parse_query
from hydrodiag.api.desk import Desk
from hydrodiag.api.line_table import build_table
from hydrodiag.api.readings_body import ParsedBody, parse_csv, parse_json
from hydrodiag.api.schemas import (
    BadLine,
    IngestAnswer,
    ReadingsQuery,
    RefusedReading,
    WriteError,
    WriteQuery,
)
from hydrodiag.db import Database
from hydrodiag.fleet.catalog import load_catalog
from hydrodiag.fleet.systems import list_systems
from hydrodiag.readings.ingest.rows import Sender, load_rows

TOLD = 100
Parse = Callable[[bytes, ReadingsQuery, int], ParsedBody]
PARSERS: dict[str, Parse] = {"application/json": parse_json, "text/csv": parse_csv}


async def post_readings(desk: Desk, request: Request) -> Response:
    holder = await desk.admit(request, Scope.WRITE)
    query = parse_query(request, ReadingsQuery)
    parse = _pick_parser(request)
    body = await read_body(request, desk.limits)
    work = partial(_load_readings, parse, body, query, holder, desk.limits.rows)
    answer = await desk.load(work)
    return Response(answer.model_dump_json(), media_type="application/json")


async def post_write(desk: Desk, request: Request) -> Response:
    """204 where every line could be read, 400 with the lines that could not, as InfluxDB."""
    holder = await desk.admit(request, Scope.WRITE)
    query = parse_query(request, WriteQuery)
    body = await read_body(request, desk.limits)
    answer, bad = await desk.load(partial(_load_lines, body, query, holder, desk.limits.rows))
    headers = {
        f"HydroDiag-{name}": str(count)
        for name, count in (
            ("Inserted", answer.inserted),
            ("Already-There", answer.already_there),
            ("Quarantined", answer.quarantined),
        )
    }
    if not bad:
        return Response(status_code=204, headers=headers)
    return JSONResponse(_tell_bad(bad).model_dump(), 400, headers)


def _pick_parser(request: Request) -> Parse:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in PARSERS:
        raise ApiError(
            415, "unsupported_type", f"Content-Type {kind!r} is not understood.",
            f"Send {' or '.join(PARSERS)}.",
        )  # fmt: skip
    return PARSERS[kind]


def _load_readings(
    parse: Parse, body: Body, query: ReadingsQuery, holder: KeyHolder, most: int, db: Database
) -> IngestAnswer:
    parsed = parse(body.unpack(), query, most)
    sender = find_sender(db, holder, parsed.system)
    report, refused = load_rows(db, parsed.table, sender)
    told = [RefusedReading(row=row.line or 0, reason=row.reason, detail=row.detail)
            for row in refused[:TOLD]]  # fmt: skip
    counts = {
        name: getattr(report, name) for name in IngestAnswer.model_fields if name != "refused"
    }
    return IngestAnswer(**counts, refused=told)


def _load_lines(
    body: Body, query: WriteQuery, holder: KeyHolder, most: int, db: Database
) -> tuple[IngestAnswer, list[BadLine]]:
    sender = find_sender(db, holder, query.system)
    content = body.unpack()
    lines = build_table(content, load_catalog(db), sender, query.precision, most)
    report, _ = load_rows(db, lines.table, sender)
    counts = {
        name: getattr(report, name) for name in IngestAnswer.model_fields if name != "refused"
    }
    return IngestAnswer(**counts, refused=[]), lines.bad


def _tell_bad(bad: list[BadLine]) -> WriteError:
    first = bad[0]
    message = f"partial write: unable to parse line {first.line}: {first.message}"
    more = f" (and {len(bad) - 1} more lines)" if len(bad) > 1 else ""
    return WriteError(
        error=message + more,
        code="invalid",
        message=message + more,
        hint="The other lines are stored; these are in quarantine. Do not send them again.",
        lines=bad[:TOLD],
    )


def find_sender(db: Database, holder: KeyHolder, system: str | None) -> Sender:
    """Raises ApiError 403 for another system than the key's, 404 for one there is not."""
    name = f"api: {holder.name}"
    if holder.system_id is not None:
        if system and system != holder.system_code:
            raise ApiError(
                403, "forbidden", f"The key {holder.name!r} is not for the system {system!r}.",
                "Leave the system out, or ask an administrator for another key.",
            )  # fmt: skip
        return Sender(name, "api", holder.system_id, holder.system_code or "")
    if not system:
        return Sender(name, "api")
    found = next((each for each in list_systems(db) if each.code == system), None)
    if found is None:
        raise ApiError(
            404, "unknown_system", f"There is no system {system!r}.", "GET /api/v1/systems."
        )
    return Sender(name, "api", found.id, found.code)
