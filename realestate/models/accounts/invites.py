"""Invitations: a code that lets one person in, into a team or among the customers whom a company knows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, and_, case, func, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from realestate.errors import Conflict
from realestate.models.accounts.words import InviteKind, TeamRole
from realestate.models.base import Base, Identified, Timestamped


class Invite(Identified, Timestamped, Base):
    """Of a code only a keyed hash is kept. It is good once, for seven days, unless it is taken back; the inviter fixes what it is for.

    Nothing here says whether somebody with this address is known: neither to the inviter nor to the wall.
    """

    __tablename__ = "invites"
    __table_args__ = (
        ForeignKeyConstraint(["builder_id", "invited_by"], ["users.builder_id", "users.id"], name="fk_invites_invited_by"),
        CheckConstraint("(kind = 'team') = (team_role IS NOT NULL)", name="team_has_a_role"),
        CheckConstraint("project_scope IS NULL OR team_role NOT IN ('owner', 'admin')", name="managers_see_everything"),
        CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="used_by_somebody"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="used_or_revoked"),
        Index("ix_invites_builder_id", "builder_id", "kind"),
    )

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    kind: Mapped[InviteKind]
    email: Mapped[str]
    full_name: Mapped[str | None]
    phone: Mapped[str | None]
    team_role: Mapped[TeamRole | None]
    project_scope: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, deferred=True, deferred_raiseload=True)
    invited_by: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '7 days'"))
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    revoked_at: Mapped[datetime | None]

    @hybrid_property
    def state(self) -> str:
        """open, used, revoked or expired, by the database's clock."""
        raise NotImplementedError("only the database knows what time it is")

    @state.inplace.expression
    @classmethod
    def _state(cls) -> Any:
        return case((cls.used_at.is_not(None), "used"), (cls.revoked_at.is_not(None), "revoked"), (cls.is_open, "open"), else_="expired")

    @hybrid_property
    def is_open(self) -> bool:
        """Whether its code still lets somebody in."""
        raise NotImplementedError("only the database knows what time it is")

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> Any:
        return and_(cls.used_at.is_(None), cls.revoked_at.is_(None), cls.expires_at > func.now())

    def use(self, user_id: int) -> None:
        """It has let this person in, and nobody else from now on."""
        self.used_at, self.used_by = func.now(), user_id

    def revoke(self) -> None:
        """Take it back; repeatable. Conflict once somebody has come in with it."""
        if self.used_at is not None:
            raise Conflict("INVITE_USED", "Somebody has joined with this invitation; remove the member instead.")
        self.revoked_at = self.revoked_at or func.now()
