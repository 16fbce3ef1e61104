"""Settings: one value of one key for everybody, a builder, a project or a user."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "settings"
down_revision = "0001"


def upgrade() -> None:
    # built under the exclusive lock that installing the wall takes anyway; unique it is, because `id` is
    op.execute(
        """-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
        ALTER TABLE projects ADD CONSTRAINT uq_projects_builder_id_id UNIQUE (builder_id, id)"""
    )
    op.create_table(
        "system_settings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("builder_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("scope_id", sa.BigInteger(), sa.Computed("coalesce(user_id, project_id, builder_id)", persisted=True), nullable=True),
        sa.Column("setting_key", sa.Text(), nullable=False),
        sa.Column("setting_value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("scope IN ('global', 'builder', 'project', 'user')", name=op.f("ck_system_settings_scope_known")),
        sa.CheckConstraint(
            """CASE scope WHEN 'global' THEN num_nonnulls(builder_id, project_id, user_id) = 0
            WHEN 'builder' THEN builder_id IS NOT NULL AND num_nonnulls(project_id, user_id) = 0
            WHEN 'project' THEN num_nonnulls(builder_id, project_id) = 2 AND user_id IS NULL
            ELSE user_id IS NOT NULL AND project_id IS NULL END""",
            name=op.f("ck_system_settings_one_place"),
        ),
        sa.ForeignKeyConstraint(["builder_id"], ["builders.id"], name=op.f("fk_system_settings_builder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_system_settings_project", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["builder_id", "user_id"], ["users.builder_id", "users.id"], name="fk_system_settings_member"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_system_settings_user_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_system_settings_updated_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_settings")),
        sa.UniqueConstraint(
            "scope",
            "scope_id",
            "setting_key",
            name=op.f("uq_system_settings_scope_scope_id_setting_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_system_settings_builder_id", "system_settings", ["builder_id"])
    op.create_index("ix_system_settings_project_id", "system_settings", ["project_id"])
    op.create_index("ix_system_settings_user_id", "system_settings", ["user_id"])


def downgrade() -> None:
    op.drop_table("system_settings")
    op.drop_constraint("uq_projects_builder_id_id", "projects")
