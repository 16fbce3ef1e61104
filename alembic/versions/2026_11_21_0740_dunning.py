"""What buyers have been reminded of, and when nobody is to remind them."""

import sqlalchemy as sa
from alembic import op

revision = "dunning"
down_revision = "credit_notes"


def _whose(table: str) -> tuple[sa.Column[int] | sa.ForeignKeyConstraint, ...]:
    names = ("builder_id", "project_id", "customer_id", "booking_id")
    key = sa.ForeignKeyConstraint(
        names, [f"bookings.{name}" for name in (*names[:3], "id")], name=f"fk_{table}_booking", ondelete="RESTRICT"
    )
    return (*(sa.Column(name, sa.BigInteger(), nullable=False) for name in names), key)


def _times() -> tuple[sa.Column[object], ...]:
    now = sa.text("now()")
    return tuple(sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False) for name in ("created_at", "updated_at"))


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_whose("reminders"),
        sa.Column("installment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        *_times(),
        sa.CheckConstraint("kind IN ('due_soon', 'overdue')", name=op.f("ck_reminders_kind_known")),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name=op.f("ck_reminders_days_within_a_year")),
        sa.ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            ["installments.builder_id", "installments.booking_id", "installments.customer_id", "installments.id"],
            name="fk_reminders_installment",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("installment_id", "kind", "days", name=op.f("uq_reminders_installment_id_kind_days")),
    )
    op.create_index("ix_reminders_booking_id", "reminders", ["booking_id", "created_at"])
    op.create_index("ix_reminders_builder_id", "reminders", ["builder_id"])
    op.create_table(
        "dunning_pauses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_whose("dunning_pauses"),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.BigInteger()),
        *_times(),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_dunning_pauses_lifted_by_somebody")),
        sa.ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_dunning_pauses_created_by", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["lifted_by"], ["users.id"], name=op.f("fk_dunning_pauses_lifted_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_pauses")),
    )
    op.create_index(
        "uq_dunning_pauses_booking", "dunning_pauses", ["booking_id"], unique=True, postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.create_index("ix_dunning_pauses_builder_id", "dunning_pauses", ["builder_id"])


def downgrade() -> None:
    op.drop_table("dunning_pauses")
    op.drop_table("reminders")
