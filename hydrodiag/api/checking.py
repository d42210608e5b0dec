"""Requests checked by their types, and what is wrong with them in words."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from hydrodiag.api.answers import ApiError

M = TypeVar("M", bound=BaseModel)
SHOWN = 3


def parse_query(request: Request, model: type[M], *, lists: frozenset[str] = frozenset()) -> M:
    """The query's parameters; of one given twice the last counts, unless it is in `lists`."""
    query = request.query_params
    values: dict[str, Any] = {
        name: query.getlist(name) if name in lists else query[name]
        for name in query
        if name in model.model_fields
    }
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise tell_invalid(error, "query") from None


def tell_invalid(error: ValidationError, part: str) -> ApiError:
    """The first few things that are wrong; what was sent is not repeated."""
    wrong = error.errors(include_url=False, include_input=False, include_context=False)
    if wrong[0]["type"] == "json_invalid":
        return ApiError(400, "bad_json", f"The body is no JSON: {wrong[0]['msg']}.")
    told = [f"{'.'.join(str(each) for each in one['loc'])}: {one['msg']}" for one in wrong[:SHOWN]]
    more = f" (and {len(wrong) - SHOWN} more)" if len(wrong) > SHOWN else ""
    return ApiError(
        422, "invalid", f"The {part} is not as described: {'; '.join(told)}{more}.",
        "GET /api/v1/openapi.json describes it.",
    )  # fmt: skip
