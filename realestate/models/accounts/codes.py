"""Codes that a mail brings to somebody: whoever has one can read what is sent to that address."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.accounts.words import CodePurpose
from realestate.models.base import Base, Identified


class AccountCode(Identified, Base):
    """Of the code only a hash is kept. It is good once, for a while; made when its mail is written."""

    __tablename__ = "account_codes"
    __table_args__ = (Index("ix_account_codes_user_id", "user_id", "purpose"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    purpose: Mapped[CodePurpose]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
