"""Units: what prices consist of and were, holds that are extended, and favourites."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "units"
down_revision = "demands"

BEFORE = (
    *("hold_created", "hold_released", "hold_expiring", "hold_expired", "booking_inquired", "booking_waitlisted"),
    *("booking_reserved", "booking_token_paid", "booking_confirmed", "booking_rejected", "booking_expired"),
    *("booking_cancelled", "demand_drafted", "demand_issued", "waiver_requested", "line_waived", "payment_due_soon"),
    *("payment_overdue", "receipt_cleared", "receipt_bounced", "receipt_refunded", "refund_requested"),
    *("refund_approved", "refund_rejected", "agreement_generated", "change_request_submitted"),
    *("change_request_reviewed", "change_request_quoted", "change_request_accepted", "change_request_declined"),
    *("change_request_rejected", "change_request_withdrawn", "change_request_expired", "change_request_started"),
    *("change_request_completed", "appointment_booked", "appointment_confirmed", "appointment_rescheduled"),
    *("appointment_cancelled", "appointment_completed", "appointment_no_show", "appointment_assigned"),
    *("appointment_reminder", "progress_phase_updated", "progress_certified", "progress_corrected"),
    *("update_published", "possession_date_shifted", "builder_verified", "message_new", "conversation_assigned"),
    *("team_invited", "role_changed", "login_new_device", "password_changed"),
)
AFTER = (
    *("hold_created", "hold_extended", "hold_released", "hold_expiring", "hold_expired", "unit_price_changed"),
    *("unit_released", "booking_inquired", "booking_waitlisted", "booking_reserved", "booking_token_paid"),
    *("booking_confirmed", "booking_rejected", "booking_expired", "booking_cancelled", "demand_drafted"),
    *("demand_issued", "waiver_requested", "line_waived", "payment_due_soon", "payment_overdue", "receipt_cleared"),
    *("receipt_bounced", "receipt_refunded", "refund_requested", "refund_approved", "refund_rejected"),
    *("agreement_generated", "change_request_submitted", "change_request_reviewed", "change_request_quoted"),
    *("change_request_accepted", "change_request_declined", "change_request_rejected", "change_request_withdrawn"),
    *("change_request_expired", "change_request_started", "change_request_completed", "appointment_booked"),
    *("appointment_confirmed", "appointment_rescheduled", "appointment_cancelled", "appointment_completed"),
    *("appointment_no_show", "appointment_assigned", "appointment_reminder", "progress_phase_updated"),
    *("progress_certified", "progress_corrected", "update_published", "possession_date_shifted", "builder_verified"),
    *("message_new", "conversation_assigned", "team_invited", "role_changed", "login_new_device", "password_changed"),
)
"""The events that there were, and that there are."""

HISTORY = """
    UPDATE units u SET price_history = (
        SELECT jsonb_agg(jsonb_build_object('at', entry -> 'until', 'by', entry -> 'by', 'old', entry -> 'price',
            'new', coalesce(u.price_history -> n::int -> 'price', to_jsonb(u.price * 0.01))) ORDER BY n)
        FROM jsonb_array_elements(u.price_history) WITH ORDINALITY AS said (entry, n))
    WHERE u.price_history <> '[]'"""
FORMER_HISTORY = """
    UPDATE units u SET price_history = (
        SELECT jsonb_agg(jsonb_build_object('until', entry -> 'at', 'by', entry -> 'by', 'price', entry -> 'old') ORDER BY n)
        FROM jsonb_array_elements(u.price_history) WITH ORDINALITY AS said (entry, n))
    WHERE u.price_history <> '[]'"""


def upgrade() -> None:
    op.add_column("holds", sa.Column("price_lines", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False))
    op.add_column("holds", sa.Column("extensions", sa.Integer(), server_default="0", nullable=False))
    op.add_column("holds", sa.Column("terms", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_holds_extensions_counted"), "holds", "extensions >= 0")
    op.create_index("ix_holds_unit_id", "holds", ["unit_id"])
    op.create_index("ix_units_project_id_price", "units", ["project_id", "price"])
    op.create_table(
        "favourites",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_favourites_customer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_favourites_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer_id", "unit_id", name=op.f("pk_favourites")),
    )
    op.create_index("ix_favourites_unit_id", "favourites", ["unit_id"])
    op.drop_column("customers", "favourites")  # nothing has ever been kept in it
    _rewrite(HISTORY)
    _may_be(AFTER)


def downgrade() -> None:
    _may_be(BEFORE, "NOT VALID")  # what was said stays said
    _rewrite(FORMER_HISTORY)
    op.add_column("customers", sa.Column("favourites", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False))
    op.drop_table("favourites")
    op.drop_index("ix_units_project_id_price", table_name="units")
    op.drop_index("ix_holds_unit_id", table_name="holds")
    for column in ("terms", "extensions", "price_lines"):
        op.drop_column("holds", column)


def _rewrite(statement: str) -> None:
    op.execute(statement)


def _may_be(words: tuple[str, ...], valid: str = "") -> None:
    """Checked against the rows at once, and indexes built, because the wall's installation holds the exclusive lock anyway."""
    op.execute(
        f"""-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint, ban-drop-column, require-concurrent-index-creation
        ALTER TABLE notifications DROP CONSTRAINT ck_notifications_type_known,
            ADD CONSTRAINT ck_notifications_type_known CHECK (type IN {words}) {valid}"""
    )
