"""Refunds: how much of a receipt is on its way back, and that nobody approves what they have asked for."""

import sqlalchemy as sa
from alembic import op

revision = "refunds"
down_revision = "jobs"

STATES = "'pending', 'clearance_pending', 'completed', 'failed', 'cancelled', 'bounced', 'partially_refunded', 'refunded'"
TYPES = "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'agreement_generated', 'change_request_submitted', 'change_request_reviewed', 'change_request_quoted', 'change_request_accepted', 'change_request_declined', 'change_request_rejected', 'change_request_withdrawn', 'change_request_expired', 'change_request_started', 'change_request_completed', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned', 'team_invited', 'role_changed'"
TOLD = "'receipt_bounced', 'receipt_refunded', 'refund_requested', 'refund_approved', 'refund_rejected'"
WORDS = (
    ("payments", "status", STATES, f"{STATES}, 'approved', 'rejected'"),
    ("notifications", "type", TYPES, TYPES.replace("'receipt_cleared', ", f"'receipt_cleared', {TOLD}, ")),
)
"""Lists of words that grow: table, column, what it knew, what it knows from now on."""
CHECKS = {
    "allocated_within_amount": "allocated >= 0 AND allocated + refunded <= amount",
    "going_back_within_amount": "refunded >= 0 AND refunded <= going_back AND going_back <= amount",
    "refund_of_a_receipt": "(kind = 'refund') = (refund_of_id IS NOT NULL)",
    "maker_is_not_checker": "kind <> 'refund' OR approved_by IS NULL OR approved_by <> created_by",
    "status_says_what_has_gone_back": """
        CASE kind WHEN 'refund' THEN status IN ('pending', 'rejected') OR status IN ('approved', 'completed') AND approved_by IS NOT NULL
        ELSE status NOT IN ('approved', 'rejected') AND (status = 'refunded') = (refunded = amount)
            AND (status = 'partially_refunded') = (refunded > 0 AND refunded < amount) END""",
}
CLAIMED = """
    UPDATE payments r SET going_back = f.claimed FROM (
        SELECT refund_of_id, sum(amount) AS claimed FROM payments WHERE kind = 'refund' GROUP BY 1
    ) AS f WHERE r.id = f.refund_of_id"""


def upgrade() -> None:
    for name in ("going_back", "refunded"):
        op.add_column("payments", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("payments", sa.Column("reason", sa.Text()))
    op.add_column("payments", sa.Column("cleared_at", sa.DateTime(timezone=True)))
    op.execute(CLAIMED)  # refunds have only been queued so far, none has been paid
    for table, column, _, words in WORDS:
        _may_be(table, column, words)
    op.execute(
        """-- squawk-ignore ban-drop-constraint
        ALTER TABLE payments DROP CONSTRAINT ck_payments_allocated_within_amount"""  # a stricter one follows
    )
    for name, condition in CHECKS.items():
        op.execute(
            f"""-- squawk-ignore constraint-missing-not-valid
            ALTER TABLE payments ADD CONSTRAINT ck_payments_{name} CHECK ({condition})"""
        )
    op.execute(
        """-- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_payments_refund_of_id ON payments (refund_of_id) WHERE refund_of_id IS NOT NULL"""
    )


def downgrade() -> None:
    op.drop_index("ix_payments_refund_of_id", table_name="payments")
    for name in reversed(CHECKS):
        op.drop_constraint(f"ck_payments_{name}", "payments")
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was said of refunds stays said
    op.execute("ALTER TABLE payments ADD CONSTRAINT ck_payments_allocated_within_amount CHECK (allocated BETWEEN 0 AND amount)")
    for name in ("cleared_at", "reason", "refunded", "going_back"):
        op.drop_column("payments", name)


def _may_be(table: str, column: str, words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({words})) {valid}"""
    )
