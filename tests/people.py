"""People with accounts and signed-in sessions, for tests of pages, gate and browser."""

from sqlalchemy import text

from hydrodiag.accounts import Role, UserDraft, Visitor, create_user
from hydrodiag.accounts.sessions import resolve_token, start_session
from hydrodiag.accounts.users import COMMAND_LINE
from hydrodiag.db import Database

PASSWORD = "correct horse battery"
COOKIE = "hydrodiag"


def add_person(db: Database, name: str, role: Role = Role.ADMINISTRATOR) -> int:
    """The id of an account with PASSWORD; the one that is there already if it has this name."""
    with db.write() as connection:
        known = connection.execute(
            text("SELECT id FROM app_user WHERE user_name = :name"), {"name": name}
        ).scalar()
    return known or create_user(db, COMMAND_LINE, UserDraft(name, role, name.title(), PASSWORD))


def sign_in_person(db: Database, name: str = "ada", role: Role = Role.ADMINISTRATOR) -> str:
    """The token of a new session of that person, who is made if need be."""
    user_id = add_person(db, name, role)
    with db.write() as connection:
        return start_session(connection, user_id, Visitor("127.0.0.1", "test"))


def find_session_id(db: Database, token: str) -> str:
    session = resolve_token(db, token)
    assert session is not None
    return session.id
