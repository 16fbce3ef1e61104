"""Who did what, when: append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, desc, func
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.accounts import Role
from realestate.models.base import Base, Identified
from realestate.models.notifications import Subject


class AuditEvent(Identified, Base):
    """One act. Written by the SQL function `record` alone; nobody may change or delete it."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_builder_id", "builder_id", desc("id")),
        Index("ix_audit_events_entity", "entity_type", "entity_id", desc("id")),
    )

    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    actor_role: Mapped[Role]
    action: Mapped[str]
    entity_type: Mapped[Subject]
    entity_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    request_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
