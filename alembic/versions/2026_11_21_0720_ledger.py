"""What is booked and paid is in the currency of its project, which stays what it was."""

from alembic import op

revision = "ledger"
down_revision = "gateways"

UNIQUE = ("projects", "bookings")
KEYS = (
    ("bookings", "project_id", "projects"),
    ("escrow_withdrawals", "project_id", "projects"),
    ("payments", "booking_id", "bookings"),
    ("waivers", "booking_id", "bookings"),
    ("change_requests", "booking_id", "bookings"),
)
"""Table, what it belongs to, and whose currency it has."""


def upgrade() -> None:
    for table in UNIQUE:
        name = f"uq_{table}_id_currency"
        op.create_index(name, table, ["id", "currency"], unique=True)
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")
    for table, column, other in KEYS:
        op.execute(
            f"""-- the wall's installation holds the exclusive lock anyway
            -- squawk-ignore-file constraint-missing-not-valid, adding-foreign-key-constraint, require-concurrent-index-creation
            ALTER TABLE {table} ADD CONSTRAINT fk_{table}_currency FOREIGN KEY ({column}, currency)
                REFERENCES {other} (id, currency) ON DELETE RESTRICT"""
        )


def downgrade() -> None:
    for table, _, _ in KEYS:
        op.drop_constraint(f"fk_{table}_currency", table)
    for table in UNIQUE:
        op.drop_constraint(f"uq_{table}_id_currency", table)
