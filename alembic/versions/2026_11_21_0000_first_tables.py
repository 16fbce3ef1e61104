"""The first tables: accounts, projects, units, bookings, payments, notifications, audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "builders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_user_id", sa.BigInteger(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("license_number", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("logo_url", sa.Text(), nullable=True),
        sa.Column("rating", sa.Numeric(precision=2, scale=1), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("country", sa.Text(), server_default="IN", nullable=False),
        sa.Column("default_currency", sa.Text(), server_default="INR", nullable=False),
        sa.Column("rera_number", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("status IN ('pending', 'active', 'suspended')", name=op.f("ck_builders_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_builders")),
        sa.UniqueConstraint("slug", name=op.f("uq_builders_slug")),
    )
    op.create_index("uq_builders_license_number", "builders", [sa.literal_column("lower(license_number)")], unique=True)
    op.create_table(
        "inbox_epoch",
        sa.Column("only_row", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("epoch", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.CheckConstraint("only_row", name=op.f("ck_inbox_epoch_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_inbox_epoch")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "builder_accounts",
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("tax_number", sa.Text(), nullable=True),
        sa.Column("bank", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("numbering", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_builder_accounts_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("builder_id", name=op.f("pk_builder_accounts")),
    )
    op.create_table(
        "number_counters",
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("series IN ('receipt', 'demand')", name=op.f("ck_number_counters_series_known")),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_number_counters_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("builder_id", "series", "year", name=op.f("pk_number_counters")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("project_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="planning", nullable=False),
        sa.Column("publish_state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("is_published", sa.Boolean(), sa.Computed("publish_state = 'published'", persisted=True), nullable=False),
        sa.Column("location_address", sa.Text(), nullable=True),
        sa.Column("location_city", sa.Text(), nullable=False),
        sa.Column("city_key", sa.Text(), sa.Computed("lower(location_city)", persisted=True), nullable=False),
        sa.Column("location_state", sa.Text(), nullable=True),
        sa.Column("location_zipcode", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="INR", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="Asia/Kolkata", nullable=False),
        sa.Column("jurisdiction", sa.Text(), server_default="generic", nullable=False),
        sa.Column("rera_number", sa.Text(), nullable=True),
        sa.Column("total_units", sa.Integer(), server_default="0", nullable=False),
        sa.Column("price_range_min", sa.BigInteger(), nullable=True),
        sa.Column("price_range_max", sa.BigInteger(), nullable=True),
        sa.Column("project_area", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("amenities", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("towers", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("expected_completion_date", sa.Date(), nullable=True),
        sa.Column("promised_possession_date", sa.Date(), nullable=True),
        sa.Column("forecast_possession_date", sa.Date(), nullable=True),
        sa.Column("actual_completion_date", sa.Date(), nullable=True),
        sa.Column("overall_progress", sa.Numeric(precision=5, scale=2), server_default="0", nullable=False),
        sa.Column("images", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("floor_plans", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("brochure_url", sa.Text(), nullable=True),
        sa.Column("is_featured", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("payment_plans", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "currency IN ('INR', 'AED', 'USD', 'EUR', 'GBP', 'SGD', 'SAR', 'QAR', 'CAD', 'AUD')",
            name=op.f("ck_projects_currency_has_two_decimals"),
        ),
        sa.CheckConstraint("jurisdiction IN ('generic', 'in_rera', 'ae_dubai')", name=op.f("ck_projects_jurisdiction_known")),
        sa.CheckConstraint(
            "project_type IN ('residential', 'commercial', 'mixed', 'industrial')", name=op.f("ck_projects_project_type_known")
        ),
        sa.CheckConstraint("publish_state IN ('draft', 'published', 'archived')", name=op.f("ck_projects_publish_state_known")),
        sa.CheckConstraint(
            "status IN ('planning', 'construction', 'completed', 'delivered', 'on_hold', 'cancelled')",
            name=op.f("ck_projects_status_known"),
        ),
        sa.CheckConstraint("expected_completion_date >= start_date", name=op.f("ck_projects_completed_after_start")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_projects_latitude_on_earth")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_projects_longitude_on_earth")),
        sa.CheckConstraint("overall_progress BETWEEN 0 AND 100", name=op.f("ck_projects_overall_progress_is_percent")),
        sa.CheckConstraint("price_range_max >= price_range_min", name=op.f("ck_projects_price_range_ordered")),
        sa.CheckConstraint("price_range_min > 0", name=op.f("ck_projects_price_range_min_positive")),
        sa.CheckConstraint("total_units >= 0", name=op.f("ck_projects_total_units_not_negative")),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_projects_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("builder_id", "id", "is_published", name=op.f("uq_projects_builder_id_id_is_published")),
        sa.UniqueConstraint("builder_id", "slug", name=op.f("uq_projects_builder_id_slug")),
    )
    op.create_index(
        "ix_projects_builder_id",
        "projects",
        ["builder_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_projects_catalogue",
        "projects",
        ["is_published", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_projects_city",
        "projects",
        ["city_key", "status", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_projects_place", "projects", ["latitude", "longitude"], unique=False, postgresql_where=sa.text("is_published"))
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("user_type", sa.Text(), nullable=False),
        sa.Column("team_role", sa.Text(), nullable=True),
        sa.Column("project_scope", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("is_verified", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("last_login", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external_issuer", sa.Text(), nullable=True),
        sa.Column("external_subject", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("notification_prefs", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(user_type = 'builder') = (builder_id IS NOT NULL)", name=op.f("ck_users_team_has_a_builder")),
        sa.CheckConstraint("(user_type = 'builder') = (team_role IS NOT NULL)", name=op.f("ck_users_team_has_a_role")),
        sa.CheckConstraint(
            "team_role IN ('owner', 'admin', 'sales_manager', 'sales', 'finance', 'engineer', 'support', 'viewer')",
            name=op.f("ck_users_team_role_known"),
        ),
        sa.CheckConstraint("user_type IN ('customer', 'builder', 'admin')", name=op.f("ck_users_user_type_known")),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_users_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("builder_id", "id", name=op.f("uq_users_builder_id_id")),
        sa.UniqueConstraint("external_issuer", "external_subject", name=op.f("uq_users_external_issuer_external_subject")),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "actor_role IN ('visitor', 'customer', 'builder', 'admin', 'worker', 'doorman')", name=op.f("ck_audit_events_actor_role_known")
        ),
        sa.CheckConstraint(
            "entity_type IN ('user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment')",
            name=op.f("ck_audit_events_entity_type_known"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_events_actor_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_audit_events_builder_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_builder_id", "audit_events", ["builder_id", sa.literal_column("id DESC")], unique=False)
    op.create_index("ix_audit_events_entity", "audit_events", ["entity_type", "entity_id", sa.literal_column("id DESC")], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("preferred_contact_method", sa.Text(), server_default="email", nullable=False),
        sa.Column("nationality", sa.Text(), nullable=True),
        sa.Column("kyc_status", sa.Text(), server_default="not_started", nullable=False),
        sa.Column("kyc", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("pan_hash", sa.LargeBinary(), nullable=True),
        sa.Column("favourites", sa.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("marketing_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kyc_status IN ('not_started', 'submitted', 'verified', 'rejected')", name=op.f("ck_customers_kyc_status_known")
        ),
        sa.CheckConstraint(
            "preferred_contact_method IN ('email', 'phone', 'both', 'sms', 'whatsapp')",
            name=op.f("ck_customers_preferred_contact_method_known"),
        ),
        sa.ForeignKeyConstraint(["id"], ["users.id"], name=op.f("fk_customers_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_table(
        "notification_counters",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notification_counters_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_counters")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("related_entity_type", sa.Text(), nullable=False),
        sa.Column("related_entity_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Text(), server_default="medium", nullable=False),
        sa.Column("is_read", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_sent", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("send_via", postgresql.JSONB(astext_type=sa.Text()), server_default='["in_app"]', nullable=False),
        sa.Column("delivery", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("scheduled_send_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("action_url", sa.Text(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("category IN ('booking', 'payment', 'system')", name=op.f("ck_notifications_category_known")),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name=op.f("ck_notifications_priority_known")),
        sa.CheckConstraint(
            "related_entity_type IN ('user', 'builder', 'project', 'unit', 'hold', 'booking', 'installment', 'payment')",
            name=op.f("ck_notifications_related_entity_type_known"),
        ),
        sa.CheckConstraint(
            "type IN ('hold_created', 'hold_released', 'hold_expired', 'booking_inquired', 'booking_waitlisted', 'booking_reserved', 'booking_token_paid', 'booking_confirmed', 'booking_rejected', 'booking_expired', 'booking_cancelled', 'demand_issued', 'receipt_cleared')",
            name=op.f("ck_notifications_type_known"),
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_notifications_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "dedupe_key", name=op.f("uq_notifications_user_id_dedupe_key")),
        sa.UniqueConstraint("user_id", "seq", name=op.f("uq_notifications_user_id_seq")),
    )
    op.create_index(
        "ix_notifications_inbox",
        "notifications",
        ["user_id", sa.literal_column("seq DESC")],
        unique=False,
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_index(
        "ix_notifications_scheduled", "notifications", ["scheduled_send_time"], unique=False, postgresql_where=sa.text("NOT is_sent")
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("archived_at IS NULL AND NOT is_read"),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("family_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    op.create_index(
        "ix_refresh_tokens_ended_at", "refresh_tokens", ["ended_at"], unique=False, postgresql_where=sa.text("ended_at IS NOT NULL")
    )
    op.create_index("ix_refresh_tokens_family_id", "refresh_tokens", ["family_id"], unique=False)
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id"], unique=False)
    op.create_table(
        "leads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), server_default="new", nullable=False),
        sa.Column("assigned_to", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "source IN ('enquiry', 'hold', 'booking', 'appointment', 'message', 'team')", name=op.f("ck_leads_source_known")
        ),
        sa.CheckConstraint("stage IN ('new', 'contacted', 'qualified', 'booked', 'lost')", name=op.f("ck_leads_stage_known")),
        sa.ForeignKeyConstraint(
            ["builder_id", "assigned_to"], ["users.builder_id", "users.id"], name=op.f("fk_leads_builder_id_assigned_to")
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_leads_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_leads_customer_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("builder_id", "customer_id", name=op.f("uq_leads_builder_id_customer_id")),
    )
    op.create_index("ix_leads_customer_id", "leads", ["customer_id"], unique=False)
    op.create_table(
        "units",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("tower", sa.Text(), nullable=True),
        sa.Column("unit_number", sa.Text(), nullable=False),
        sa.Column("unit_type", sa.Text(), nullable=False),
        sa.Column("floor_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stack", sa.Text(), nullable=True),
        sa.Column("area_sqft", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("built_up_area", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("super_area", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("area_unit", sa.Text(), server_default="sqft", nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("price_lines", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("price_history", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("status", sa.Text(), server_default="unreleased", nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("sales_channel", sa.Text(), server_default="direct", nullable=False),
        sa.Column("facing", sa.Text(), nullable=True),
        sa.Column("bedrooms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bathrooms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("balconies", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parking_spaces", sa.Integer(), server_default="0", nullable=False),
        sa.Column("floor_plan_url", sa.Text(), nullable=True),
        sa.Column("features", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("held_by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_price", sa.BigInteger(), nullable=True),
        sa.Column("hold_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(status IN ('held','reserved','booked','sold','handed_over')) = (customer_id IS NOT NULL)",
            name=op.f("ck_units_claimed_by_somebody"),
        ),
        sa.CheckConstraint("area_unit IN ('sqft', 'sqm')", name=op.f("ck_units_area_unit_known")),
        sa.CheckConstraint(
            "facing IN ('north', 'north_east', 'east', 'south_east', 'south', 'south_west', 'west', 'north_west')",
            name=op.f("ck_units_facing_known"),
        ),
        sa.CheckConstraint("sales_channel IN ('direct', 'broker', 'online')", name=op.f("ck_units_sales_channel_known")),
        sa.CheckConstraint("status <> 'held' OR hold_expires_at IS NOT NULL", name=op.f("ck_units_hold_has_an_end")),
        sa.CheckConstraint(
            "status IN ('unreleased', 'available', 'held', 'reserved', 'booked', 'sold', 'handed_over', 'blocked')",
            name=op.f("ck_units_status_known"),
        ),
        sa.CheckConstraint(
            "unit_type IN ('1BHK', '2BHK', '3BHK', '4BHK+', 'studio', 'penthouse', 'duplex', 'villa', 'shop', 'office', 'plot')",
            name=op.f("ck_units_unit_type_known"),
        ),
        sa.CheckConstraint("area_sqft > 0", name=op.f("ck_units_area_positive")),
        sa.CheckConstraint("price > 0", name=op.f("ck_units_price_positive")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_units_project",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_units_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_units_customer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["held_by_user_id"], ["users.id"], name=op.f("fk_units_held_by_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("builder_id", "project_id", "id", name=op.f("uq_units_builder_id_project_id_id")),
        sa.UniqueConstraint(
            "project_id", "tower", "unit_number", name=op.f("uq_units_project_id_tower_unit_number"), postgresql_nulls_not_distinct=True
        ),
        postgresql_with={"fillfactor": "90"},
    )
    op.create_index(
        "ix_units_available", "units", ["project_id"], unique=False, postgresql_where=sa.text("is_published AND status = 'available'")
    )
    op.create_index("ix_units_builder_id", "units", ["builder_id"], unique=False)
    op.create_index(
        "ix_units_claim_over",
        "units",
        ["project_id", "hold_expires_at"],
        unique=False,
        postgresql_where=sa.text("is_published AND status IN ('held', 'reserved')"),
    )
    op.create_index("ix_units_customer_id", "units", ["customer_id"], unique=False, postgresql_where=sa.text("customer_id IS NOT NULL"))
    op.create_index(
        "ix_units_hold_expires_at", "units", ["hold_expires_at"], unique=False, postgresql_where=sa.text("status IN ('held', 'reserved')")
    )
    op.create_index("ix_units_price", "units", ["price"], unique=False)
    op.create_index("ix_units_project_id_status", "units", ["project_id", "status"], unique=False)
    op.create_index("ix_units_unit_type", "units", ["unit_type", "project_id"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_number", sa.Text(), sa.Computed("'BK-' || lpad(id::text, 6, '0')", persisted=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("previous_status", sa.Text(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("token_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cost_sheet", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payment_plan", sa.Text(), nullable=True),
        sa.Column("plan_snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("needs_loan", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("booking_date", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reserve_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cooling_off_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreement_no", sa.Text(), nullable=True),
        sa.Column("agreement_date", sa.Date(), nullable=True),
        sa.Column("agreement_url", sa.Text(), nullable=True),
        sa.Column("expected_registration_date", sa.Date(), nullable=True),
        sa.Column("actual_registration_date", sa.Date(), nullable=True),
        sa.Column("promised_possession_date", sa.Date(), nullable=True),
        sa.Column("loan_approved", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("loan_amount", sa.BigInteger(), nullable=True),
        sa.Column("lender", sa.Text(), nullable=True),
        sa.Column("interest_terms", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("special_requests", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("discount_approved_by", sa.BigInteger(), nullable=True),
        sa.Column("nominees", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("kyc_checklist", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("at_risk", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("cancellation", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("cancellation_cause", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "cancellation_cause IN ('cooling_off', 'buyer_request', 'buyer_default', 'builder_delay', 'project_cancelled', 'mutual')",
            name=op.f("ck_bookings_cancellation_cause_known"),
        ),
        sa.CheckConstraint(
            "payment_plan IN ('down_payment', 'time_linked', 'construction_linked', 'possession_linked', 'hybrid', 'full_payment', 'custom')",
            name=op.f("ck_bookings_payment_plan_known"),
        ),
        sa.CheckConstraint(
            "previous_status IN ('inquiry', 'site_visit_scheduled', 'waitlisted', 'reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered', 'possession_offered', 'handed_over', 'cancellation_requested', 'cancelled', 'rejected', 'expired', 'transferred', 'swapped')",
            name=op.f("ck_bookings_previous_status_known"),
        ),
        sa.CheckConstraint(
            "status IN ('inquiry', 'site_visit_scheduled', 'waitlisted', 'reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered', 'possession_offered', 'handed_over', 'cancellation_requested', 'cancelled', 'rejected', 'expired', 'transferred', 'swapped')",
            name=op.f("ck_bookings_status_known"),
        ),
        sa.CheckConstraint("discount BETWEEN 0 AND total_amount", name=op.f("ck_bookings_discount_within_total")),
        sa.CheckConstraint("token_amount BETWEEN 0 AND total_amount", name=op.f("ck_bookings_token_within_total")),
        sa.CheckConstraint("total_amount > 0", name=op.f("ck_bookings_total_positive")),
        sa.ForeignKeyConstraint(
            ["builder_id", "agent_id"], ["users.builder_id", "users.id"], name="fk_bookings_agent", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_bookings_unit",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_bookings_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_bookings_customer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["discount_approved_by"], ["users.id"], name=op.f("fk_bookings_discount_approved_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("builder_id", "customer_id", "id", name=op.f("uq_bookings_builder_id_customer_id_id")),
    )
    op.create_index(
        "ix_bookings_builder_id",
        "bookings",
        ["builder_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_bookings_customer_id",
        "bookings",
        ["customer_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_bookings_project_id", "bookings", ["project_id", "status"], unique=False)
    op.create_index("ix_bookings_unit_id", "bookings", ["unit_id"], unique=False)
    op.create_index(
        "uq_bookings_active_unit",
        "bookings",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text(
            "status IN ('reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered', 'possession_offered', 'handed_over', 'cancellation_requested')"
        ),
    )
    op.create_index(
        "uq_bookings_inquiry", "bookings", ["unit_id", "customer_id"], unique=True, postgresql_where=sa.text("status = 'inquiry'")
    )
    op.create_index(
        "uq_bookings_waitlist", "bookings", ["unit_id", "customer_id"], unique=True, postgresql_where=sa.text("status = 'waitlisted'")
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ended_by IN ('released', 'expired', 'reserved')", name=op.f("ck_holds_ended_by_known")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_holds_end_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_holds_unit",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_holds_created_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_holds_customer_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_builder_id", "holds", ["builder_id"], unique=False)
    op.create_index("ix_holds_customer_id", "holds", ["customer_id", "project_id"], unique=False)
    op.create_index("uq_holds_open_unit", "holds", ["unit_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "booking_parties",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(role = 'owner') = (customer_id = owner_id)", name=op.f("ck_booking_parties_owner_of_record")),
        sa.CheckConstraint("role IN ('owner', 'co_applicant')", name=op.f("ck_booking_parties_role_known")),
        sa.CheckConstraint("share BETWEEN 0 AND 1000000", name=op.f("ck_booking_parties_share_is_percent")),
        sa.ForeignKeyConstraint(
            ["builder_id", "owner_id", "booking_id"],
            ["bookings.builder_id", "bookings.customer_id", "bookings.id"],
            name="fk_booking_parties_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_booking_parties_customer_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_parties")),
        sa.UniqueConstraint("booking_id", "customer_id", name=op.f("uq_booking_parties_booking_id_customer_id")),
    )
    op.create_index("ix_booking_parties_builder_id", "booking_parties", ["builder_id"], unique=False)
    op.create_index("ix_booking_parties_customer_id", "booking_parties", ["customer_id"], unique=False)
    op.create_table(
        "installments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="installment", nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("trigger", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default="scheduled", nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("demanded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demand_no", sa.Text(), nullable=True),
        sa.Column("proof", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('installment', 'charge', 'credit_note', 'interest')", name=op.f("ck_installments_kind_known")),
        sa.CheckConstraint(
            "status IN ('scheduled', 'cancelled') OR demanded_at IS NOT NULL", name=op.f("ck_installments_demanded_before_paid")
        ),
        sa.CheckConstraint(
            "status IN ('scheduled', 'demanded', 'partially_paid', 'paid', 'waived', 'cancelled')",
            name=op.f("ck_installments_status_known"),
        ),
        sa.CheckConstraint("allocated BETWEEN 0 AND amount", name=op.f("ck_installments_allocated_within_amount")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_installments_amount_not_negative")),
        sa.CheckConstraint("tax_amount BETWEEN 0 AND amount", name=op.f("ck_installments_tax_within_amount")),
        sa.ForeignKeyConstraint(
            ["builder_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.customer_id", "bookings.id"],
            name="fk_installments_booking",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installments")),
        sa.UniqueConstraint("booking_id", "seq", name=op.f("uq_installments_booking_id_seq")),
        sa.UniqueConstraint(
            "builder_id", "booking_id", "customer_id", "id", name=op.f("uq_installments_builder_id_booking_id_customer_id_id")
        ),
        sa.UniqueConstraint("builder_id", "demand_no", name=op.f("uq_installments_builder_id_demand_no")),
    )
    op.create_index("ix_installments_builder_id", "installments", ["builder_id", "due_date"], unique=False)
    op.create_index("ix_installments_customer_id", "installments", ["customer_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="receipt", nullable=False),
        sa.Column("payment_type", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("payment_method", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=True),
        sa.Column("gateway", sa.Text(), nullable=True),
        sa.Column("gateway_order_id", sa.Text(), nullable=True),
        sa.Column("gateway_payment_id", sa.Text(), nullable=True),
        sa.Column("instrument", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("receipt_no", sa.Text(), nullable=True),
        sa.Column("receipt_url", sa.Text(), nullable=True),
        sa.Column("refund_of_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('receipt', 'refund', 'tds_credit')", name=op.f("ck_payments_kind_known")),
        sa.CheckConstraint(
            "payment_method IN ('cash', 'cheque', 'bank_transfer', 'online', 'loan', 'upi', 'card', 'demand_draft', 'tds')",
            name=op.f("ck_payments_payment_method_known"),
        ),
        sa.CheckConstraint(
            "payment_type IN ('token', 'installment', 'down_payment', 'full_payment', 'registration', 'maintenance', 'charge', 'other')",
            name=op.f("ck_payments_payment_type_known"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'clearance_pending', 'completed', 'failed', 'cancelled', 'bounced', 'partially_refunded', 'refunded')",
            name=op.f("ck_payments_status_known"),
        ),
        sa.CheckConstraint("allocated BETWEEN 0 AND amount", name=op.f("ck_payments_allocated_within_amount")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_payments_approved_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "refund_of_id"],
            ["payments.builder_id", "payments.booking_id", "payments.customer_id", "payments.id"],
            name="fk_payments_refund_of",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.customer_id", "bookings.id"],
            name="fk_payments_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_payments_created_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("builder_id", "booking_id", "customer_id", "id", name=op.f("uq_payments_builder_id_booking_id_customer_id_id")),
        sa.UniqueConstraint("builder_id", "receipt_no", name=op.f("uq_payments_builder_id_receipt_no")),
        sa.UniqueConstraint("gateway", "gateway_payment_id", name=op.f("uq_payments_gateway_gateway_payment_id")),
    )
    op.create_index("ix_payments_booking_id", "payments", ["booking_id"], unique=False)
    op.create_index("ix_payments_builder_id", "payments", ["builder_id", "payment_date"], unique=False)
    op.create_index("ix_payments_customer_id", "payments", ["customer_id"], unique=False)
    op.create_index(
        "uq_payments_transaction_id",
        "payments",
        ["builder_id", "payment_method", "transaction_id"],
        unique=True,
        postgresql_where=sa.text("transaction_id IS NOT NULL AND kind = 'receipt' AND status NOT IN ('failed', 'cancelled', 'bounced')"),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("installment_id", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("interest", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "principal >= 0 AND tax >= 0 AND interest >= 0 AND principal + tax + interest > 0",
            name=op.f("ck_allocations_something_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            ["installments.builder_id", "installments.booking_id", "installments.customer_id", "installments.id"],
            name="fk_allocations_installment",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "payment_id"],
            ["payments.builder_id", "payments.booking_id", "payments.customer_id", "payments.id"],
            name="fk_allocations_payment",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index("ix_allocations_customer_id", "allocations", ["customer_id"], unique=False)
    op.create_index("ix_allocations_installment_id", "allocations", ["installment_id"], unique=False)
    op.create_index("ix_allocations_payment_id", "allocations", ["payment_id"], unique=False)
    # a company and its owner refer to each other
    op.create_foreign_key(op.f("fk_builders_id_owner_user_id"), "builders", "users", ["id", "owner_user_id"], ["builder_id", "id"])
    op.execute("INSERT INTO inbox_epoch DEFAULT VALUES")


def downgrade() -> None:
    op.drop_constraint(op.f("fk_builders_id_owner_user_id"), "builders")
    op.drop_index("ix_allocations_payment_id", table_name="allocations")
    op.drop_index("ix_allocations_installment_id", table_name="allocations")
    op.drop_index("ix_allocations_customer_id", table_name="allocations")
    op.drop_table("allocations")
    op.drop_index(
        "uq_payments_transaction_id",
        table_name="payments",
        postgresql_where=sa.text("transaction_id IS NOT NULL AND kind = 'receipt' AND status NOT IN ('failed', 'cancelled', 'bounced')"),
    )
    op.drop_index("ix_payments_customer_id", table_name="payments")
    op.drop_index("ix_payments_builder_id", table_name="payments")
    op.drop_index("ix_payments_booking_id", table_name="payments")
    op.drop_table("payments")
    op.drop_index("ix_installments_customer_id", table_name="installments")
    op.drop_index("ix_installments_builder_id", table_name="installments")
    op.drop_table("installments")
    op.drop_index("ix_booking_parties_customer_id", table_name="booking_parties")
    op.drop_index("ix_booking_parties_builder_id", table_name="booking_parties")
    op.drop_table("booking_parties")
    op.drop_index("uq_holds_open_unit", table_name="holds", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_holds_customer_id", table_name="holds")
    op.drop_index("ix_holds_builder_id", table_name="holds")
    op.drop_table("holds")
    op.drop_index("uq_bookings_waitlist", table_name="bookings", postgresql_where=sa.text("status = 'waitlisted'"))
    op.drop_index("uq_bookings_inquiry", table_name="bookings", postgresql_where=sa.text("status = 'inquiry'"))
    op.drop_index(
        "uq_bookings_active_unit",
        table_name="bookings",
        postgresql_where=sa.text(
            "status IN ('reserved', 'token_paid', 'booking_confirmed', 'agreement_signed', 'registered', 'possession_offered', 'handed_over', 'cancellation_requested')"
        ),
    )
    op.drop_index("ix_bookings_unit_id", table_name="bookings")
    op.drop_index("ix_bookings_project_id", table_name="bookings")
    op.drop_index("ix_bookings_customer_id", table_name="bookings")
    op.drop_index("ix_bookings_builder_id", table_name="bookings")
    op.drop_table("bookings")
    op.drop_index("ix_units_unit_type", table_name="units")
    op.drop_index("ix_units_project_id_status", table_name="units")
    op.drop_index("ix_units_price", table_name="units")
    op.drop_index("ix_units_hold_expires_at", table_name="units", postgresql_where=sa.text("status IN ('held', 'reserved')"))
    op.drop_index("ix_units_customer_id", table_name="units", postgresql_where=sa.text("customer_id IS NOT NULL"))
    op.drop_index("ix_units_claim_over", table_name="units", postgresql_where=sa.text("is_published AND status IN ('held', 'reserved')"))
    op.drop_index("ix_units_builder_id", table_name="units")
    op.drop_index("ix_units_available", table_name="units", postgresql_where=sa.text("is_published AND status = 'available'"))
    op.drop_table("units")
    op.drop_index("ix_leads_customer_id", table_name="leads")
    op.drop_table("leads")
    op.drop_index("ix_refresh_tokens_user_id", table_name="refresh_tokens")
    op.drop_index("ix_refresh_tokens_family_id", table_name="refresh_tokens")
    op.drop_index("ix_refresh_tokens_ended_at", table_name="refresh_tokens", postgresql_where=sa.text("ended_at IS NOT NULL"))
    op.drop_table("refresh_tokens")
    op.drop_index("ix_notifications_unread", table_name="notifications", postgresql_where=sa.text("archived_at IS NULL AND NOT is_read"))
    op.drop_index("ix_notifications_scheduled", table_name="notifications", postgresql_where=sa.text("NOT is_sent"))
    op.drop_index("ix_notifications_inbox", table_name="notifications", postgresql_where=sa.text("archived_at IS NULL"))
    op.drop_table("notifications")
    op.drop_table("notification_counters")
    op.drop_table("customers")
    op.drop_index("ix_audit_events_entity", table_name="audit_events")
    op.drop_index("ix_audit_events_builder_id", table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_index("uq_users_email", table_name="users")
    op.drop_table("users")
    op.drop_index("ix_projects_place", table_name="projects", postgresql_where=sa.text("is_published"))
    op.drop_index("ix_projects_city", table_name="projects")
    op.drop_index("ix_projects_catalogue", table_name="projects")
    op.drop_index("ix_projects_builder_id", table_name="projects")
    op.drop_table("projects")
    op.drop_table("number_counters")
    op.drop_table("builder_accounts")
    op.drop_table("throttles")
    op.drop_table("inbox_epoch")
    op.drop_index("uq_builders_license_number", table_name="builders")
    op.drop_table("builders")
