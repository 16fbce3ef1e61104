"""A reference is the same however it is written, and a tax certificate counts once. Whatever was recorded twice keeps both, told apart by number."""

from alembic import op

revision = "receipts"
down_revision = "plan_amendments"

COUNTS = "transaction_id IS NOT NULL AND kind IN ('receipt', 'tds_credit') AND status NOT IN ('failed', 'cancelled', 'bounced')"
AGAIN = f"""
    WITH known AS (
        SELECT id, row_number() OVER (PARTITION BY builder_id, payment_method, lower(btrim(transaction_id)) ORDER BY id) AS nth
        FROM payments WHERE {COUNTS}
    )
    UPDATE payments AS p SET transaction_id = p.transaction_id || ' #' || p.id FROM known WHERE known.id = p.id AND known.nth > 1
"""  # noqa: S608
BEFORE = "transaction_id IS NOT NULL AND kind = 'receipt' AND status NOT IN ('failed', 'cancelled', 'bounced')"


def upgrade() -> None:
    op.execute("ALTER TABLE payments DISABLE TRIGGER USER")  # which let nobody change what was written down
    op.execute(AGAIN)
    op.execute("ALTER TABLE payments ENABLE TRIGGER USER")
    _index("lower(btrim(transaction_id))", COUNTS)


def downgrade() -> None:
    _index("transaction_id", BEFORE)


def _index(reference: str, counts: str) -> None:
    op.execute(
        f"""-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
        DROP INDEX uq_payments_transaction_id;
        CREATE UNIQUE INDEX uq_payments_transaction_id ON payments (builder_id, payment_method, ({reference})) WHERE {counts}"""
    )
