"""Reads of pages are kept until a writer moves their topic on."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hydrodiag.cache import bump_generation
from hydrodiag.db import Database
from hydrodiag.ui import reads, resources

calls: list[str] = []


@pytest.fixture(autouse=True)
def page(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(resources, "database", lambda: database)
    calls.clear()
    yield
    reads.kept.clear()
    reads.shared.clear()


def load(_: Database, name: str) -> str:
    calls.append(name)
    return name


def build(name: str) -> str:
    calls.append(name)
    return name


def load_list(_: Database, name: str) -> list[str]:
    return [load(_, name)]


def build_slowly(name: str) -> str:
    time.sleep(0.2)
    return build(name)


def divide(name: str) -> float:
    calls.append(name)
    return 1 / 0


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


def test_each_reader_may_change_what_it_got(database: Database) -> None:
    reads.read(["fleet"], load_list, "a").append("changed")
    assert reads.read(["fleet"], load_list, "a") == ["a"]


def test_people_who_ask_at_once_wait_for_one_load(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(reads.share, ["fleet"], build_slowly, "a") for _ in range(8)]
        assert {each.result() for each in asked} == {"a"}
    assert calls == ["a"]


def test_a_load_that_fails_is_done_again(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            reads.share(["fleet"], divide, "a")
    assert calls == ["a", "a"]


def test_no_more_than_so_many_shared_results_are_kept(database: Database) -> None:
    for number in range(reads.MOST_SHARED + 10):
        reads.share(["fleet"], build, str(number))
    assert len(reads.shared) == reads.MOST_SHARED


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
