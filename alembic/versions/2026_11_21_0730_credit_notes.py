"""Credit notes, which alone take a demand back."""

import sqlalchemy as sa
from alembic import op

revision = "credit_notes"
down_revision = "enquiries"


def upgrade() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("builder_id", "project_id", "booking_id", "customer_id")),
        sa.Column("installment_id", sa.BigInteger(), nullable=False),
        sa.Column("credit_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("demand_no", sa.Text(), nullable=False),
        sa.Column("demanded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_date", sa.Date()),
        sa.Column("again_on", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_notes_amount_positive")),
        sa.ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            ["installments.builder_id", "installments.booking_id", "installments.customer_id", "installments.id"],
            name="fk_credit_notes_installment",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_credit_notes_created_by", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_notes")),
        sa.UniqueConstraint("builder_id", "credit_no", name=op.f("uq_credit_notes_builder_id_credit_no")),
        sa.UniqueConstraint("builder_id", "demand_no", name=op.f("uq_credit_notes_builder_id_demand_no")),
    )
    for column in ("booking_id", "customer_id", "installment_id"):
        op.create_index(f"ix_credit_notes_{column}", "credit_notes", [column])


def downgrade() -> None:
    op.drop_table("credit_notes")
