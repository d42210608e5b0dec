"""Reads of pages are kept until a writer moves their topic on."""

from collections.abc import Iterator

import pytest
import streamlit as st

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database
from hydrodiag.ui import reads, resources

calls: list[str] = []


@pytest.fixture(autouse=True)
def page(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(resources, "database", lambda: database)
    calls.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def load(_: Database, name: str) -> str:
    calls.append(name)
    return name


def build(name: str) -> str:
    calls.append(name)
    return name


def write(database: Database, topic: str) -> None:
    with database.write() as connection:
        bump_generation(connection, topic)


def test_a_read_is_done_once_until_its_topic_moves_on(database: Database) -> None:
    for _ in range(2):
        assert reads.read(["fleet"], load, "a") == "a"
    write(database, "readings:1")
    reads.read(["fleet"], load, "a")
    assert calls == ["a"]
    write(database, "fleet")
    reads.read(["fleet"], load, "a")
    assert calls == ["a", "a"]


def test_what_is_shared_is_built_anew_once_its_topic_moves_on(database: Database) -> None:
    for _ in range(2):
        reads.share(["fleet"], build, "a")
    reads.share(["fleet"], build, "b")
    write(database, "fleet")
    reads.share(["fleet"], build, "a")
    assert calls == ["a", "b", "a"]


def test_the_reads_within_one_state_see_no_write_and_those_after_it_do(database: Database) -> None:
    with reads.one_state("fleet"):
        reads.read(["fleet"], load, "a")
        write(database, "fleet")
        reads.read(["fleet"], load, "a")
        assert calls == ["a"]
    reads.read(["fleet"], load, "a")
    assert calls == ["a", "a"]


def test_a_topic_that_was_not_named_is_asked_for_all_the_same(database: Database) -> None:
    with reads.one_state("fleet"):
        reads.read(["fleet", "jobs"], load, "a")
        write(database, "jobs")
        reads.read(["fleet", "jobs"], load, "a")
    assert calls == ["a", "a"]


def test_an_error_within_one_state_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), reads.one_state("fleet"):
        1 / 0  # noqa: B018
    reads.read(["fleet"], load, "a")
    write(database, "fleet")
    reads.read(["fleet"], load, "a")
    assert calls == ["a", "a"]
