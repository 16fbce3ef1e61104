"""What administrators do to companies, and seals on what was done."""

import sqlalchemy as sa
from alembic import op

revision = "administration"
down_revision = "documents"

WORDS = (
    (
        "notifications",
        "type",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted'",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified'",
    ),
    (
        "notifications",
        "related_entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting'",
    ),
    (
        "audit_events",
        "entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting'",
    ),
)
"""Lists of words that grow: table, column, what it knew, what it knows from now on."""


def upgrade() -> None:
    op.add_column("builder_accounts", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("builder_accounts", sa.Column("suspension_reason", sa.Text(), nullable=True))
    op.create_table(
        "audit_seals",
        sa.Column("audit_event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_audit_seals_hash_is_sha256")),
        sa.ForeignKeyConstraint(["audit_event_id"], ["audit_events.id"], name=op.f("fk_audit_seals_audit_event_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_audit_seals_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("audit_event_id", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("builder_id", "position", name=op.f("uq_audit_seals_builder_id_position"), postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "audit_heads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_audit_heads_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_heads")),
        sa.UniqueConstraint("builder_id", name=op.f("uq_audit_heads_builder_id"), postgresql_nulls_not_distinct=True),
    )
    for table, column, _, words in WORDS:
        _may_be(table, column, words)


def downgrade() -> None:
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was said stays said
    op.drop_table("audit_heads")
    op.drop_table("audit_seals")
    op.drop_column("builder_accounts", "suspension_reason")
    op.drop_column("builder_accounts", "suspended_at")


def _may_be(table: str, column: str, words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({words})) {valid}"""
    )
