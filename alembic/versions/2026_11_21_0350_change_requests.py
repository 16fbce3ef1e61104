"""Change requests: wishes, prices, and the charges that follow from them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "change_requests"
down_revision = "messages"

WORDS = (
    (
        "notifications",
        "type",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned'",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'change_request_submitted', 'change_request_reviewed', 'change_request_quoted', 'change_request_accepted', 'change_request_declined', 'change_request_rejected', 'change_request_withdrawn', 'change_request_expired', 'change_request_started', 'change_request_completed', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned'",
    ),
    (
        "notifications",
        "related_entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting', 'message'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting', 'message', 'change_request'",
    ),
    (
        "audit_events",
        "entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting', 'message'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment', 'progress', 'update', 'setting', 'message', 'change_request'",
    ),
)
"""Lists of words that grow: table, column, what it knew, what it knows from now on."""

KEY = ("builder_id", "project_id", "booking_id", "customer_id")
CHARGED = (*KEY, "change_request_id")


def upgrade() -> None:
    op.create_table(
        "change_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in KEY),
        sa.Column("request_number", sa.Text(), sa.Computed("'CR-' || lpad(id::text, 6, '0')", persisted=True), nullable=False),
        sa.Column("request_type", sa.Text(), nullable=False),
        sa.Column("request_title", sa.Text(), nullable=False),
        sa.Column("request_description", sa.Text(), nullable=False),
        sa.Column("current_specification", sa.Text(), nullable=True),
        sa.Column("requested_specification", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="submitted", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("quote_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quote_lines", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("estimated_cost", sa.BigInteger(), nullable=True),
        sa.Column("tax_amount", sa.BigInteger(), nullable=True),
        sa.Column("estimated_timeline_days", sa.Integer(), nullable=True),
        sa.Column("quote_valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quoted_by", sa.BigInteger(), nullable=True),
        sa.Column("quoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("addendum_no", sa.Integer(), nullable=True),
        sa.Column("addendum", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("builder_response", sa.Text(), nullable=True),
        sa.Column("customer_response", sa.Text(), nullable=True),
        sa.Column("rejection_reason", sa.Text(), nullable=True),
        sa.Column("completion_date", sa.Date(), nullable=True),
        sa.Column("final_cost", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('submitted', 'under_review', 'quoted', 'approved', 'declined', 'rejected', 'withdrawn', 'quote_expired', 'in_progress', 'completed')",
            name=op.f("ck_change_requests_status_known"),
        ),
        sa.CheckConstraint(
            "request_type IN ('layout', 'structural', 'electrical', 'plumbing', 'flooring', 'kitchen', 'fixtures', 'finishes', 'other')",
            name=op.f("ck_change_requests_request_type_known"),
        ),
        sa.CheckConstraint("estimated_cost >= 0 AND estimated_timeline_days >= 0", name=op.f("ck_change_requests_quote_not_negative")),
        sa.CheckConstraint("tax_amount BETWEEN 0 AND estimated_cost", name=op.f("ck_change_requests_tax_within_cost")),
        sa.CheckConstraint(
            "quote_version = 0 OR num_nulls(quoted_by, quoted_at, estimated_cost, estimated_timeline_days, quote_valid_until) = 0",
            name=op.f("ck_change_requests_quote_is_whole"),
        ),
        sa.CheckConstraint("final_cost = estimated_cost", name=op.f("ck_change_requests_final_cost_agreed")),
        sa.CheckConstraint("(addendum IS NULL) = (addendum_no IS NULL)", name=op.f("ck_change_requests_addendum_numbered")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_change_requests_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "quoted_by"], ["users.builder_id", "users.id"], name="fk_change_requests_quoted_by", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_requests")),
        sa.UniqueConstraint(*KEY, "id", name=op.f("uq_change_requests_builder_id_project_id_booking_id_customer_id_id")),
        sa.UniqueConstraint("booking_id", "addendum_no", name=op.f("uq_change_requests_booking_id_addendum_no")),
    )
    op.create_index("ix_change_requests_builder_id", "change_requests", ["builder_id", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_change_requests_customer_id", "change_requests", ["customer_id"], unique=False)
    op.create_index("ix_change_requests_booking_id", "change_requests", ["booking_id", sa.literal_column("id DESC")], unique=False)
    op.add_column("installments", sa.Column("change_request_id", sa.BigInteger(), nullable=True))
    for name, rule in (
        ("ck_installments_change_is_charged", "CHECK (change_request_id IS NULL OR kind = 'charge')"),
        (
            "fk_installments_change_request",
            f"FOREIGN KEY ({', '.join(CHARGED)}) REFERENCES change_requests ({', '.join((*KEY, 'id'))}) ON DELETE RESTRICT",
        ),
    ):  # the column is new and empty, and the wall's installation holds the exclusive lock anyway
        op.execute(
            f"""-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
            ALTER TABLE installments ADD CONSTRAINT {name} {rule}"""
        )
    op.execute(
        """-- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_installments_change_request_id ON installments (change_request_id) WHERE change_request_id IS NOT NULL"""
    )
    for table, column, _, words in WORDS:
        _may_be(table, column, words)


def downgrade() -> None:
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was said of change requests stays said
    op.drop_column("installments", "change_request_id")
    op.drop_table("change_requests")


def _may_be(table: str, column: str, words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({words})) {valid}"""
    )
