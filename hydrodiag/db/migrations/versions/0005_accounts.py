"""Sessions, sign-in attempts, invitations and the audit log; accounts without a password."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from hydrodiag.db.grants import grant_table

revision = "0005_accounts"
down_revision = "0004_lifecycle"

NOW = sa.text("now()")
INSTANT = sa.DateTime(timezone=True)
ROLES = "role IN ('viewer', 'engineer', 'operator', 'administrator')"
CHANGE_ALL = "select, insert, update, delete"


def upgrade() -> None:
    _widen_app_user()
    _create_session()
    _create_attempt()
    _create_invitation()
    _create_audit_event()
    for table in ("user_session", "sign_in_attempt", "invitation"):
        grant_table(op, table, read=False, ingest=CHANGE_ALL)
    grant_table(op, "audit_event", ingest="select, insert")


def downgrade() -> None:
    for table in ("audit_event", "invitation", "sign_in_attempt", "user_session"):
        op.drop_table(table)
    op.drop_constraint("uq_app_user_oidc_subject", "app_user")
    for column in ("oidc_subject", "must_change_password"):
        op.drop_column("app_user", column)
    op.execute("DELETE FROM app_user WHERE password_hash IS NULL")
    op.alter_column("app_user", "password_hash", nullable=False)


def _widen_app_user() -> None:
    op.alter_column("app_user", "password_hash", nullable=True)
    flag: sa.Column[bool] = sa.Column(
        "must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False
    )
    op.add_column("app_user", flag)
    op.add_column("app_user", sa.Column("oidc_subject", sa.Text()))
    op.create_unique_constraint("uq_app_user_oidc_subject", "app_user", ["oidc_subject"])


def _create_session() -> None:
    user = sa.ForeignKey("app_user.id", name="fk_user_session_user_id", ondelete="CASCADE")
    op.create_table(
        "user_session",
        sa.Column("id", pg.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Integer(), user, nullable=False),
        _instant_now("created_at"),
        _instant_now("last_seen_at"),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        _text("address"),
        _text("user_agent"),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])


def _create_attempt() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        _instant_now("at"),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
    )
    op.create_index("ix_sign_in_attempt_at", "sign_in_attempt", ["at"])


def _create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        _text("note"),
        sa.Column("invited_by", sa.Text(), nullable=False),
        _instant_now("created_at"),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
        sa.CheckConstraint(ROLES, name="ck_invitation_role"),
    )


def _create_audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        _instant_now("at"),
        sa.Column("actor", sa.Text(), nullable=False),
        *(_text(name) for name in ("actor_role", "address")),
        sa.Column("action", sa.Text(), nullable=False),
        _text("subject"),
        _text("outcome", "done"),
        sa.Column("detail", pg.JSONB(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _instant_now(name: str) -> sa.Column[object]:
    return sa.Column(name, INSTANT, server_default=NOW, nullable=False)
