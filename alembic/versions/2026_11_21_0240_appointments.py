"""Appointments, and the addresses of calendars."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "appointments"
down_revision = "settings"

WORDS = (
    (
        "notifications",
        "type",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared'",
        "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder'",
    ),
    ("notifications", "category", "'booking', 'payment', 'system'", "'booking', 'payment', 'appointment', 'system'"),
    (
        "notifications",
        "related_entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment'",
    ),
    (
        "audit_events",
        "entity_type",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment'",
        "'user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment', 'appointment'",
    ),
)
"""Lists of words that grow: table, column, what it knew, what it knows from now on."""


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_to", sa.BigInteger(), nullable=True),
        sa.Column("host_name", sa.Text(), nullable=True),
        sa.Column("is_group", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("seats", sa.Integer(), server_default="1", nullable=False),
        sa.Column("appointment_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("busy_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_location", sa.Text(), nullable=False),
        sa.Column("meeting_url", sa.Text(), nullable=True),
        sa.Column("attendees", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("agenda", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("internal_notes", sa.Text(), nullable=True),
        sa.Column("reschedule_reason", sa.Text(), nullable=True),
        sa.Column("rescheduled_from_id", sa.BigInteger(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("ical_uid", sa.Text(), server_default=sa.text("gen_random_uuid()::text"), nullable=False),
        sa.Column("ical_sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(assigned_to, assigned_to, '[]')"), "&&"),
            (sa.text("tstzrange(busy_from, busy_until)"), "&&"),
            where=sa.text("assigned_to IS NOT NULL AND NOT is_group AND status IN ('scheduled', 'confirmed', 'checked_in')"),
            using="gist",
            name="ex_appointments_host",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(customer_id, customer_id, '[]')"), "&&"),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("status IN ('scheduled', 'confirmed', 'checked_in')"),
            using="gist",
            name="ex_appointments_customer",
        ),
        sa.CheckConstraint(
            "appointment_type IN ('site_visit', 'virtual_tour', 'consultation', 'documentation', 'design_review', 'progress_update', 'inspection', 'handover')",
            name=op.f("ck_appointments_appointment_type_known"),
        ),
        sa.CheckConstraint(
            "meeting_location IN ('site', 'office', 'online', 'customer')", name=op.f("ck_appointments_meeting_location_known")
        ),
        sa.CheckConstraint(
            "outcome IN ('interested', 'follow_up', 'not_interested', 'booked', 'done')", name=op.f("ck_appointments_outcome_known")
        ),
        sa.CheckConstraint("outcome IS NULL OR status = 'completed'", name=op.f("ck_appointments_outcome_when_completed")),
        sa.CheckConstraint(
            "rating IS NULL OR rating BETWEEN 1 AND 5 AND status = 'completed'", name=op.f("ck_appointments_rated_when_completed")
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'scheduled', 'confirmed', 'checked_in', 'completed', 'no_show', 'cancelled', 'rescheduled')",
            name=op.f("ck_appointments_status_known"),
        ),
        sa.CheckConstraint("busy_from <= starts_at AND busy_until >= ends_at", name=op.f("ck_appointments_busy_meanwhile")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointments_ends_after_start")),
        sa.CheckConstraint("seats BETWEEN 1 AND 100", name=op.f("ck_appointments_seats_for_somebody")),
        sa.ForeignKeyConstraint(
            ["builder_id", "assigned_to"], ["users.builder_id", "users.id"], name="fk_appointments_assigned_to", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.customer_id", "bookings.id"],
            name="fk_appointments_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "customer_id", "rescheduled_from_id"],
            ["appointments.builder_id", "appointments.customer_id", "appointments.id"],
            name="fk_appointments_rescheduled_from",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_appointments_unit",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_appointments_project", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_appointments_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_appointments_created_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_appointments_customer_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("builder_id", "customer_id", "id", name=op.f("uq_appointments_builder_id_customer_id_id")),
    )
    op.create_index(
        "ix_appointments_ahead",
        "appointments",
        ["starts_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('scheduled', 'confirmed')"),
    )
    op.create_index(
        "ix_appointments_booking_id", "appointments", ["booking_id"], unique=False, postgresql_where=sa.text("booking_id IS NOT NULL")
    )
    op.create_index(
        "ix_appointments_builder_id",
        "appointments",
        ["builder_id", sa.literal_column("starts_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_appointments_customer_id",
        "appointments",
        ["customer_id", sa.literal_column("starts_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_appointments_project_id",
        "appointments",
        ["project_id", sa.literal_column("starts_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_appointments_unit_id", "appointments", ["unit_id"], unique=False, postgresql_where=sa.text("unit_id IS NOT NULL"))
    op.create_index("uq_appointments_rescheduled_from_id", "appointments", ["rescheduled_from_id"], unique=True)
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    for table, column, _, words in WORDS:
        _may_be(table, column, words)


def downgrade() -> None:
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was said of appointments stays said
    op.drop_table("calendar_feeds")
    op.drop_table("appointments")


def _may_be(table: str, column: str, words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({words})) {valid}"""
    )
