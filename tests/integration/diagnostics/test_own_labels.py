"""Labels of working cycles from a table, and what there is to train on."""

from datetime import UTC, datetime

import pytest

from hydrodiag.accounts import Actor, Role
from hydrodiag.db import Database
from hydrodiag.diagnostics.models.label_keys import list_label_keys
from hydrodiag.diagnostics.models.own_labels import add_labels
from hydrodiag.errors import InvalidInput, Refused
from hydrodiag.fleet import find_system
from tests.machines import measured_machine

EMIL = Actor("emil", Role.ENGINEER, 1)
VERA = Actor("vera", Role.VIEWER, 2)


@pytest.fixture
def system_id(database: Database) -> int:
    measured_machine(database)
    system = find_system(database, "press-1")
    assert system is not None
    return system.id


def test_labels_join_those_that_are_there(database: Database, system_id: int) -> None:
    add_labels(database, EMIL, system_id, "start,valve\n2026-05-04T06:00:00+02:00,90\n")
    lines = ("\ufeffstart,valve,seal,shift", "2026-05-04T04:00Z,,worn,1.5", "",
             "2026-05-04T04:01Z,100,,")  # fmt: skip
    text = "\r\n".join(lines)
    assert add_labels(database, EMIL, system_id, text).added == 2
    found = {each.key: each for each in list_label_keys(database)}
    assert found["valve"].values == ("90", "100")
    assert (found["seal"].values, found["seal"].cycles) == (("worn",), 1)
    assert found["shift"].values == ("1.5",)
    with database.read() as connection:
        first = connection.exec_driver_sql(
            "SELECT start_at, labels FROM cycle_label ORDER BY start_at"
        ).first()
    assert first is not None
    assert first.start_at == datetime(2026, 5, 4, 4, tzinfo=UTC)
    assert first.labels == {"valve": 90, "seal": "worn", "shift": 1.5}


def test_lines_that_are_wrong_are_named_and_the_others_go_on(
    database: Database, system_id: int
) -> None:
    text = "start,valve\n2026-05-04T06:00:00,90\nsoon,1\n2026-05-04T06:00Z\n2026-05-04T07:00Z,\n" \
           "2026-05-04T08:00Z,100\n" + f"2026-05-04T09:00Z,{'x' * 61}\n"  # fmt: skip
    done = add_labels(database, EMIL, system_id, text)
    assert (done.added, done.refused_n) == (1, 5)
    told = ("lacks its offset", "is no instant", "1 fields instead of 2", "no label", "60 char")
    for number, (line, why) in enumerate(zip(done.refused, told, strict=True)):
        assert why in line
        assert line.startswith(f"Line {(2, 3, 4, 5, 7)[number]}: ")


@pytest.mark.parametrize("head", ["", "valve", "start", "start,valve,valve", "start,", "at,valve"])
def test_a_wrong_head_is_refused(database: Database, system_id: int, head: str) -> None:
    with pytest.raises(InvalidInput, match="The first line must name"):
        add_labels(database, EMIL, system_id, f"{head}\n2026-05-04T06:00Z,1\n")


def test_viewers_label_nothing(database: Database, system_id: int) -> None:
    with pytest.raises(Refused):
        add_labels(database, VERA, system_id, "start,valve\n")
