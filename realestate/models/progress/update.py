"""What is written about the building."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Timestamped, Versioned
from realestate.models.documents import Audience, Document, DocumentSubject
from realestate.models.notifications import Priority
from realestate.models.progress.words import UpdateAudience, UpdateType

_PRIVATE: dict[str, Any] = {"deferred": True, "deferred_group": "private", "deferred_raiseload": True}


class ConstructionUpdate(Identified, Timestamped, Versioned, Base):
    """News from the site: a draft, then published under the next number of its project, perhaps retracted; never published again."""

    __tablename__ = "construction_updates"
    __table_args__ = (
        UniqueConstraint("project_id", "seq"),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "project_is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_construction_updates_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "progress_id"],
            ["project_progress.builder_id", "project_progress.project_id", "project_progress.id"],
            name="fk_construction_updates_progress",
        ),
        ForeignKeyConstraint(
            ["builder_id", "posted_by"], ["users.builder_id", "users.id"], name="fk_construction_updates_posted_by", ondelete="RESTRICT"
        ),
        CheckConstraint("(published_at IS NULL) = (seq IS NULL)", name="numbered_when_published"),
        CheckConstraint("retracted_at IS NULL OR published_at IS NOT NULL", name="retracted_after_published"),
        CheckConstraint("estimated_delay_days >= 0", name="delay_not_negative"),
        Index("ix_construction_updates_builder_id", "builder_id"),
        Index("ix_construction_updates_progress_id", "progress_id"),
    )
    SUBJECT: ClassVar = "update"

    builder_id: Mapped[int]
    project_id: Mapped[int]
    project_is_published: Mapped[bool]
    """Follows the project, so that policies need no join."""
    progress_id: Mapped[int | None]
    seq: Mapped[int | None]
    """Counts what is published in a project, in the order of its publication."""
    update_title: Mapped[str]
    update_content: Mapped[str]
    update_type: Mapped[UpdateType] = mapped_column(server_default=UpdateType.general)
    priority: Mapped[Priority] = mapped_column(server_default=Priority.medium)
    audience: Mapped[UpdateAudience] = mapped_column(server_default=UpdateAudience.public)
    images: Mapped[list[str]] = mapped_column(server_default="[]")
    videos: Mapped[list[str]] = mapped_column(server_default="[]")
    tags: Mapped[list[str]] = mapped_column(server_default="[]")
    weather_impact: Mapped[str | None]
    estimated_delay_days: Mapped[int] = mapped_column(Integer, server_default="0")
    posted_by: Mapped[int] = mapped_column(**_PRIVATE)
    published_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None] = mapped_column(**_PRIVATE)
    is_published: Mapped[bool] = mapped_column(Computed("published_at IS NOT NULL AND retracted_at IS NULL", persisted=True))

    documents: Mapped[list[Document]] = relationship(
        primaryjoin=lambda: and_(foreign(Document.subject_id) == ConstructionUpdate.id, Document.subject == DocumentSubject.update),
        order_by=Document.id,
        lazy="raise",
        viewonly=True,
    )

    @property
    def page(self) -> str:
        """Where people read of it."""
        return f"/projects/{self.project_id}"

    @property
    def is_told(self) -> bool:
        """Whether customers may read it."""
        return self.published_at is not None and self.retracted_at is None and self.audience is not UpdateAudience.internal

    @property
    def readers(self) -> Audience:
        """Who may open its documents."""
        return Audience(self.audience.value) if self.is_told else Audience.team

    @property
    def counted_delay(self) -> int:
        """The days by which it moves the forecast of possession: nothing that customers may not read does."""
        return self.estimated_delay_days if self.is_told else 0

    def revise(self, said: Mapping[str, Any]) -> None:
        """Take over what was said. Conflict UPDATE_RETRACTED: what was taken back stays as it was."""
        self._refuse_retracted()
        for name, value in said.items():
            setattr(self, name, value)

    def publish(self, seq: int, at: datetime) -> None:
        """Show it to its audience, as the next one of the project."""
        self.seq, self.published_at = seq, at

    def retract(self, at: datetime) -> None:
        """Take it back from everybody but the team, who can still read what had been said."""
        self._refuse_retracted()
        self.retracted_at = at

    def _refuse_retracted(self) -> None:
        if self.retracted_at:
            raise Conflict("UPDATE_RETRACTED", "This update has been taken back; write a new one.")
