"""Documents, 3D models, and how much room they take."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "documents"
down_revision = "progress"


def upgrade() -> None:
    op.create_table(
        "storage_uses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("allowed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("num_nonnulls(builder_id, customer_id) = 1", name=op.f("ck_storage_uses_one_owner")),
        sa.CheckConstraint("used BETWEEN 0 AND allowed", name=op.f("ck_storage_uses_used_within_allowed")),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_storage_uses_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_storage_uses_customer_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_uses")),
        sa.UniqueConstraint("builder_id", name=op.f("uq_storage_uses_builder_id")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_storage_uses_customer_id")),
    )
    op.create_table(
        "models_3d",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_type", sa.Text(), nullable=True),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("model_description", sa.Text(), nullable=True),
        sa.Column("model_type", sa.Text(), nullable=False),
        sa.Column("file_format", sa.Text(), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("is_interactive", sa.Boolean(), nullable=False),
        sa.Column("viewer_config", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("access_level", sa.Text(), server_default="public", nullable=False),
        sa.Column("publish_state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "access_level IN ('public', 'customers_only', 'booked_customers')", name=op.f("ck_models_3d_access_level_known")
        ),
        sa.CheckConstraint(
            "file_format IN ('glb', 'gltf', 'obj', 'fbx', 'stl', 'usdz', 'ifc', 'skp')", name=op.f("ck_models_3d_file_format_known")
        ),
        sa.CheckConstraint("is_interactive = (file_format IN ('glb', 'gltf'))", name=op.f("ck_models_3d_interactive_formats")),
        sa.CheckConstraint(
            "model_type IN ('exterior', 'interior', 'floor_plan', 'site', 'amenity', 'walkthrough')",
            name=op.f("ck_models_3d_model_type_known"),
        ),
        sa.CheckConstraint("publish_state IN ('draft', 'published', 'archived')", name=op.f("ck_models_3d_publish_state_known")),
        sa.CheckConstraint(
            "unit_type IN ('1BHK', '2BHK', '3BHK', '4BHK+', 'studio', 'penthouse', 'duplex', 'villa', 'shop', 'office', 'plot')",
            name=op.f("ck_models_3d_unit_type_known"),
        ),
        sa.CheckConstraint("edition > 0", name=op.f("ck_models_3d_edition_positive")),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_models_3d_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_models_3d_unit",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models_3d")),
        sa.UniqueConstraint("builder_id", "id", name=op.f("uq_models_3d_builder_id_id")),
    )
    op.create_index("ix_models_3d_builder_id", "models_3d", ["builder_id"], unique=False)
    op.create_index("ix_models_3d_project_id", "models_3d", ["project_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=True),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("model_id", sa.BigInteger(), nullable=True),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("thumbnail_key", sa.Text(), nullable=True),
        sa.Column("thumbnail_size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(audience IN ('public', 'customers')) = (is_published IS NOT NULL)", name=op.f("ck_documents_project_followed")
        ),
        sa.CheckConstraint("audience IN ('public', 'customers', 'booked', 'party', 'team')", name=op.f("ck_documents_audience_known")),
        sa.CheckConstraint("builder_id IS NOT NULL OR side = 'customer' AND subject IS NULL", name=op.f("ck_documents_builder_known")),
        sa.CheckConstraint("customer_id IS NOT NULL OR booking_id IS NULL AND audience <> 'party'", name=op.f("ck_documents_party_known")),
        sa.CheckConstraint(
            "kind IN ('agreement', 'allotment_letter', 'identity', 'income', 'payment_proof', 'receipt', 'approval', 'brochure', 'floor_plan', 'photo', 'model', 'attachment', 'other')",
            name=op.f("ck_documents_kind_known"),
        ),
        sa.CheckConstraint(
            "project_id IS NOT NULL OR booking_id IS NULL AND audience IN ('party', 'team')", name=op.f("ck_documents_project_known")
        ),
        sa.CheckConstraint("side IN ('customer', 'builder')", name=op.f("ck_documents_side_known")),
        sa.CheckConstraint(
            "subject IN ('booking', 'project', 'progress', 'update', 'message', 'change_request', 'model3d')",
            name=op.f("ck_documents_subject_known"),
        ),
        sa.CheckConstraint("(subject IS NULL) = (subject_id IS NULL)", name=op.f("ck_documents_subject_whole")),
        sa.CheckConstraint(
            "builder_id IS NOT NULL OR num_nonnulls(project_id, booking_id, model_id) = 0", name=op.f("ck_documents_tenant_known")
        ),
        sa.CheckConstraint("char_length(file_name) <= 255", name=op.f("ck_documents_file_name_short")),
        sa.CheckConstraint("size > 0 AND thumbnail_size >= 0", name=op.f("ck_documents_size_positive")),
        sa.ForeignKeyConstraint(
            ["builder_id", "model_id"], ["models_3d.builder_id", "models_3d.id"], name="fk_documents_model", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_documents_booking",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_documents_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_documents_site", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_documents_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_documents_customer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_documents_uploaded_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("model_id", name=op.f("uq_documents_model_id")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_documents_storage_key")),
    )
    op.create_index(
        "ix_documents_booking_id", "documents", ["booking_id"], unique=False, postgresql_where=sa.text("booking_id IS NOT NULL")
    )
    op.create_index("ix_documents_builder_id", "documents", ["builder_id", sa.literal_column("id DESC")], unique=False)
    op.create_index(
        "ix_documents_customer_id",
        "documents",
        ["customer_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("customer_id IS NOT NULL"),
    )
    op.create_index(
        "ix_documents_project_id", "documents", ["project_id"], unique=False, postgresql_where=sa.text("project_id IS NOT NULL")
    )
    op.create_index(
        "ix_documents_subject", "documents", ["subject", "subject_id"], unique=False, postgresql_where=sa.text("subject IS NOT NULL")
    )
    op.create_index("ix_documents_uploaded_by", "documents", ["uploaded_by"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_documents_uploaded_by", table_name="documents")
    op.drop_index("ix_documents_subject", table_name="documents", postgresql_where=sa.text("subject IS NOT NULL"))
    op.drop_index("ix_documents_project_id", table_name="documents", postgresql_where=sa.text("project_id IS NOT NULL"))
    op.drop_index("ix_documents_customer_id", table_name="documents", postgresql_where=sa.text("customer_id IS NOT NULL"))
    op.drop_index("ix_documents_builder_id", table_name="documents")
    op.drop_index("ix_documents_booking_id", table_name="documents", postgresql_where=sa.text("booking_id IS NOT NULL"))
    op.drop_table("documents")
    op.drop_index("ix_models_3d_project_id", table_name="models_3d")
    op.drop_index("ix_models_3d_builder_id", table_name="models_3d")
    op.drop_table("models_3d")
    op.drop_table("storage_uses")
