"""Short links at the gate: they lead people who are signed in to the address that was saved."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hydrodiag.accounts import Actor, Role
from hydrodiag.accounts.saved_views import save_view, short_link
from hydrodiag.db import Database
from tests.people import add_person, sign_in_person

from .conftest import PEOPLE, cookie

PARAMS = {"system": ["press-1"], "sensors": ["P 1", "T&1/ü"], "whatever": ["a=b"], "range": ["6h"]}


def actor(people: Database, name: str) -> Actor:
    return Actor(name, PEOPLE[name], add_person(people, name, PEOPLE[name]))


def follow(base: str, people: Database, name: str, query: str) -> httpx.Response:
    token = sign_in_person(people, name, PEOPLE.get(name, Role.VIEWER))
    headers = cookie(token) | {"Accept": "text/html"}
    return httpx.get(f"{base}/readings?{query}", headers=headers)


def test_a_short_link_leads_everybody_to_what_was_kept(base: str, people: Database) -> None:
    token = short_link(people, actor(people, "vera"), PARAMS)
    for name in PEOPLE:
        answer = follow(base, people, name, f"view={token}&system=other")
        assert answer.status_code == 303
        target = urlsplit(answer.headers["location"])
        assert (target.netloc, target.path) == ("", "/readings")
        assert parse_qs(target.query) == PARAMS


def test_a_personal_view_leads_only_its_owner(base: str, people: Database) -> None:
    token = save_view(people, actor(people, "emil"), "Pump", PARAMS)
    assert follow(base, people, "emil", f"view={token}").status_code == 303
    assert follow(base, people, "ada", f"view={token}").status_code == 200


@pytest.mark.parametrize(
    "query", ["view=abcdefghij", "view=", "view=%00", "view=%ff", "view=a&view=b", "view=%2F%2Fx"]
)
def test_what_leads_nowhere_is_the_page_itself(base: str, people: Database, query: str) -> None:
    answer = follow(base, people, "vera", query)
    assert answer.status_code == 200
    assert "<!doctype html>" in answer.text.lower()


def test_a_short_link_survives_the_sign_in(base: str, people: Database) -> None:
    token = short_link(people, actor(people, "vera"), PARAMS)
    asked = httpx.get(f"{base}/readings?view={token}", headers={"Accept": "text/html"})
    assert asked.status_code == 303
    following = parse_qs(urlsplit(asked.headers["location"]).query)["next"]
    assert following == [f"/readings?view={token}"]
    assert follow(base, people, "vera", urlsplit(following[0]).query).status_code == 303
