"""Demands with drafts and proof, payments that bounce, tax credits, waivers."""

import sqlalchemy as sa
from alembic import op

revision = "demands"
down_revision = "mail"

SERIES = "'receipt', 'demand'"
TYPES = "'hold_created', 'hold_released', 'hold_expiring', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'payment_due_soon', 'payment_overdue', 'receipt_cleared', 'receipt_bounced', 'receipt_refunded', 'refund_requested', 'refund_approved', 'refund_rejected', 'agreement_generated', 'change_request_submitted', 'change_request_reviewed', 'change_request_quoted', 'change_request_accepted', 'change_request_declined', 'change_request_rejected', 'change_request_withdrawn', 'change_request_expired', 'change_request_started', 'change_request_completed', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned', 'team_invited', 'role_changed', 'login_new_device', 'password_changed'"
LINES = "'demand_drafted', 'demand_issued', 'waiver_requested', 'line_waived'"
WORDS = (
    ("number_counters", "series", SERIES, f"{SERIES}, 'credit'"),
    ("notifications", "type", TYPES, TYPES.replace("'demand_issued'", LINES)),
)
"""Lists of words that grow: table, column, what it knew, what it knows from now on."""
STATES = "demand_state IN ('draft', 'approved', 'issued')"
CHECKS = {
    "ck_installments_demand_state_known": ("installments", STATES),
    "ck_installments_issued_when_demanded": ("installments", "demanded_at IS NULL OR demand_state IS NULL OR demand_state = 'issued'"),
    "ck_payments_bounced_pays_nothing": ("payments", "status <> 'bounced' OR allocated = 0 AND going_back = 0"),
}


def upgrade() -> None:
    op.add_column("installments", sa.Column("demand_state", sa.Text()))
    op.execute("UPDATE installments SET demand_state = 'issued' WHERE demand_no IS NOT NULL")
    for name, (table, condition) in CHECKS.items():
        op.execute(
            f"""-- squawk-ignore constraint-missing-not-valid
            ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})"""
        )
    for table, column, _, words in WORDS:
        _may_be(table, column, words)
    op.create_table(
        "waivers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("builder_id", "project_id", "booking_id", "customer_id")),
        sa.Column("installment_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("rejection_reason", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waivers_amount_positive")),
        sa.CheckConstraint("status <> 'approved' OR decided_by <> created_by", name=op.f("ck_waivers_maker_is_not_checker")),
        sa.CheckConstraint(
            "(status = 'pending') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_waivers_decided_by_somebody"),
        ),
        sa.CheckConstraint("status IN ('pending', 'approved', 'rejected')", name=op.f("ck_waivers_status_known")),
        sa.ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            ["installments.builder_id", "installments.booking_id", "installments.customer_id", "installments.id"],
            name="fk_waivers_installment",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_waivers_created_by", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_waivers_decided_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
    )
    op.create_index("uq_waivers_pending", "waivers", ["installment_id"], unique=True, postgresql_where=sa.text("status = 'pending'"))
    op.create_index("ix_waivers_builder_id", "waivers", ["builder_id", "status"])
    op.create_index("ix_waivers_installment_id", "waivers", ["installment_id"])


def downgrade() -> None:
    op.drop_table("waivers")
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was said and numbered stays so
    for name, (table, _) in CHECKS.items():
        op.drop_constraint(name, table)
    op.drop_column("installments", "demand_state")


def _may_be(table: str, column: str, words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({words})) {valid}"""
    )
