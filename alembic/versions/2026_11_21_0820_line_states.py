"""What a line says of itself follows from what is paid of it: also when its amount changes."""

from alembic import op

revision = "line_states"
down_revision = "signatures"

SAYS = "CASE WHEN allocated = 0 THEN 'demanded' WHEN allocated = amount THEN 'paid' ELSE 'partially_paid' END"
FOLLOWS = """CASE status WHEN 'paid' THEN allocated = amount AND amount > 0 WHEN 'partially_paid' THEN allocated > 0 AND allocated < amount
            ELSE allocated = 0 OR status IN ('waived', 'cancelled') END"""


def upgrade() -> None:
    op.execute(f"UPDATE installments SET status = {SAYS} WHERE status IN ('demanded', 'partially_paid', 'paid') AND status <> {SAYS}")  # noqa: S608
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid
        ALTER TABLE installments ADD CONSTRAINT ck_installments_status_follows_money CHECK ({FOLLOWS})"""
    )


def downgrade() -> None:
    op.drop_constraint("ck_installments_status_follows_money", "installments")
