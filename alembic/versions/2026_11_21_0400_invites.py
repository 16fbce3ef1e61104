"""Invitations into a team and among a company's customers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "invites"
down_revision = "change_requests"

EVENTS = (
    *(
        "hold_created",
        "hold_released",
        "hold_expired",
        "booking_inquired",
        "booking_waitlisted",
        "booking_reserved",
    ),
    *(
        "booking_token_paid",
        "booking_confirmed",
        "booking_rejected",
        "booking_expired",
        "booking_cancelled",
        "demand_issued",
    ),
    *(
        "receipt_cleared",
        "change_request_submitted",
        "change_request_reviewed",
        "change_request_quoted",
        "change_request_accepted",
        "change_request_declined",
    ),
    *(
        "change_request_rejected",
        "change_request_withdrawn",
        "change_request_expired",
        "change_request_started",
        "change_request_completed",
        "appointment_booked",
    ),
    *(
        "appointment_confirmed",
        "appointment_rescheduled",
        "appointment_cancelled",
        "appointment_completed",
        "appointment_no_show",
        "appointment_assigned",
    ),
    *(
        "appointment_reminder",
        "progress_phase_updated",
        "progress_certified",
        "progress_corrected",
        "update_published",
        "possession_date_shifted",
    ),
    *(
        "builder_verified",
        "message_new",
        "conversation_assigned",
    ),
)
SUBJECTS = (
    *(
        "user",
        "builder",
        "project",
        "unit",
        "hold",
        "booking",
    ),
    *(
        "installment",
        "payment",
        "appointment",
        "progress",
        "update",
        "setting",
    ),
    *(
        "message",
        "change_request",
    ),
)
WORDS = (  # table, column, those before, those that come
    ("notifications", "type", EVENTS, ("team_invited", "role_changed")),
    ("notifications", "related_entity_type", SUBJECTS, ("invite", "lead")),
    ("audit_events", "entity_type", SUBJECTS, ("invite", "lead")),
)


def _may_be(table: str, column: str, words: tuple[str, ...], valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN {words}) {valid}"""
    )


def upgrade() -> None:
    op.create_table(
        "invites",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("team_role", sa.Text(), nullable=True),
        sa.Column("project_scope", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), server_default=sa.text("now() + interval '7 days'"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'team') = (team_role IS NOT NULL)", name=op.f("ck_invites_team_has_a_role")),
        sa.CheckConstraint("project_scope IS NULL OR team_role NOT IN ('owner', 'admin')", name=op.f("ck_invites_managers_see_everything")),
        sa.CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name=op.f("ck_invites_used_by_somebody")),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invites_used_or_revoked")),
        sa.CheckConstraint("kind IN ('team', 'customer')", name=op.f("ck_invites_kind_known")),
        sa.CheckConstraint(
            "team_role IN ('owner', 'admin', 'sales_manager', 'sales', 'finance', 'engineer', 'support', 'viewer')",
            name=op.f("ck_invites_team_role_known"),
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_invites_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["builder_id", "invited_by"], ["users.builder_id", "users.id"], name="fk_invites_invited_by"),
        sa.ForeignKeyConstraint(["used_by"], ["users.id"], name=op.f("fk_invites_used_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invites_code_hash")),
    )
    op.create_index("ix_invites_builder_id", "invites", ["builder_id", "kind"])
    for table, column, words, more in WORDS:
        _may_be(table, column, words + more)


def downgrade() -> None:
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was said of invitations stays said
    op.drop_table("invites")
