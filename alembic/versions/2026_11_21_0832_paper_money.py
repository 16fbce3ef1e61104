"""When a refund was agreed to, and which payments stand on paper alone. Of those from before: a refund was agreed to after it was asked for;
what was carried along came in the very transaction that made its booking, and went back in it."""

import sqlalchemy as sa
from alembic import op

revision = "paper_money"
down_revision = "terms"

CARRIED = """
UPDATE payments SET is_carried = true
FROM bookings AS next
WHERE payments.created_at = next.created_at AND (
    payments.booking_id = next.id AND num_nonnulls(next.transferred_from_id, next.swapped_from_id) > 0 AND payments.kind = 'receipt'
    OR payments.booking_id IN (next.transferred_from_id, next.swapped_from_id) AND payments.kind = 'refund')"""


def upgrade() -> None:
    op.add_column("payments", sa.Column("approved_at", sa.DateTime(timezone=True)))
    op.add_column("payments", sa.Column("is_carried", sa.Boolean(), server_default="false", nullable=False))
    op.execute("UPDATE payments SET approved_at = created_at WHERE approved_by IS NOT NULL")
    op.execute(CARRIED)
    op.execute(
        """-- squawk-ignore-file constraint-missing-not-valid
        ALTER TABLE payments ADD CONSTRAINT ck_payments_approved_at_a_time CHECK ((approved_by IS NULL) = (approved_at IS NULL))"""
    )


def downgrade() -> None:
    op.execute("ALTER TABLE payments DROP CONSTRAINT ck_payments_approved_at_a_time")
    op.drop_column("payments", "is_carried")
    op.drop_column("payments", "approved_at")
