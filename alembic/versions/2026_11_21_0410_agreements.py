"""Agreements: editions of what a confirmed booking comes to on paper."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "agreements"
down_revision = "invites"

KEY = ("builder_id", "project_id", "customer_id", "booking_id")
TYPES = "'hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared', 'change_request_submitted', 'change_request_reviewed', 'change_request_quoted', 'change_request_accepted', 'change_request_declined', 'change_request_rejected', 'change_request_withdrawn', 'change_request_expired', 'change_request_started', 'change_request_completed', 'appointment_booked', 'appointment_confirmed', 'appointment_rescheduled', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'appointment_assigned', 'appointment_reminder', 'progress_phase_updated', 'progress_certified', 'progress_corrected', 'update_published', 'possession_date_shifted', 'builder_verified', 'message_new', 'conversation_assigned', 'team_invited', 'role_changed'"
SUBJECTS = "'booking', 'project', 'progress', 'update', 'message', 'change_request', 'model3d'"
WORDS = (
    ("notifications", "type", TYPES, TYPES.replace("'receipt_cleared', ", "'receipt_cleared', 'agreement_generated', ")),
    ("documents", "subject", SUBJECTS, f"{SUBJECTS}, 'agreement'"),
)
"""Lists of words that grow: table, column, what it knew, what it knows from now on."""


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in KEY),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("generated_by", sa.BigInteger(), nullable=False),
        sa.Column("generated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("edition > 0", name=op.f("ck_agreements_edition_positive")),
        sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_agreements_content_hash_whole")),
        sa.ForeignKeyConstraint(
            list(KEY),
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_agreements_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "generated_by"], ["users.builder_id", "users.id"], name="fk_agreements_generated_by", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("builder_id", "booking_id", "edition", name=op.f("uq_agreements_builder_id_booking_id_edition")),
    )
    op.create_index("ix_agreements_booking_id", "agreements", ["booking_id", "edition"], unique=False)
    op.create_index("ix_agreements_customer_id", "agreements", ["customer_id"], unique=False)
    op.execute(
        """-- squawk-ignore constraint-missing-not-valid
        ALTER TABLE bookings ADD CONSTRAINT ck_bookings_agreement_is_its_own
            CHECK (agreement_url = '/api/bookings/' || id::text || '/agreement.pdf')"""
    )  # the column has been empty so far, and the wall's installation holds the exclusive lock anyway
    for table, column, _, words in WORDS:
        _may_be(table, column, words)
    op.execute(
        """-- squawk-ignore require-concurrent-index-creation
        CREATE UNIQUE INDEX uq_documents_agreement ON documents (builder_id, subject_id) WHERE subject = 'agreement'"""
    )


def downgrade() -> None:
    op.drop_index("uq_documents_agreement", table_name="documents")
    for table, column, words, _ in WORDS:
        _may_be(table, column, words, "NOT VALID")  # what was said of agreements stays said
    op.drop_constraint("ck_bookings_agreement_is_its_own", "bookings")
    op.drop_table("agreements")


def _may_be(table: str, column: str, words: str, valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN ({words})) {valid}"""
    )
