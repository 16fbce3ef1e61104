"""Messages, those for later, and answers given often."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "messages"
down_revision = "administration"

WORDS = (
    (
        "notifications",
        "type",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified'",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned'",
    ),
    (
        "notifications",
        "category",
        "'booking', 'payment', 'appointment', 'progress', 'system'",
        "'booking', 'payment', 'appointment', 'progress', 'message', 'system'",
    ),
    (
        "notifications",
        "related_entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting', 'message'",
    ),
    (
        "audit_events",
        "entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting', 'message'",
    ),
)
"""Lists of words that grow: table, column, what it knew, what it knows from now on."""


def upgrade() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_canned_replies_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("builder_id", "title", name=op.f("uq_canned_replies_builder_id_title")),
    )
    op.create_table(
        "scheduled_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("sender_id", sa.BigInteger(), nullable=False),
        sa.Column("sender_side", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("sender_side IN ('customer', 'builder')", name=op.f("ck_scheduled_messages_sender_side_known")),
        sa.CheckConstraint("(failed_at IS NULL) = (failure IS NULL)", name=op.f("ck_scheduled_messages_failure_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_scheduled_messages_project", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_scheduled_messages_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_scheduled_messages_customer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_scheduled_messages_sender_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_messages")),
    )
    op.create_index("ix_scheduled_messages_builder_id", "scheduled_messages", ["builder_id", "project_id"], unique=False)
    op.create_index("ix_scheduled_messages_customer_id", "scheduled_messages", ["customer_id"], unique=False)
    op.create_index(
        "ix_scheduled_messages_due", "scheduled_messages", ["send_at"], unique=False, postgresql_where=sa.text("failed_at IS NULL")
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("sender_id", sa.BigInteger(), nullable=False),
        sa.Column("sender_side", sa.Text(), nullable=False),
        sa.Column("parent_message_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("message_type", sa.Text(), server_default="general", nullable=False),
        sa.Column("priority", sa.Text(), server_default="medium", nullable=False),
        sa.Column("is_internal", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_read", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_message_id", sa.BigInteger(), nullable=True),
        sa.Column("thread_state", sa.Text(), nullable=True),
        sa.Column("assigned_to", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(content = '') = (deleted_at IS NOT NULL)", name=op.f("ck_messages_empty_when_taken_back")),
        sa.CheckConstraint(
            "(snoozed_until IS NOT NULL) = (thread_state IS NOT DISTINCT FROM 'snoozed')", name=op.f("ck_messages_snooze_has_an_end")
        ),
        sa.CheckConstraint(
            "message_type IN ('inquiry', 'complaint', 'update', 'general', 'support')", name=op.f("ck_messages_message_type_known")
        ),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name=op.f("ck_messages_priority_known")),
        sa.CheckConstraint("sender_side = 'builder' OR NOT is_internal", name=op.f("ck_messages_notes_are_the_teams")),
        sa.CheckConstraint("sender_side IN ('customer', 'builder')", name=op.f("ck_messages_sender_side_known")),
        sa.CheckConstraint("thread_state IN ('open', 'closed', 'snoozed')", name=op.f("ck_messages_thread_state_known")),
        sa.CheckConstraint("(id = conversation_id) = (last_message_id IS NOT NULL)", name=op.f("ck_messages_first_knows_the_last")),
        sa.CheckConstraint("(id = conversation_id) = (thread_state IS NOT NULL)", name=op.f("ck_messages_first_has_the_state")),
        sa.CheckConstraint("id <> conversation_id OR NOT is_internal", name=op.f("ck_messages_begins_openly")),
        sa.CheckConstraint("id = conversation_id OR assigned_to IS NULL", name=op.f("ck_messages_first_is_assigned")),
        sa.CheckConstraint("is_read = (read_at IS NOT NULL)", name=op.f("ck_messages_read_at_a_time")),
        sa.ForeignKeyConstraint(
            ["builder_id", "assigned_to"], ["users.builder_id", "users.id"], name="fk_messages_assignee", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_messages_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_messages_project", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_messages_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["conversation_id", "parent_message_id"],
            ["messages.conversation_id", "messages.id"],
            name="fk_messages_parent",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["conversation_id"], ["messages.id"], name=op.f("fk_messages_conversation_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_messages_sender_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("conversation_id", "id", name=op.f("uq_messages_conversation_id_id")),
    )
    op.create_index(
        "ix_messages_assigned_to",
        "messages",
        ["assigned_to", "customer_id"],
        unique=False,
        postgresql_where=sa.text("assigned_to IS NOT NULL"),
    )
    op.create_index("ix_messages_builder_id", "messages", ["builder_id", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_messages_customer_id", "messages", ["customer_id", sa.literal_column("id DESC")], unique=False)
    op.create_index(
        "ix_messages_inbox",
        "messages",
        ["builder_id", sa.literal_column("last_message_id DESC NULLS LAST")],
        unique=False,
        postgresql_where=sa.text("id = conversation_id"),
    )
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["conversation_id", "sender_side"],
        unique=False,
        postgresql_where=sa.text("NOT is_read AND NOT is_internal"),
    )
    op.create_index(
        "uq_messages_conversation", "messages", ["customer_id", "project_id"], unique=True, postgresql_where=sa.text("id = conversation_id")
    )
    for table, column, _, words in WORDS:
        _may_be(table, column, words)


def downgrade() -> None:
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was told of messages stays told
    op.drop_table("messages")
    op.drop_table("scheduled_messages")
    op.drop_table("canned_replies")


def _may_be(table: str, column: str, words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({words})) {valid}"""
    )
