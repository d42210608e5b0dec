"""The OpenAPI document, from the types that requests are checked with."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from hydrodiag import __version__
from hydrodiag.api import schemas
from hydrodiag.api.limits import Limits

Document = dict[str, Any]
MODELS: tuple[type[BaseModel], ...] = (
    schemas.ReadingsBody,
    schemas.IngestAnswer,
    schemas.WriteError,
    schemas.ErrorAnswer,
    schemas.SystemsAnswer,
    schemas.SensorsAnswer,
    schemas.SeriesAnswer,
    schemas.FindingsAnswer,
)
REFUSALS = {
    "400": "The body cannot be read",
    "401": "No key that holds",
    "403": "The key is not for this",
    "404": "No such system or sensor",
    "408": "The body came too slowly",
    "413": "Too many bytes or rows",
    "415": "Not understood: Content-Type or Content-Encoding",
    "422": "Not as described here",
    "429": "Too often: wait as Retry-After says",
    "500": "A fault of HydroDiag",
    "503": "The database is away: send the same request again",
}
OF_READS = ("401", "403", "404", "422", "429", "500", "503")
RETRIED = ("429", "503")


def build_document(limits: Limits) -> Document:
    return _build(limits.rows)


@cache
def _build(most_rows: int) -> Document:
    _, definitions = models_json_schema(
        [(model, "validation") for model in MODELS],
        ref_template="#/components/schemas/{model}",
    )
    components = definitions["$defs"]
    components["ReadingsBody"]["properties"]["readings"]["maxItems"] = most_rows
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "HydroDiag",
            "version": __version__,
            "description": "Readings of hydraulic machines, in and out, and findings.",
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": {
            "/api/v1/readings": {"post": _post_readings()},
            "/api/v1/write": {"post": _post_write()},
            "/api/v1/systems": {"get": _get("listSystems", "Systems", schemas.SystemsAnswer)},
            "/api/v1/systems/{code}/sensors": {"get": _get_sensors()},
            "/api/v1/series": {"get": _get_series()},
            "/api/v1/findings": {"get": _get_findings()},
            "/api/v1/openapi.json": {"get": _get_document()},
        },
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post_readings() -> Document:
    content = {
        "application/json": {"schema": _ref(schemas.ReadingsBody)},
        "text/csv": {
            "schema": {"type": "string"},
            "example": "time,sensor,value,unit\n2026-01-02T03:04:05Z,HPU1/PS1,151.2,bar\n",
        },
    }
    return {
        "operationId": "postReadings",
        "summary": "Readings in; sending them again changes nothing",
        "parameters": [*_query(schemas.ReadingsQuery), _encoding()],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": _json("What came of the rows", schemas.IngestAnswer), **_refusals()},
    }


def _post_write() -> Document:
    refusals = _refusals(of=schemas.WriteError)
    refusals["400"]["description"] = "Lines that cannot be read; the others are stored"
    counts = {
        f"HydroDiag-{name}": {"schema": {"type": "integer"}}
        for name in ("Inserted", "Already-There", "Quarantined")
    }
    return {
        "operationId": "writeLines",
        "summary": "Readings in as InfluxDB line protocol",
        "parameters": [*_query(schemas.WriteQuery), _encoding()],
        "requestBody": {
            "required": True,
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": "hydraulics,system=HPU1 PS1=151.2 1767323045000000000",
                }
            },
        },
        "responses": {"204": {"description": "Every line was read", "headers": counts}, **refusals},
    }


def _get(operation: str, summary: str, answer: type[BaseModel]) -> Document:
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {"200": _json(summary, answer), **_refusals(OF_READS)},
    }


def _get_sensors() -> Document:
    code = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}
    operation = _get("listSensors", "Sensors of a system", schemas.SensorsAnswer)
    return {**operation, "parameters": [code]}


def _get_series() -> Document:
    operation = _get("getSeries", "Readings over time, every peak kept", schemas.SeriesAnswer)
    return {**operation, "parameters": _query(schemas.SeriesQuery)}


def _get_findings() -> Document:
    operation = _get("listFindings", "What is wrong, the worst first", schemas.FindingsAnswer)
    return {**operation, "parameters": _query(schemas.FindingsQuery)}


def _get_document() -> Document:
    content = {"application/json": {"schema": {"type": "object"}}}
    answer = {"200": {"description": "This document", "content": content}}
    return {
        "operationId": "getDocument",
        "summary": "This document",
        "security": [],
        "responses": answer,
    }


def _query(model: type[BaseModel]) -> list[Document]:
    schema = model.model_json_schema()
    required = schema.get("required", ())
    return [
        _parameter(name, is_required=name in required, field=field)
        for name, field in schema["properties"].items()
    ]


def _parameter(name: str, *, is_required: bool, field: Mapping[str, Any]) -> Document:
    schema = {key: value for key, value in field.items() if key not in ("title", "description")}
    kinds = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    for kind in kinds:
        schema = {**kind, **{key: value for key, value in schema.items() if value is not None}}
    return {
        "name": name,
        "in": "query",
        "required": is_required,
        "description": field.get("description", ""),
        "schema": schema,
    }


def _encoding() -> Document:
    return {
        "name": "Content-Encoding",
        "in": "header",
        "required": False,
        "description": "gzip, where the body is packed.",
        "schema": {"type": "string", "enum": ["identity", "gzip"]},
    }


def _refusals(
    which: tuple[str, ...] = tuple(REFUSALS), of: type[BaseModel] = schemas.ErrorAnswer
) -> Document:
    answers = {status: _json(REFUSALS[status], of) for status in which}
    for status in RETRIED:
        answers[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return answers


def _json(description: str, model: type[BaseModel]) -> Document:
    return {
        "description": description,
        "content": {"application/json": {"schema": _ref(model)}},
    }


def _ref(model: type[BaseModel]) -> Document:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
