"""Signing in with a password, throttled without locking anybody else out."""

from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore

from hydrodiag.accounts.audit import note_event
from hydrodiag.accounts.passwords import hash_password, needs_new_hash, verify_password
from hydrodiag.accounts.roles import Actor, Role
from hydrodiag.accounts.sessions import Visitor, start_session
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import HydroDiagError
from hydrodiag.metrics import SIGN_INS

SQL = NamedQueries(__file__, "sign_in.sql")
WINDOW = timedelta(minutes=10)
MOST_OF_PAIR = 8
MOST_OF_ADDRESS = 40
# From addresses the account has never been used from: guesses spread over many machines.
MOST_OF_STRANGERS = 60
MAX_PASSWORD = 500
# Each verification takes 64 MiB and a core.
_verifying = BoundedSemaphore(2)


class SignInFailed(HydroDiagError):
    """The same for an unknown user, a wrong password and a disabled account."""


class TooManyAttempts(HydroDiagError):
    """`retry_after_s`: when to come back."""

    retry_after_s = int(WINDOW.total_seconds())


@dataclass(frozen=True)
class Known:
    user_id: int | None
    user_name: str
    password_hash: str | None
    role: str | None


def sign_in(db: Database, user_name: str, password: str, visitor: Visitor) -> str:
    """The token of a new session. Raises SignInFailed or TooManyAttempts."""
    name = user_name.strip()[:100]
    try:
        attempt_id, known = _begin(db, name, visitor.address)
    except TooManyAttempts:
        SIGN_INS.labels("throttled").inc()
        raise
    with _verifying:
        is_right = verify_password(password[:MAX_PASSWORD], known.password_hash)
    if not is_right or known.user_id is None:
        _note_failure(db, name, visitor.address)
        SIGN_INS.labels("refused").inc()
        raise SignInFailed("User name or password is wrong.")
    token = _finish(db, known, known.user_id, password, attempt_id, visitor)
    SIGN_INS.labels("accepted").inc()
    return token


def _begin(db: Database, name: str, address: str) -> tuple[int, Known]:
    """Counts as a failure from now on, so that many at once cannot all pass."""
    with db.write() as connection:
        values = {"name": name.lower(), "address": address, "window": WINDOW}
        counts = connection.execute(SQL["count_failures"], values).one()
        if (
            counts.of_pair >= MOST_OF_PAIR
            or counts.of_address >= MOST_OF_ADDRESS
            or (counts.of_strangers >= MOST_OF_STRANGERS and not counts.is_known_address)
        ):
            raise TooManyAttempts("Too many attempts.", hint="Try again in ten minutes.")
        attempt_id = int(connection.execute(SQL["insert_attempt"], values).scalar_one())
        row = connection.execute(SQL["find_account"], values).one_or_none()
    return attempt_id, Known(*row) if row else Known(None, name, None, None)


def _note_failure(db: Database, name: str, address: str) -> None:
    with db.write() as connection:
        actor = Actor(name, None, address=address)
        note_event(connection, actor, "sign in", name, outcome="refused")


def _finish(
    db: Database, known: Known, user_id: int, password: str, attempt_id: int, visitor: Visitor
) -> str:
    renewed = None
    if known.password_hash and needs_new_hash(known.password_hash):
        renewed = hash_password(password)
    with db.write() as connection:
        connection.execute(SQL["note_success"], {"id": attempt_id})
        if renewed:
            connection.execute(SQL["renew_hash"], {"user_id": user_id, "password_hash": renewed})
        token = start_session(connection, user_id, visitor)
        role = Role(known.role) if known.role else None
        actor = Actor(known.user_name, role, user_id, visitor.address)
        note_event(connection, actor, "sign in", known.user_name)
    return token
