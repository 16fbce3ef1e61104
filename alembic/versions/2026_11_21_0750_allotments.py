"""Letters of allotment, as they were on the day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "allotments"
down_revision = "second_thoughts"

KEY = ("builder_id", "project_id", "customer_id", "booking_id")


def upgrade() -> None:
    op.create_table(
        "allotments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in KEY),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_allotments_content_hash_whole")),
        sa.ForeignKeyConstraint(
            list(KEY),
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_allotments_booking",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotments")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_allotments_booking_id")),
    )
    op.create_index("ix_allotments_builder_id", "allotments", ["builder_id", "project_id"], unique=False)
    op.create_index("ix_allotments_customer_id", "allotments", ["customer_id"], unique=False)


def downgrade() -> None:
    op.drop_table("allotments")
