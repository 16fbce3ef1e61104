"""Progress: phases of the work and news from the site, and the events that tell of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "progress"
down_revision = "team"

EVENTS = (
    *("hold_created", "hold_released", "hold_expired", "booking_inquired", "booking_waitlisted", "booking_reserved", "booking_token_paid"),
    *("booking_confirmed", "booking_rejected", "booking_expired", "booking_cancelled", "demand_issued", "receipt_cleared"),
    *("appointment_booked", "appointment_confirmed", "appointment_rescheduled", "appointment_cancelled", "appointment_completed"),
    *("appointment_no_show", "appointment_assigned", "appointment_reminder"),
)
SUBJECTS = ("user", "builder", "project", "unit", "hold", "booking", "installment", "payment", "appointment")
BEFORE = {
    ("notifications", "type"): EVENTS,
    ("notifications", "category"): ("booking", "payment", "appointment", "system"),
    ("notifications", "related_entity_type"): SUBJECTS,
    ("audit_events", "entity_type"): SUBJECTS,
}
AFTER = {
    ("notifications", "type"): (
        *EVENTS,
        *("progress_phase_updated", "progress_certified", "progress_corrected", "update_published", "possession_date_shifted"),
    ),
    ("notifications", "category"): ("booking", "payment", "appointment", "progress", "system"),
    ("notifications", "related_entity_type"): (*SUBJECTS, "progress", "update"),
    ("audit_events", "entity_type"): (*SUBJECTS, "progress", "update"),
}


def upgrade() -> None:
    op.create_table(
        "project_progress",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("tower", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("phase_key", sa.Text(), nullable=False),
        sa.Column("phase_name", sa.Text(), nullable=False),
        sa.Column("phase_description", sa.Text(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), server_default="0", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("expected_end_date", sa.Date(), nullable=True),
        sa.Column("actual_end_date", sa.Date(), nullable=True),
        sa.Column("progress_percentage", sa.Numeric(precision=5, scale=2), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="not_started", nullable=False),
        sa.Column("milestone_images", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("contractor_notes", sa.Text(), nullable=True),
        sa.Column("customer_visible", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("certified_percentage", sa.Numeric(precision=5, scale=2), server_default="0", nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certified_by", sa.BigInteger(), nullable=True),
        sa.Column("history", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(status = 'completed') = (progress_percentage = 100)", name=op.f("ck_project_progress_completed_is_all")),
        sa.CheckConstraint("status <> 'not_started' OR progress_percentage = 0", name=op.f("ck_project_progress_not_started_is_nothing")),
        sa.CheckConstraint(
            "status IN ('not_started', 'in_progress', 'completed', 'delayed', 'on_hold')", name=op.f("ck_project_progress_status_known")
        ),
        sa.CheckConstraint("(certified_percentage > 0) = (certified_at IS NOT NULL)", name=op.f("ck_project_progress_certified_at_a_time")),
        sa.CheckConstraint(
            "certified_percentage BETWEEN 0 AND progress_percentage", name=op.f("ck_project_progress_certified_within_progress")
        ),
        sa.CheckConstraint("progress_percentage BETWEEN 0 AND 100", name=op.f("ck_project_progress_progress_is_percent")),
        sa.CheckConstraint("tower IS NULL OR unit_id IS NULL", name=op.f("ck_project_progress_one_scope")),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name=op.f("ck_project_progress_weight_is_percent")),
        sa.ForeignKeyConstraint(
            ["builder_id", "certified_by"], ["users.builder_id", "users.id"], name="fk_project_progress_certified_by", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_project_progress_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_project_progress_unit",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_progress")),
        sa.UniqueConstraint("builder_id", "project_id", "id", name=op.f("uq_project_progress_builder_id_project_id_id")),
        sa.UniqueConstraint(
            "project_id", "tower", "unit_id", "phase_key", name="uq_project_progress_phase", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("ix_project_progress_builder_id", "project_progress", ["builder_id"])
    op.create_index("ix_project_progress_unit_id", "project_progress", ["unit_id"])
    op.create_table(
        "construction_updates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("project_is_published", sa.Boolean(), nullable=False),
        sa.Column("progress_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("update_title", sa.Text(), nullable=False),
        sa.Column("update_content", sa.Text(), nullable=False),
        sa.Column("update_type", sa.Text(), server_default="general", nullable=False),
        sa.Column("priority", sa.Text(), server_default="medium", nullable=False),
        sa.Column("audience", sa.Text(), server_default="public", nullable=False),
        sa.Column("images", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("videos", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("weather_impact", sa.Text(), nullable=True),
        sa.Column("estimated_delay_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("posted_by", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "is_published", sa.Boolean(), sa.Computed("published_at IS NOT NULL AND retracted_at IS NULL", persisted=True), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("audience IN ('public', 'booked', 'internal')", name=op.f("ck_construction_updates_audience_known")),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name=op.f("ck_construction_updates_priority_known")),
        sa.CheckConstraint(
            "update_type IN ('milestone', 'delay', 'general', 'safety', 'quality', 'inspection')",
            name=op.f("ck_construction_updates_update_type_known"),
        ),
        sa.CheckConstraint("(published_at IS NULL) = (seq IS NULL)", name=op.f("ck_construction_updates_numbered_when_published")),
        sa.CheckConstraint("estimated_delay_days >= 0", name=op.f("ck_construction_updates_delay_not_negative")),
        sa.CheckConstraint(
            "retracted_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_construction_updates_retracted_after_published")
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "posted_by"], ["users.builder_id", "users.id"], name="fk_construction_updates_posted_by", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "progress_id"],
            ["project_progress.builder_id", "project_progress.project_id", "project_progress.id"],
            name="fk_construction_updates_progress",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "project_is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_construction_updates_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_construction_updates")),
        sa.UniqueConstraint("project_id", "seq", name=op.f("uq_construction_updates_project_id_seq")),
    )
    op.create_index("ix_construction_updates_builder_id", "construction_updates", ["builder_id"])
    op.create_index("ix_construction_updates_progress_id", "construction_updates", ["progress_id"])
    for table, column in BEFORE:
        _know(table, column, AFTER[table, column])


def downgrade() -> None:
    for (table, column), words in BEFORE.items():
        _know(table, column, words, " NOT VALID")  # rows that tell of progress may stay
    op.drop_table("construction_updates")
    op.drop_table("project_progress")


def _know(table: str, column: str, words: tuple[str, ...], how: str = "") -> None:
    """The words that a column may have. Checked under the exclusive lock that installing the wall takes anyway."""
    listed = ", ".join(f"'{word}'" for word in words)
    name = f"ck_{table}_{column}_known"
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(
        f"-- squawk-ignore constraint-missing-not-valid\nALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})){how}"
    )
