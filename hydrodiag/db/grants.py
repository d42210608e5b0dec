"""What each database role may do with a table; used by migrations."""

from typing import Any

from hydrodiag.db.roles import Role

PRIVILEGES = frozenset({"select", "insert", "update", "delete"})


def grant_table(op: Any, table: str, *, read: bool = True, ingest: str = "select") -> None:
    """Let hd_read select and hd_ingest do `ingest` (a comma list); hd_maint owns the table."""
    unknown = {word.strip() for word in ingest.split(",")} - PRIVILEGES
    if unknown:
        raise ValueError(f"not a privilege: {sorted(unknown)}")
    quoted = op.get_bind().dialect.identifier_preparer.quote(table)
    if read:
        run_if_role_usable(op, Role.READ, f"GRANT SELECT ON {quoted} TO {Role.READ}")
    run_if_role_usable(op, Role.INGEST, f"GRANT {ingest} ON {quoted} TO {Role.INGEST}")
    run_if_role_usable(op, Role.MAINT, f"ALTER TABLE {quoted} OWNER TO {Role.MAINT}")


def run_if_role_usable(op: Any, role: Role, statement: str) -> None:
    """Run `statement` if this user may take `role`; where it may not, one role does all work."""
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles "
        f"WHERE rolname = '{role}' AND pg_has_role(current_user, oid, 'SET')) "
        f"THEN {statement}; END IF; END $$"
    )
