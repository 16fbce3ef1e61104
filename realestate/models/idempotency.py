"""Requests that may be sent twice."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base

LIFETIME = timedelta(hours=24)
"""How long an answer is given again. After that its key is new, forgotten by `clear-idempotency-keys` or not."""


class IdempotencyKey(Base):
    """What one user's Idempotency-Key was sent with, and what was answered. Written in the transaction of the effect: both are kept, or neither."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of method, address and content."""
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed, because some answers hold codes that are kept nowhere else but hashed. None: there is nothing to give again."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
