"""What is one person's own setting is never public."""

from alembic import op

revision = "personal_settings"
down_revision = "agreements"


def upgrade() -> None:
    op.execute("UPDATE system_settings SET is_public = false WHERE scope = 'user' AND is_public")
    op.execute(
        """-- squawk-ignore constraint-missing-not-valid
        ALTER TABLE system_settings ADD CONSTRAINT ck_system_settings_own_is_private CHECK (NOT (is_public AND scope = 'user'))"""
    )


def downgrade() -> None:
    op.drop_constraint("ck_system_settings_own_is_private", "system_settings")
