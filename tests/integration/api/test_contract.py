"""The OpenAPI document is true: schemathesis makes requests from it and checks the answers."""

from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as contract

from hydrodiag.api import Limits
from hydrodiag.db import Database
from tests.integration.api.conftest import serving
from tests.integration.ingest.conftest import scalar

CHECKS = [
    checks.not_a_server_error,
    contract.status_code_conformance,
    contract.content_type_conformance,
    contract.response_schema_conformance,
    contract.response_headers_conformance,
    contract.unsupported_method,
]
OPERATIONS = (
    ("POST", "/api/v1/readings"),
    ("POST", "/api/v1/write"),
    ("GET", "/api/v1/systems"),
    ("GET", "/api/v1/systems/{code}/sensors"),
    ("GET", "/api/v1/series"),
    ("GET", "/api/v1/findings"),
    ("GET", "/api/v1/openapi.json"),
)


@pytest.fixture
def url(database: Database, system_id: int) -> Iterator[str]:
    with serving(lambda: database, Limits(per_second=1000, burst=1000)) as url:
        yield url


def test_every_route_is_described(url: str) -> None:
    paths = httpx.get(f"{url}/api/v1/openapi.json").json()["paths"]
    described = {(method.upper(), path) for path, item in paths.items() for method in item}
    assert described == set(OPERATIONS)


MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_the_document_is_true(
    url: str, key: str, database: Database, method: str, path: str, mode: GenerationMode
) -> None:
    operation = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")[path][method]
    headers = {"Authorization": f"Bearer {key}"}

    @seed(20260101)
    @settings(max_examples=80, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(operation.as_strategy(generation_mode=mode))
    def hold(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=60)

    try:
        hold()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "nothing can be sent that is right"
    nothing_is_lost = (
        "SELECT count(*) FROM quarantined_reading WHERE raw = '' OR reason = '' OR detail = ''"
    )
    assert scalar(database, nothing_is_lost) == 0
