"""What the clock says: a hold about to end, a payment coming up, a payment overdue."""

from alembic import op

revision = "notices"
down_revision = "refunds"

NAME = "ck_notifications_type_known"
BEFORE = "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'receipt_bounced', 'receipt_refunded', 'refund_requested', 'refund_approved', 'refund_rejected', 'agreement_generated', 'change_request_submitted', 'change_request_reviewed', 'change_request_quoted', 'change_request_accepted', 'change_request_declined', 'change_request_rejected', 'change_request_withdrawn', 'change_request_expired', 'change_request_started', 'change_request_completed', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned', 'team_invited', 'role_changed'"
TYPES = "'hold_created', 'hold_released', 'hold_expiring', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'payment_due_soon', 'payment_overdue', 'receipt_cleared', 'receipt_bounced', 'receipt_refunded', 'refund_requested', 'refund_approved', 'refund_rejected', 'agreement_generated', 'change_request_submitted', 'change_request_reviewed', 'change_request_quoted', 'change_request_accepted', 'change_request_declined', 'change_request_rejected', 'change_request_withdrawn', 'change_request_expired', 'change_request_started', 'change_request_completed', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned', 'team_invited', 'role_changed'"


def upgrade() -> None:
    _may_be(TYPES)
    op.execute(
        """-- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_installments_due_date ON installments (due_date) WHERE status IN ('scheduled', 'demanded', 'partially_paid')"""
    )  # the wall's installation holds the exclusive lock anyway


def downgrade() -> None:
    op.drop_index("ix_installments_due_date", table_name="installments")
    _may_be(BEFORE, "NOT VALID")  # what was said of them stays said


def _may_be(words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE notifications DROP CONSTRAINT {NAME}, ADD CONSTRAINT {NAME} CHECK (type IN ({words})) {valid}"""
    )
