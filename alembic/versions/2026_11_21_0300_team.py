"""The team: limits of a member, and the project on whatever hangs on a booking, which policies compare."""

import sqlalchemy as sa
from alembic import op

revision = "team"
down_revision = "idempotency"

HANGING = ("booking_parties", "installments", "payments", "allocations")


def _key(table: str, name: str, columns: str, remote: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {remote} ON DELETE RESTRICT")


def _unique(table: str, columns: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT uq_{table}_{columns.replace(', ', '_')} UNIQUE ({columns})")


def upgrade() -> None:
    # all of it under the exclusive locks that installing the wall takes anyway
    op.execute(
        """-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion, disallowed-unique-constraint
        -- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid, adding-not-nullable-field, ban-drop-constraint
        SELECT 1"""
    )
    op.add_column("users", sa.Column("may_certify", sa.Boolean(), server_default="false", nullable=False))
    for name, check in (
        ("scope_is_some_projects", "cardinality(project_scope) BETWEEN 1 AND 50"),
        ("managers_see_everything", "project_scope IS NULL OR team_role NOT IN ('owner', 'admin')"),
        ("engineers_may_certify", "NOT may_certify OR team_role = 'engineer'"),
    ):
        op.create_check_constraint(op.f(f"ck_users_{name}"), "users", check, postgresql_not_valid=True)
        op.execute(f"ALTER TABLE users VALIDATE CONSTRAINT ck_users_{name}")
    op.create_index("ix_leads_assigned_to", "leads", ["assigned_to"], postgresql_where=sa.text("assigned_to IS NOT NULL"))
    op.create_index("ix_appointments_assigned_to", "appointments", ["assigned_to"], postgresql_where=sa.text("assigned_to IS NOT NULL"))

    for table in HANGING:
        op.add_column(table, sa.Column("project_id", sa.BigInteger(), nullable=True))
    for table in HANGING:
        op.execute(f"UPDATE {table} t SET project_id = b.project_id FROM bookings b WHERE b.id = t.booking_id")  # noqa: S608
        op.execute(f"ALTER TABLE {table} ALTER COLUMN project_id SET NOT NULL")
    op.drop_constraint("fk_allocations_payment", "allocations")
    op.drop_constraint("fk_payments_refund_of", "payments")
    for table in ("booking_parties", "installments", "payments", "appointments"):
        op.drop_constraint(f"fk_{table}_booking", table)
    op.drop_constraint("uq_payments_builder_id_booking_id_customer_id_id", "payments")
    op.drop_constraint("uq_bookings_builder_id_customer_id_id", "bookings")
    _unique("bookings", "builder_id, project_id, customer_id, id")
    _unique("payments", "builder_id, project_id, booking_id, customer_id, id")
    booking = "bookings (builder_id, project_id, customer_id, id)"
    payment = "payments (builder_id, project_id, booking_id, customer_id, id)"
    _key("booking_parties", "fk_booking_parties_booking", "builder_id, project_id, owner_id, booking_id", booking)
    _key("installments", "fk_installments_booking", "builder_id, project_id, customer_id, booking_id", booking)
    _key("payments", "fk_payments_booking", "builder_id, project_id, customer_id, booking_id", booking)
    _key("appointments", "fk_appointments_booking", "builder_id, project_id, customer_id, booking_id", booking)
    _key("payments", "fk_payments_refund_of", "builder_id, project_id, booking_id, customer_id, refund_of_id", payment)
    _key("allocations", "fk_allocations_payment", "builder_id, project_id, booking_id, customer_id, payment_id", payment)
    op.drop_index("ix_booking_parties_builder_id", "booking_parties")
    op.create_index("ix_booking_parties_builder_id", "booking_parties", ["builder_id", "project_id"])
    op.drop_index("ix_holds_builder_id", "holds")
    op.create_index("ix_holds_builder_id", "holds", ["builder_id", "project_id"])


def downgrade() -> None:
    op.drop_index("ix_holds_builder_id", "holds")
    op.create_index("ix_holds_builder_id", "holds", ["builder_id"])
    op.drop_index("ix_booking_parties_builder_id", "booking_parties")
    op.create_index("ix_booking_parties_builder_id", "booking_parties", ["builder_id"])
    op.drop_constraint("fk_allocations_payment", "allocations")
    op.drop_constraint("fk_payments_refund_of", "payments")
    for table in ("booking_parties", "installments", "payments", "appointments"):
        op.drop_constraint(f"fk_{table}_booking", table)
    op.drop_constraint("uq_payments_builder_id_project_id_booking_id_customer_id_id", "payments")
    op.drop_constraint("uq_bookings_builder_id_project_id_customer_id_id", "bookings")
    _unique("bookings", "builder_id, customer_id, id")
    _unique("payments", "builder_id, booking_id, customer_id, id")
    booking, payment = "bookings (builder_id, customer_id, id)", "payments (builder_id, booking_id, customer_id, id)"
    _key("booking_parties", "fk_booking_parties_booking", "builder_id, owner_id, booking_id", booking)
    _key("installments", "fk_installments_booking", "builder_id, customer_id, booking_id", booking)
    _key("payments", "fk_payments_booking", "builder_id, customer_id, booking_id", booking)
    _key("appointments", "fk_appointments_booking", "builder_id, customer_id, booking_id", booking)
    _key("payments", "fk_payments_refund_of", "builder_id, booking_id, customer_id, refund_of_id", payment)
    _key("allocations", "fk_allocations_payment", "builder_id, booking_id, customer_id, payment_id", payment)
    for table in HANGING:
        op.drop_column(table, "project_id")
    op.drop_index("ix_appointments_assigned_to", "appointments")
    op.drop_index("ix_leads_assigned_to", "leads")
    for name in ("scope_is_some_projects", "managers_see_everything", "engineers_may_certify"):
        op.drop_constraint(op.f(f"ck_users_{name}"), "users")
    op.drop_column("users", "may_certify")
