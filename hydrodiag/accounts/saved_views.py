"""Views of readings that people keep: personal, shared with everybody, or a mere short link.

The token in a link is no secret that opens anything by itself: whoever follows it is signed in.
"""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hydrodiag.accounts.roles import Actor, Permission, Role, require
from hydrodiag.accounts.view_params import Params, write_params
from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput, NotFound, Refused

SQL = NamedQueries(__file__, "saved_views.sql")
TOKEN_SIGNS = string.ascii_letters + string.digits
TOKEN_LENGTH = 10
MAX_NAME = 100
MOST_VIEWS = 200
MOST_SHORT_LINKS = 1000


@dataclass(frozen=True)
class SavedView:
    """A view with a name, as its owner sees it and, if it is shared, everybody."""

    id: int
    token: str
    name: str
    owner_id: int
    owner_name: str
    is_shared: bool
    created_at: datetime
    used_at: datetime | None

    def may_be_deleted_by(self, actor: Actor) -> bool:
        """Its owner; an administrator too where everybody sees it."""
        is_owner = self.owner_id == actor.user_id
        return is_owner or (self.is_shared and actor.role == Role.ADMINISTRATOR)


def save_view(
    db: Database, actor: Actor, name: str, params: Params, *, is_shared: bool = False
) -> str:
    """The token; a view of the actor's with this name is replaced and keeps its token.

    Raises InvalidInput, and Refused where the actor may not share.
    """
    owner_id = _check_owner(actor, is_shared=is_shared)
    values: dict[str, Any] = {
        "owner_id": owner_id,
        "name": _check_name(name),
        "params": write_params(params),
        "is_shared": is_shared,
        "token": _draw_token(),
    }
    with db.write() as connection:
        connection.execute(SQL["lock_owner"], values)
        if connection.execute(SQL["count_other_views"], values).scalar_one() >= MOST_VIEWS:
            raise InvalidInput(
                f"You have {MOST_VIEWS} saved views, the most there can be.",
                hint="Delete one that you need no more.",
            )
        return str(connection.execute(SQL["save_view"], values).scalar_one())


def list_views(db: Database, actor: Actor) -> list[SavedView]:
    """The actor's own by name, then those that others share."""
    values = {"user_id": _check_owner(actor)}
    with db.write() as connection:
        rows = connection.execute(SQL["list_views"], values)
        return [SavedView(**row._mapping) for row in rows]


def open_view(db: Database, actor: Actor, token: str) -> dict[str, list[str]]:
    """The parameters of a short link or a view, and note that it was used.

    Raises NotFound where there is none, and for a personal view of somebody else alike.
    """
    values = {"user_id": _check_owner(actor), "token": token.replace("\0", "")}
    with db.write() as connection:
        found = connection.execute(SQL["open_view"], values).scalar()
    if found is None:
        raise NotFound(
            "This link leads nowhere: the view was deleted or the link is cut off.",
            hint="Ask for the link again.",
        )
    return dict(found)


def rename_view(db: Database, actor: Actor, view_id: int, name: str) -> None:
    """Of one's own. Raises InvalidInput for a name that is taken, NotFound for another's view."""
    values = {"owner_id": _check_owner(actor), "id": view_id, "name": _check_name(name)}
    with db.write() as connection:
        connection.execute(SQL["lock_owner"], values)
        if connection.execute(SQL["is_name_taken"], values).scalar_one():
            raise InvalidInput("You have a view of this name already.", hint="Choose another one.")
        _require_found(connection, "rename_view", values)


def share_view(db: Database, actor: Actor, view_id: int, *, is_shared: bool) -> None:
    """Show one's own view to everybody, or to nobody else any more (which its owner always may).

    Raises Refused, and NotFound for another's view.
    """
    owner_id = _check_owner(actor, is_shared=is_shared)
    values = {"owner_id": owner_id, "id": view_id, "is_shared": is_shared}
    with db.write() as connection:
        _require_found(connection, "share_view", values)


def delete_view(db: Database, actor: Actor, view_id: int) -> None:
    """Links to it lead nowhere then. Raises NotFound where it is not the actor's to delete."""
    values = {
        "owner_id": _check_owner(actor),
        "id": view_id,
        "may_delete_shared": actor.role == Role.ADMINISTRATOR,
    }
    with db.write() as connection:
        _require_found(connection, "delete_view", values)


def short_link(db: Database, actor: Actor, params: Params) -> str:
    """The token; the same for equal parameters of the same owner.

    Beyond MOST_SHORT_LINKS of an owner those that were not used for longest go.
    """
    values: dict[str, Any] = {"owner_id": _check_owner(actor), "params": write_params(params)}
    with db.write() as connection:
        connection.execute(SQL["lock_owner"], values)
        known = connection.execute(SQL["find_short_link"], values).scalar()
        if known is not None:
            return str(known)
        connection.execute(SQL["drop_oldest_short_links"], {**values, "kept": MOST_SHORT_LINKS - 1})
        token = _draw_token()
        connection.execute(SQL["insert_short_link"], {**values, "token": token})
        return token


def _check_owner(actor: Actor, *, is_shared: bool = False) -> int:
    require(actor, Permission.SHARE_VIEWS if is_shared else Permission.READ)
    if actor.user_id is None:
        raise Refused("Views belong to people with an account.", hint="Sign in.")
    return actor.user_id


def _check_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= MAX_NAME or not cleaned.isprintable():
        raise InvalidInput(
            f"A view needs a name of 1 to {MAX_NAME} characters.", hint="Say what it shows."
        )
    return cleaned


def _require_found(connection: Connection, block: str, values: dict[str, Any]) -> None:
    if connection.execute(SQL[block], values).scalar() is None:
        raise NotFound(
            "This view is not there any more, or it is somebody else's.", hint="Look at the list."
        )


def _draw_token() -> str:
    return "".join(secrets.choice(TOKEN_SIGNS) for _ in range(TOKEN_LENGTH))
