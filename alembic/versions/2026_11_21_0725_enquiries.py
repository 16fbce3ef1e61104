"""Enquiries from the public pages."""

import sqlalchemy as sa
from alembic import op

revision = "enquiries"
down_revision = "ledger"

EVENTS = (
    *("hold_created", "hold_extended", "hold_released", "hold_expiring"),
    *("hold_expired", "unit_price_changed", "unit_released", "enquiry_received"),
    *("booking_inquired", "booking_waitlisted", "booking_reserved", "booking_token_paid"),
    *("booking_confirmed", "booking_rejected", "booking_expired", "booking_cancelled"),
    *("booking_offered", "booking_offer_missed", "booking_signed", "booking_registered"),
    *("booking_possession_offered", "booking_handed_over", "booking_joined", "booking_left"),
    *("booking_transferred", "booking_swapped", "booking_default_notice", "cancellation_requested"),
    *("cancellation_withdrawn", "cancellation_settled", "transfer_requested", "discount_requested"),
    *("discount_decided", "kyc_doc_rejected", "snag_reported", "snag_answered"),
    *("demand_drafted", "demand_issued", "demand_credited", "waiver_requested"),
    *("line_waived", "payment_due_soon", "payment_overdue", "payment_at_risk"),
    *("receipt_cleared", "interest_credited", "receipt_bounced", "receipt_refunded"),
    *("payment_failed", "payment_orphaned", "payment_questioned", "refund_requested"),
    *("refund_approved", "refund_rejected", "escrow_requested", "escrow_withdrawn"),
    *("escrow_rejected", "agreement_generated", "change_request_submitted", "change_request_reviewed"),
    *("change_request_quoted", "change_request_accepted", "change_request_declined", "change_request_rejected"),
    *("change_request_withdrawn", "change_request_expired", "change_request_started", "change_request_completed"),
    *("appointment_booked", "appointment_confirmed", "appointment_rescheduled", "appointment_cancelled"),
    *("appointment_completed", "appointment_no_show", "appointment_assigned", "appointment_reminder"),
    *("progress_phase_updated", "progress_certified", "progress_corrected", "update_published"),
    *("possession_date_shifted", "builder_verified", "message_new", "conversation_assigned"),
    *("team_invited", "role_changed", "login_new_device", "password_changed"),
)
SUBJECTS = (
    *("user", "builder", "project", "unit"),
    *("hold", "booking", "installment", "payment"),
    *("appointment", "progress", "update", "setting"),
    *("message", "change_request", "invite", "lead"),
    *("snag", "job", "escrow_withdrawal", "enquiry"),
)
WORDS = (  # table, column, all of them, the one that is new
    ("notifications", "type", EVENTS, "enquiry_received"),
    ("notifications", "related_entity_type", SUBJECTS, "enquiry"),
    ("audit_events", "entity_type", SUBJECTS, "enquiry"),
)


def upgrade() -> None:
    op.create_table(
        "enquiries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger()),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="new", nullable=False),
        sa.Column("assigned_to", sa.BigInteger()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(email, phone) > 0", name=op.f("ck_enquiries_can_be_answered")),
        sa.CheckConstraint("status IN ('new', 'answered', 'closed')", name=op.f("ck_enquiries_status_known")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_enquiries_project", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_enquiries_unit",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "assigned_to"], ["users.builder_id", "users.id"], name="fk_enquiries_assigned_to", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
    )
    op.create_index("ix_enquiries_builder_id", "enquiries", ["builder_id", sa.literal_column("id DESC")])
    op.create_index("ix_enquiries_project_id", "enquiries", ["builder_id", "project_id"])
    op.create_index("ix_enquiries_unit_id", "enquiries", ["unit_id"])
    for table, column, words, _ in WORDS:
        _may_be(table, column, words)


def downgrade() -> None:
    for table, column, words, new in WORDS:
        _may_be(table, column, tuple(word for word in words if word != new), "NOT VALID")
    op.drop_table("enquiries")


def _may_be(table: str, column: str, words: tuple[str, ...], valid: str = "") -> None:
    """Checked against the rows at once, because the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN {words}) {valid}"""
    )
