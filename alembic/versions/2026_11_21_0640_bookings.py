"""Bookings to their end: every step written down, signatures, snags, codes for co-applicants, offers to those who wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "bookings"
down_revision = "units"

EVENTS = (
    *(
        "hold_created",
        "hold_extended",
        "hold_released",
        "hold_expiring",
        "hold_expired",
        "unit_price_changed",
        "unit_released",
        "booking_inquired",
    ),
    *(
        "booking_waitlisted",
        "booking_reserved",
        "booking_token_paid",
        "booking_confirmed",
        "booking_rejected",
        "booking_expired",
        "booking_cancelled",
        "booking_offered",
    ),
    *(
        "booking_offer_missed",
        "booking_signed",
        "booking_registered",
        "booking_possession_offered",
        "booking_handed_over",
        "booking_joined",
        "booking_left",
        "booking_transferred",
    ),
    *(
        "booking_swapped",
        "booking_default_notice",
        "cancellation_requested",
        "cancellation_withdrawn",
        "cancellation_settled",
        "transfer_requested",
        "discount_requested",
        "discount_decided",
    ),
    *(
        "kyc_doc_rejected",
        "snag_reported",
        "snag_answered",
        "demand_drafted",
        "demand_issued",
        "waiver_requested",
        "line_waived",
        "payment_due_soon",
    ),
    *(
        "payment_overdue",
        "receipt_cleared",
        "receipt_bounced",
        "receipt_refunded",
        "refund_requested",
        "refund_approved",
        "refund_rejected",
        "agreement_generated",
    ),
    *(
        "change_request_submitted",
        "change_request_reviewed",
        "change_request_quoted",
        "change_request_accepted",
        "change_request_declined",
        "change_request_rejected",
        "change_request_withdrawn",
        "change_request_expired",
    ),
    *(
        "change_request_started",
        "change_request_completed",
        "appointment_booked",
        "appointment_confirmed",
        "appointment_rescheduled",
        "appointment_cancelled",
        "appointment_completed",
        "appointment_no_show",
    ),
    *(
        "appointment_assigned",
        "appointment_reminder",
        "progress_phase_updated",
        "progress_certified",
        "progress_corrected",
        "update_published",
        "possession_date_shifted",
        "builder_verified",
    ),
    *(
        "message_new",
        "conversation_assigned",
        "team_invited",
        "role_changed",
        "login_new_device",
        "password_changed",
    ),
)
SUBJECTS = (
    *(
        "user",
        "builder",
        "project",
        "unit",
        "hold",
        "booking",
        "installment",
        "payment",
    ),
    *(
        "appointment",
        "progress",
        "update",
        "setting",
        "message",
        "change_request",
        "invite",
        "lead",
    ),
    *("snag",),
)
KINDS = (
    *(
        "agreement",
        "allotment_letter",
        "identity",
        "income",
        "payment_proof",
        "receipt",
        "approval",
        "occupancy_certificate",
    ),
    *(
        "brochure",
        "floor_plan",
        "photo",
        "model",
        "attachment",
        "other",
    ),
)
NEW_EVENTS = (
    *(
        "booking_offered",
        "booking_offer_missed",
        "booking_signed",
        "booking_registered",
        "booking_possession_offered",
        "booking_handed_over",
        "booking_joined",
        "booking_left",
    ),
    *(
        "booking_transferred",
        "booking_swapped",
        "booking_default_notice",
        "cancellation_requested",
        "cancellation_withdrawn",
        "cancellation_settled",
        "transfer_requested",
        "discount_requested",
    ),
    *(
        "discount_decided",
        "kyc_doc_rejected",
        "snag_reported",
        "snag_answered",
    ),
)
WORDS = (  # table, column, all of them, those that are new
    ("notifications", "type", EVENTS, NEW_EVENTS),
    ("notifications", "related_entity_type", SUBJECTS, ("snag",)),
    ("audit_events", "entity_type", SUBJECTS, ("snag",)),
    ("documents", "kind", KINDS, ("occupancy_certificate",)),
)
LINEAGE = (
    ("fk_bookings_transferred_from", "(builder_id, transferred_from_id) REFERENCES bookings (builder_id, id)"),
    ("fk_bookings_swapped_from", "(builder_id, swapped_from_id) REFERENCES bookings (builder_id, id)"),
    ("fk_bookings_transfer_to_id", "(transfer_to_id) REFERENCES customers (id)"),
)


def _may_be(table: str, column: str, words: tuple[str, ...], valid: str = "") -> None:
    """Checked against the rows at once: the wall's installation holds the exclusive lock anyway."""
    name = f"ck_{table}_{column}_known"
    op.execute(
        f"""-- squawk-ignore constraint-missing-not-valid, ban-drop-constraint
        ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({column} IN {words}) {valid}"""
    )


def upgrade() -> None:
    op.create_table(
        "booking_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "by_role IN ('visitor', 'customer', 'builder', 'admin', 'worker', 'doorman')", name=op.f("ck_booking_moves_by_role_known")
        ),
        sa.CheckConstraint(
            "from_status IN ('inquiry', 'site_visit_scheduled', 'waitlisted', 'reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered', 'possession_offered', 'handed_over', 'cancellation_requested', 'cancelled', 'rejected', 'expired', 'transferred', 'swapped')",
            name=op.f("ck_booking_moves_from_status_known"),
        ),
        sa.CheckConstraint(
            "to_status IN ('inquiry', 'site_visit_scheduled', 'waitlisted', 'reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered', 'possession_offered', 'handed_over', 'cancellation_requested', 'cancelled', 'rejected', 'expired', 'transferred', 'swapped')",
            name=op.f("ck_booking_moves_to_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_booking_moves_booking",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_moves")),
    )
    op.create_index("ix_booking_moves_booking_id", "booking_moves", ["booking_id", "id"], unique=False)
    op.create_index("ix_booking_moves_builder_id", "booking_moves", ["builder_id", "project_id"], unique=False)
    op.create_index("ix_booking_moves_customer_id", "booking_moves", ["customer_id"], unique=False)
    op.create_table(
        "party_invites",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), server_default=sa.text("now() + interval '7 days'"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'co_applicant') = (share IS NOT NULL)", name=op.f("ck_party_invites_co_applicants_share")),
        sa.CheckConstraint("kind IN ('co_applicant', 'transferee')", name=op.f("ck_party_invites_kind_known")),
        sa.CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name=op.f("ck_party_invites_used_by_somebody")),
        sa.CheckConstraint("share BETWEEN 1 AND 999999", name=op.f("ck_party_invites_share_is_a_part")),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_party_invites_used_or_revoked")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_party_invites_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["used_by"], ["customers.id"], name=op.f("fk_party_invites_used_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_invites")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_party_invites_code_hash")),
    )
    op.create_index("ix_party_invites_booking_id", "party_invites", ["booking_id"], unique=False)
    op.create_index("ix_party_invites_builder_id", "party_invites", ["builder_id", "project_id"], unique=False)
    op.create_index("ix_party_invites_customer_id", "party_invites", ["customer_id"], unique=False)
    op.create_table(
        "snags",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("reported_by", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_blocking", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('open', 'mended', 'dismissed')", name=op.f("ck_snags_status_known")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_snags_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["reported_by"], ["users.id"], name=op.f("fk_snags_reported_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snags")),
    )
    op.create_index("ix_snags_booking_id", "snags", ["booking_id", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_snags_builder_id", "snags", ["builder_id", "project_id"], unique=False)
    op.create_index("ix_snags_customer_id", "snags", ["customer_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_signatures_content_hash_whole")),
        sa.CheckConstraint("num_nonnulls(customer_id, member_id) = 1", name=op.f("ck_signatures_one_signs")),
        sa.ForeignKeyConstraint(
            ["booking_id", "customer_id"],
            ["booking_parties.booking_id", "booking_parties.customer_id"],
            name="fk_signatures_party",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "member_id"], ["users.builder_id", "users.id"], name="fk_signatures_member", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "owner_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_signatures_booking",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "booking_id",
            "customer_id",
            "content_hash",
            name=op.f("uq_signatures_booking_id_customer_id_content_hash"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_signatures_builder_id", "signatures", ["builder_id", "project_id"], unique=False)
    op.create_index("ix_signatures_customer_id", "signatures", ["customer_id"], unique=False)
    op.add_column("bookings", sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("allotment_no", sa.Text(), nullable=True))
    op.add_column("bookings", sa.Column("agreement_hash", sa.Text(), nullable=True))
    op.add_column("bookings", sa.Column("registration_no", sa.Text(), nullable=True))
    op.add_column("bookings", sa.Column("possession_offered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("handover_checklist", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False))
    op.add_column("bookings", sa.Column("discount_request", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("bookings", sa.Column("default_notice_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("transfer_to_id", sa.BigInteger(), nullable=True))
    op.add_column("bookings", sa.Column("transferred_from_id", sa.BigInteger(), nullable=True))
    op.add_column("bookings", sa.Column("swapped_from_id", sa.BigInteger(), nullable=True))
    op.add_column("holds", sa.Column("booking_id", sa.BigInteger(), nullable=True))
    # the new columns are empty so far, and the wall's installation holds the exclusive lock anyway
    for name, columns in (
        ("uq_bookings_builder_id_allotment_no", "builder_id, allotment_no"),
        ("uq_bookings_builder_id_id", "builder_id, id"),
    ):
        op.execute(f"""-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
            ALTER TABLE bookings ADD CONSTRAINT {name} UNIQUE ({columns})""")
    for name, key in LINEAGE:
        op.execute(f"""-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
            ALTER TABLE bookings ADD CONSTRAINT {name} FOREIGN KEY {key} ON DELETE RESTRICT""")
    op.execute("""-- squawk-ignore constraint-missing-not-valid
        ALTER TABLE bookings ADD CONSTRAINT ck_bookings_way_back_known
            CHECK ((status = 'cancellation_requested') = (previous_status IS NOT NULL))""")
    for table, column, words, _ in WORDS:
        _may_be(table, column, words)


def downgrade() -> None:
    for table, column, words, new in WORDS:
        _may_be(table, column, tuple(word for word in words if word not in new), "NOT VALID")  # what was said stays said
    op.drop_constraint("ck_bookings_way_back_known", "bookings")
    op.drop_column("holds", "booking_id")
    op.drop_constraint("fk_bookings_swapped_from", "bookings", type_="foreignkey")
    op.drop_constraint("fk_bookings_transferred_from", "bookings", type_="foreignkey")
    op.drop_constraint(op.f("fk_bookings_transfer_to_id"), "bookings", type_="foreignkey")
    op.drop_constraint(op.f("uq_bookings_builder_id_id"), "bookings", type_="unique")
    op.drop_constraint(op.f("uq_bookings_builder_id_allotment_no"), "bookings", type_="unique")
    op.drop_column("bookings", "swapped_from_id")
    op.drop_column("bookings", "transferred_from_id")
    op.drop_column("bookings", "transfer_to_id")
    op.drop_column("bookings", "default_notice_at")
    op.drop_column("bookings", "discount_request")
    op.drop_column("bookings", "handover_checklist")
    op.drop_column("bookings", "handed_over_at")
    op.drop_column("bookings", "acknowledged_at")
    op.drop_column("bookings", "possession_offered_at")
    op.drop_column("bookings", "registration_no")
    op.drop_column("bookings", "agreement_hash")
    op.drop_column("bookings", "allotment_no")
    op.drop_column("bookings", "offered_until")
    op.drop_index("ix_signatures_customer_id", table_name="signatures")
    op.drop_index("ix_signatures_builder_id", table_name="signatures")
    op.drop_table("signatures")
    op.drop_index("ix_snags_customer_id", table_name="snags")
    op.drop_index("ix_snags_builder_id", table_name="snags")
    op.drop_index("ix_snags_booking_id", table_name="snags")
    op.drop_table("snags")
    op.drop_index("ix_party_invites_customer_id", table_name="party_invites")
    op.drop_index("ix_party_invites_builder_id", table_name="party_invites")
    op.drop_index("ix_party_invites_booking_id", table_name="party_invites")
    op.drop_table("party_invites")
    op.drop_index("ix_booking_moves_customer_id", table_name="booking_moves")
    op.drop_index("ix_booking_moves_builder_id", table_name="booking_moves")
    op.drop_index("ix_booking_moves_booking_id", table_name="booking_moves")
    op.drop_table("booking_moves")
