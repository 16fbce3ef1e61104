"""Messages of gateways lose their bodies when they are old."""

from alembic import op

revision = "bodies"
down_revision = "paper_money"

INDEX = "ix_gateway_events_received_at"


def upgrade() -> None:
    op.execute(
        f"""-- nobody but its tests reads a body, and the wall's installation holds the exclusive lock anyway
        -- squawk-ignore-file ban-drop-not-null, require-concurrent-index-creation
        ALTER TABLE gateway_events ALTER body DROP NOT NULL;
        CREATE INDEX {INDEX} ON gateway_events (received_at) WHERE body IS NOT NULL"""
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="gateway_events")
    op.execute(
        "ALTER TABLE gateway_events ALTER body TYPE bytea USING coalesce(body, ''), ALTER body SET NOT NULL"
    )  # what is gone stays so
