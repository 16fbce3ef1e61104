"""What somebody has asked whom nobody knows yet: no account, no claim on anything."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, desc
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Kind, Stateful, Timestamped


class EnquiryStatus(Kind):
    new = "new"
    answered = "answered"
    closed = "closed"


S = EnquiryStatus


class Enquiry(Identified, Timestamped, Stateful, Base):
    """A question about a project, or a unit of it, from the public pages. Whoever answers may invite its sender as a customer."""

    __tablename__ = "enquiries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_enquiries_project", ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_enquiries_unit",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["builder_id", "assigned_to"], ["users.builder_id", "users.id"], name="fk_enquiries_assigned_to", ondelete="RESTRICT"
        ),
        CheckConstraint("num_nonnulls(email, phone) > 0", name="can_be_answered"),
        Index("ix_enquiries_builder_id", "builder_id", desc("id")),
        Index("ix_enquiries_project_id", "builder_id", "project_id"),
        Index("ix_enquiries_unit_id", "unit_id"),
    )
    SUBJECT: ClassVar = "enquiry"
    EDGES: ClassVar = {
        "answer": ((S.new, S.closed), S.answered),
        "close": ((S.new, S.answered), S.closed),
        "reopen": ((S.answered, S.closed), S.new),
    }

    builder_id: Mapped[int]
    project_id: Mapped[int]
    unit_id: Mapped[int | None]
    full_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    message: Mapped[str]
    status: Mapped[EnquiryStatus] = mapped_column(server_default=S.new)
    assigned_to: Mapped[int | None]

    @property
    def page(self) -> str:
        """Where the portals show it."""
        return f"/enquiries/{self.id}"
