"""Who did what, when: append-only, and sealed into a chain per builder (see `services.sealing`)."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, desc, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from realestate.models.accounts import Role, User
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

    actor: Mapped[User | None] = relationship(lazy="raise", viewonly=True)
    seal: Mapped["AuditSeal | None"] = relationship(lazy="raise", viewonly=True)


class AuditSeal(Base):
    """The link of a sealed act in the chain of its builder, or in the platform's where it has none. Added by the sealing job alone."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        UniqueConstraint("builder_id", "position", postgresql_nulls_not_distinct=True),
        CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash_is_sha256"),
    )

    audit_event_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("audit_events.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    position: Mapped[int]
    hash: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AuditHead(Identified, Base):
    """Where a builder's chain ends: what shows that links were cut off."""

    __tablename__ = "audit_heads"
    __table_args__ = (UniqueConstraint("builder_id", postgresql_nulls_not_distinct=True),)

    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    position: Mapped[int]
    hash: Mapped[str]


BEGINNING = "0" * 64
"""What the first link of a chain is hashed with."""


def link(previous: str, act: Sequence[int | str | None]) -> str:
    """The hash of an act, and with it of all that were sealed before it in its chain: SHA-256 over the hash before and the act as JSON."""
    return sha256((previous + json.dumps(act, ensure_ascii=True, separators=(",", ":"))).encode()).hexdigest()
