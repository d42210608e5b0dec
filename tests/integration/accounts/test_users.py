import pytest
from sqlalchemy import text

from hydrodiag.accounts import (
    Actor,
    AuditFilter,
    Permission,
    Role,
    SignInFailed,
    UserDraft,
    Visitor,
    change_password,
    create_user,
    disable_user,
    enable_user,
    export_events,
    list_events,
    list_sessions,
    list_users,
    record_event,
    reset_password,
    set_role,
    sign_in,
)
from hydrodiag.accounts.actions import perform
from hydrodiag.accounts.sessions import forget_old, resolve_token
from hydrodiag.accounts.users import COMMAND_LINE
from hydrodiag.db import Database
from hydrodiag.errors import InvalidInput, NotFound, Refused
from tests.people import PASSWORD, add_person, find_session_id, sign_in_person

HERE = Visitor("192.0.2.7", "test")


def actions(database: Database) -> list[tuple[str, str, str]]:
    events = list_events(database, AuditFilter())
    return [(event.action, event.subject, event.outcome) for event in reversed(events)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ENGINEER, Role.OPERATOR, None])
def test_only_administrators_manage_users(database: Database, role: Role | None) -> None:
    user_id = add_person(database, "ada")
    actor = Actor("eve", role)
    draft = UserDraft("mallory", Role.ADMINISTRATOR, "", PASSWORD)
    for attempt in (
        lambda: list_users(database, actor),
        lambda: create_user(database, actor, draft),
        lambda: set_role(database, actor, user_id, Role.VIEWER),
        lambda: disable_user(database, actor, user_id),
        lambda: enable_user(database, actor, user_id),
        lambda: reset_password(database, actor, user_id),
    ):
        with pytest.raises(Refused, match="may not manage users"):
            attempt()


def test_the_last_administrator_stays(database: Database) -> None:
    first = add_person(database, "ada")
    with pytest.raises(InvalidInput, match="last administrator"):
        disable_user(database, COMMAND_LINE, first)
    with pytest.raises(InvalidInput, match="last administrator"):
        set_role(database, COMMAND_LINE, first, Role.VIEWER)
    second = add_person(database, "olga")
    disable_user(database, COMMAND_LINE, first)
    with pytest.raises(InvalidInput, match="last administrator"):
        set_role(database, COMMAND_LINE, second, Role.OPERATOR)


def test_disabling_ends_sessions_and_enabling_lets_in_again(database: Database) -> None:
    add_person(database, "ada")
    token = sign_in_person(database, "vera", Role.VIEWER)
    vera = add_person(database, "vera")
    disable_user(database, COMMAND_LINE, vera)
    assert resolve_token(database, token) is None
    with pytest.raises(SignInFailed):
        sign_in(database, "vera", PASSWORD, HERE)
    enable_user(database, COMMAND_LINE, vera)
    assert resolve_token(database, token) is None, "an ended session stays ended"
    assert sign_in(database, "VERA ", PASSWORD, HERE)


def test_a_reset_password_has_to_be_changed(database: Database) -> None:
    vera = add_person(database, "vera", Role.VIEWER)
    old = sign_in_person(database, "vera")
    given = reset_password(database, COMMAND_LINE, vera)
    assert resolve_token(database, old) is None
    session = resolve_token(database, sign_in(database, "vera", given, HERE))
    assert session is not None
    assert session.must_change_password
    change_password(database, session.actor, given, "a brand new passphrase")
    fresh = resolve_token(database, sign_in(database, "vera", "a brand new passphrase", HERE))
    assert fresh is not None
    assert not fresh.must_change_password
    assert given not in str(list_events(database, AuditFilter()))


def test_changing_ones_password_ends_ones_other_sessions(database: Database) -> None:
    here, elsewhere = (sign_in_person(database, "vera", Role.VIEWER) for _ in range(2))
    session = resolve_token(database, here)
    assert session is not None
    change_password(
        database, session.actor, PASSWORD, "a brand new passphrase", session_id=session.id
    )
    assert resolve_token(database, here) is not None
    assert resolve_token(database, elsewhere) is None
    assert [line.id for line in list_sessions(database, session.user_id)] == [session.id]


@pytest.mark.parametrize(
    ("current", "new", "why"),
    [
        ("wrong wrong wrong", "a brand new passphrase", "current password is wrong"),
        (PASSWORD, PASSWORD, "is the current one"),
        (PASSWORD, "short", "12 to 256"),
        (PASSWORD, "password123456", "common"),
    ],
)
def test_a_password_change_is_checked(database: Database, current: str, new: str, why: str) -> None:
    actor = Actor("vera", Role.VIEWER, add_person(database, "vera", Role.VIEWER))
    with pytest.raises(InvalidInput, match=why):
        change_password(database, actor, current, new)


def test_nobody_unknown_can_be_changed(database: Database) -> None:
    with pytest.raises(NotFound):
        set_role(database, COMMAND_LINE, 4711, Role.VIEWER)


def test_what_is_done_refused_or_fails_is_written_down(database: Database) -> None:
    def fail() -> None:
        raise InvalidInput("No such thing.")

    operator, viewer = Actor("olga", Role.OPERATOR), Actor("vera", Role.VIEWER, address="192.0.2.7")
    assert perform(database, operator, Permission.RUN_JOBS, "run job", "tick", lambda: 7) == 7
    with pytest.raises(Refused):
        perform(database, viewer, Permission.RUN_JOBS, "run job", "tick", fail)
    with pytest.raises(InvalidInput):
        perform(database, operator, Permission.RUN_JOBS, "run job", "tock", fail)
    assert actions(database) == [
        ("run job", "tick", "done"),
        ("run job", "tick", "refused"),
        ("run job", "tock", "failed"),
    ]


@pytest.mark.parametrize("sql", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
def test_the_audit_log_cannot_be_rewritten(database: Database, sql: str) -> None:
    record_event(database, COMMAND_LINE, "test", "x")
    with pytest.raises(Exception, match="permission denied"), database.write() as connection:
        connection.execute(text(sql))


def test_the_export_is_safe_to_open_in_a_spreadsheet(database: Database) -> None:
    record_event(database, Actor("=cmd|' /C calc'!A0", None), "sign in", "+1", {"a": 'b"c'})
    lines = "".join(export_events(database, AuditFilter(), page=1)).splitlines()
    assert lines[0] == "at,actor,role,address,action,subject,outcome,detail"
    assert ",'=cmd|' /C calc'!A0,,,sign in,'+1,done," in lines[1]


def test_events_are_found_by_parts_of_their_texts(database: Database) -> None:
    for number in range(3):
        record_event(database, Actor(f"User{number}", Role.ENGINEER), "load file", f"f{number}.csv")
    found = list_events(database, AuditFilter(actor="user1", action="LOAD"))
    assert [event.subject for event in found] == ["f1.csv"]
    assert list_events(database, AuditFilter(subject="%")) == [], "no wildcards"


def test_old_sessions_and_attempts_are_forgotten(database: Database) -> None:
    token = sign_in_person(database, "vera", Role.VIEWER)
    session_id = find_session_id(database, token)
    assert forget_old(database) == 0
    with database.write() as connection:
        connection.execute(
            text("UPDATE user_session SET expires_at = now() - interval '31 d' WHERE id = :id"),
            {"id": session_id},
        )
    assert forget_old(database) == 1
