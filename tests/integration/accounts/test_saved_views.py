"""Saved views: whose they are, who opens them, how many there can be."""

import re
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text

from hydrodiag.accounts import Actor, Role, saved_views
from hydrodiag.accounts.saved_views import (
    SavedView,
    delete_view,
    list_views,
    open_view,
    rename_view,
    save_view,
    share_view,
    short_link,
)
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound, Refused
from tests.people import add_person

PARAMS = {"system": ["press-1"], "sensors": ["P_PUMP", "T 1/ü"], "range": ["6h"]}
OTHER = {"system": ["press-2"], "formulas": ["P_PUMP - P_RETURN"]}


@pytest.fixture
def emil(database: Database) -> Actor:
    return Actor("emil", Role.ENGINEER, add_person(database, "emil", Role.ENGINEER))


@pytest.fixture
def vera(database: Database) -> Actor:
    return Actor("vera", Role.VIEWER, add_person(database, "vera", Role.VIEWER))


@pytest.fixture
def ada(database: Database) -> Actor:
    return Actor("ada", Role.ADMINISTRATOR, add_person(database, "ada"))


def only_view(db: Database, actor: Actor) -> SavedView:
    [view] = list_views(db, actor)
    return view


def count(db: Database, condition: str = "true") -> int:
    with db.write() as connection:
        query = text(f"SELECT count(*) FROM saved_view WHERE {condition}")
        return int(connection.execute(query).scalar_one())


def test_a_saved_view_opens_with_exactly_its_parameters(database: Database, vera: Actor) -> None:
    token = save_view(database, vera, "  Pump at  night ", PARAMS)
    assert re.fullmatch(r"[0-9A-Za-z]{10}", token)
    view = only_view(database, vera)
    assert (view.name, view.owner_name, view.token) == ("Pump at night", "Vera", token)
    assert (view.is_shared, view.used_at) == (False, None)
    assert open_view(database, vera, token) == PARAMS
    assert only_view(database, vera).used_at is not None


def test_the_same_name_replaces_ones_own_view_and_keeps_its_link(
    database: Database, vera: Actor, emil: Actor
) -> None:
    theirs = save_view(database, emil, "Pump", PARAMS)
    token = save_view(database, vera, "Pump", PARAMS)
    assert save_view(database, vera, "Pump", OTHER) == token
    assert open_view(database, vera, token) == OTHER
    assert open_view(database, emil, theirs) == PARAMS


def test_a_personal_view_is_its_owner_s_alone(
    database: Database, vera: Actor, emil: Actor, ada: Actor
) -> None:
    token = save_view(database, emil, "Pump", PARAMS)
    view = only_view(database, emil)
    for other in (vera, ada):
        assert list_views(database, other) == []
        with pytest.raises(NotFound, match="leads nowhere"):
            open_view(database, other, token)
        for change in (
            lambda who=other: delete_view(database, who, view.id),
            lambda who=other: rename_view(database, who, view.id, "Mine"),
            lambda who=other: share_view(database, who, view.id, is_shared=False),
        ):
            with pytest.raises(NotFound):
                change()
        assert not view.may_be_deleted_by(other)
    assert only_view(database, emil) == view


def test_a_shared_view_opens_for_everybody_until_it_is_shared_no_more(
    database: Database, vera: Actor, emil: Actor
) -> None:
    token = save_view(database, emil, "Pump", PARAMS, is_shared=True)
    view = only_view(database, vera)
    assert (view.name, view.owner_name, view.is_shared) == ("Pump", "Emil", True)
    assert open_view(database, vera, token) == PARAMS
    share_view(database, emil, view.id, is_shared=False)
    assert list_views(database, vera) == []
    with pytest.raises(NotFound):
        open_view(database, vera, token)


def test_a_viewer_shares_nothing_but_may_withdraw(database: Database, emil: Actor) -> None:
    save_view(database, emil, "Pump", PARAMS, is_shared=True)
    view = only_view(database, emil)
    demoted = Actor("emil", Role.VIEWER, emil.user_id)
    share_view(database, demoted, view.id, is_shared=False)
    with pytest.raises(Refused, match="share views"):
        share_view(database, demoted, view.id, is_shared=True)
    with pytest.raises(Refused, match="share views"):
        save_view(database, demoted, "Tank", PARAMS, is_shared=True)
    assert [(each.name, each.is_shared) for each in list_views(database, emil)] == [("Pump", False)]


def test_others_views_are_deleted_by_administrators_only_and_only_shared_ones(
    database: Database, vera: Actor, emil: Actor, ada: Actor
) -> None:
    token = save_view(database, emil, "Pump", PARAMS, is_shared=True)
    view = only_view(database, ada)
    assert view.may_be_deleted_by(ada)
    with pytest.raises(NotFound):
        delete_view(database, vera, view.id)
    with pytest.raises(NotFound):
        rename_view(database, ada, view.id, "Ours")
    delete_view(database, ada, view.id)
    with pytest.raises(NotFound):
        open_view(database, emil, token)


def test_a_new_name_must_be_free_among_ones_own(
    database: Database, vera: Actor, emil: Actor
) -> None:
    save_view(database, emil, "Tank", PARAMS)
    save_view(database, vera, "Pump", PARAMS)
    save_view(database, vera, "Motor", PARAMS)
    motor = list_views(database, vera)[0]
    with pytest.raises(InvalidInput, match="already"):
        rename_view(database, vera, motor.id, "Pump")
    rename_view(database, vera, motor.id, "Motor")
    rename_view(database, vera, motor.id, "Tank")
    assert [each.name for each in list_views(database, vera)] == ["Pump", "Tank"]


def test_own_views_come_first_by_name(database: Database, vera: Actor, emil: Actor) -> None:
    save_view(database, emil, "A", PARAMS, is_shared=True)
    for name in ("b", "C", "a"):
        save_view(database, vera, name, PARAMS)
    assert [each.name for each in list_views(database, vera)] == ["a", "b", "C", "A"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0b", "a\u202eb"])
def test_a_view_needs_a_name_to_find_it_by(database: Database, vera: Actor, name: str) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        save_view(database, vera, name, PARAMS)


def test_a_short_link_opens_for_everybody_and_stands_in_no_list(
    database: Database, vera: Actor, emil: Actor
) -> None:
    token = short_link(database, vera, PARAMS)
    assert open_view(database, emil, token) == PARAMS
    assert list_views(database, vera) == []


def test_equal_parameters_of_the_same_owner_have_one_short_link(
    database: Database, vera: Actor, emil: Actor
) -> None:
    token = short_link(database, vera, PARAMS)
    assert short_link(database, vera, dict(reversed(PARAMS.items()))) == token
    assert short_link(database, vera, OTHER) != token
    assert short_link(database, emil, PARAMS) != token
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: short_link(database, vera, {"system": ["x"]}), range(8)))
    assert len(made) == 1


def test_beyond_the_most_views_nothing_is_saved_but_replaced(
    database: Database, vera: Actor, emil: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 3)
    short_link(database, vera, PARAMS)
    save_view(database, emil, "Pump", PARAMS)
    for name in "abc":
        save_view(database, vera, name, PARAMS)
    with pytest.raises(InvalidInput, match="3 saved views"):
        save_view(database, vera, "d", PARAMS)
    save_view(database, vera, "c", OTHER)
    assert count(database, "name IS NOT NULL") == 4


def test_beyond_the_most_short_links_the_longest_unused_goes(
    database: Database, vera: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST_SHORT_LINKS", 3)
    save_view(database, vera, "Pump", PARAMS)
    tokens = [short_link(database, vera, {"system": [str(number)]}) for number in range(3)]
    open_view(database, vera, tokens[0])
    newest = short_link(database, vera, {"system": ["new"]})
    for token in (tokens[0], tokens[2], newest):
        open_view(database, vera, token)
    with pytest.raises(NotFound):
        open_view(database, vera, tokens[1])
    assert count(database, "name IS NULL") == 3
    assert count(database, "name IS NOT NULL") == 1


@pytest.mark.parametrize("token", ["", "abc", "0123456789", "a\0b", "'; DROP TABLE x", "ü" * 5000])
def test_an_unknown_token_leads_nowhere(database: Database, vera: Actor, token: str) -> None:
    with pytest.raises(NotFound, match="leads nowhere"):
        open_view(database, vera, token)


def test_views_belong_to_people_with_an_account(database: Database) -> None:
    for actor in (Actor("nobody", None), Actor("the command line", Role.ADMINISTRATOR)):
        with pytest.raises(Refused):
            short_link(database, actor, PARAMS)


def test_views_go_with_their_owner(database: Database, database_url: str, vera: Actor) -> None:
    save_view(database, vera, "Pump", PARAMS)
    short_link(database, vera, PARAMS)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM app_user WHERE user_name = 'vera'")
    assert count(database) == 0
