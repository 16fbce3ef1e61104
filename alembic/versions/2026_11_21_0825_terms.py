"""What leaving costs, kept with each booking from its allotment on; those from before have the policy of the day on which somebody asks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "terms"
down_revision = "line_states"


def upgrade() -> None:
    op.add_column("bookings", sa.Column("policy_terms", JSONB(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("bookings", "policy_terms")
