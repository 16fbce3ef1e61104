"""Interest that is charged and credited, once; when a line was let go of, and when a payment bounced."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "interest"
down_revision = "escrow"

EVENTS = (
    *("hold_created", "hold_extended", "hold_released", "hold_expiring"),
    *("hold_expired", "unit_price_changed", "unit_released", "booking_inquired"),
    *("booking_waitlisted", "booking_reserved", "booking_token_paid", "booking_confirmed"),
    *("booking_rejected", "booking_expired", "booking_cancelled", "booking_offered"),
    *("booking_offer_missed", "booking_signed", "booking_registered", "booking_possession_offered"),
    *("booking_handed_over", "booking_joined", "booking_left", "booking_transferred"),
    *("booking_swapped", "booking_default_notice", "cancellation_requested", "cancellation_withdrawn"),
    *("cancellation_settled", "transfer_requested", "discount_requested", "discount_decided"),
    *("kyc_doc_rejected", "snag_reported", "snag_answered", "demand_drafted"),
    *("demand_issued", "demand_credited", "waiver_requested", "line_waived"),
    *("payment_due_soon", "payment_overdue", "payment_at_risk", "receipt_cleared"),
    *("interest_credited", "receipt_bounced", "receipt_refunded", "refund_requested"),
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
WORDS = (  # table, column, all of them, those that are new
    ("notifications", "type", EVENTS, ("demand_credited", "payment_at_risk", "interest_credited")),
    ("number_counters", "series", ["receipt", "demand", "credit", "credit_note"], ("credit_note",)),
    ("payments", "kind", ["receipt", "refund", "tds_credit", "interest_credit"], ("interest_credit",)),
    (
        "payments",
        "payment_method",
        ["cash", "cheque", "bank_transfer", "online", "loan", "upi", "card", "demand_draft", "tds", "set_off"],
        ("set_off",),
    ),
)
CHECKS = {
    "interest_of_a_line": (
        "installments",
        "num_nonnulls(interest_of_id, interest_no, interest_until) IN (0, 3) AND (interest_of_id IS NULL OR kind = 'interest')",
    ),
    "waived_at_a_time": ("installments", "(status = 'waived') = (waived_at IS NOT NULL)"),
    "bounced_at_a_time": ("payments", "(status = 'bounced') = (bounced_at IS NOT NULL)"),
    "interest_is_numbered": ("payments", "(kind = 'interest_credit') = (interest_no IS NOT NULL)"),
    "interest_is_set_off": ("payments", "(kind = 'interest_credit') = (payment_method = 'set_off')"),
}
KEYS = (
    ("uq_installments_interest_of_id_interest_no", "installments", "UNIQUE (interest_of_id, interest_no)"),
    ("uq_payments_booking_id_interest_no", "payments", "UNIQUE (booking_id, interest_no)"),
    (
        "fk_installments_interest_of",
        "installments",
        """FOREIGN KEY (builder_id, booking_id, customer_id, interest_of_id)
            REFERENCES installments (builder_id, booking_id, customer_id, id) ON DELETE RESTRICT""",
    ),
)


def upgrade() -> None:
    for table, moment in (("installments", "waived_at"), ("payments", "bounced_at")):
        op.add_column(table, sa.Column(moment, sa.DateTime(timezone=True)))
        op.add_column(table, sa.Column("interest_no", sa.Integer()))
    op.execute("UPDATE installments SET waived_at = updated_at WHERE status = 'waived'")
    op.execute("UPDATE payments SET bounced_at = updated_at WHERE status = 'bounced'")
    op.add_column("installments", sa.Column("interest_of_id", sa.BigInteger()))
    op.add_column("installments", sa.Column("interest_until", sa.Date()))
    for name, table, key in KEYS:
        op.execute(
            f"""-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid, disallowed-unique-constraint
            ALTER TABLE {table} ADD CONSTRAINT {name} {key}"""
        )
    for table, column, words, _ in WORDS:
        _may_be(table, column, words)
    for name, (table, condition) in CHECKS.items():
        op.execute(
            f"""-- squawk-ignore constraint-missing-not-valid
            ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})"""
        )


def downgrade() -> None:
    for name, (table, _) in CHECKS.items():
        op.drop_constraint(f"ck_{table}_{name}", table)
    for table, column, words, new in WORDS:
        _may_be(table, column, [word for word in words if word not in new], "NOT VALID")  # what was said and numbered stays so
    for name, table, _ in KEYS:
        op.drop_constraint(name, table)
    for column in ("interest_until", "interest_of_id", "interest_no", "waived_at"):
        op.drop_column("installments", column)
    for column in ("interest_no", "bounced_at"):
        op.drop_column("payments", column)


def _may_be(table: str, column: str, words: Sequence[str], valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name, known = f"ck_{table}_{column}_known", ", ".join(f"'{word}'" for word in words)
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({known})) {valid}"""
    )
