"""Phases of the work: how far each is, and how far an engineer has certified it to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, Numeric, UniqueConstraint, and_, case
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from realestate.errors import Conflict, Invalid
from realestate.models.base import Base, Identified, Timestamped, Versioned, as_said
from realestate.models.documents import Document, DocumentSubject
from realestate.models.progress.words import ProgressScope, ProgressStatus

S = ProgressStatus
PERCENT = Numeric(5, 2)
ENDS = {S.not_started: Decimal(0), S.completed: Decimal(100)}
"""The states that say a percentage by themselves."""
DATES = ("start_date", "expected_end_date", "actual_end_date")
_PRIVATE: dict[str, Any] = {"deferred": True, "deferred_group": "private", "deferred_raiseload": True}


@dataclass(frozen=True, slots=True)
class Report:
    """Who says something of a phase, when, which day that is where the project stands, and why."""

    by: int | None
    at: datetime
    today: date
    reason: str | None = None


class ProjectProgress(Identified, Timestamped, Versioned, Base):
    """One phase of a project, of a tower or of a unit (domain.md §6): of a phase that several define, the widest counts.

    `projects.overall_progress` follows from the phases by a trigger.
    """

    __tablename__ = "project_progress"
    __table_args__ = (
        UniqueConstraint(
            "project_id", "tower", "unit_id", "phase_key", name="uq_project_progress_phase", postgresql_nulls_not_distinct=True
        ),
        UniqueConstraint("builder_id", "project_id", "id"),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_project_progress_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_project_progress_unit",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["builder_id", "certified_by"], ["users.builder_id", "users.id"], name="fk_project_progress_certified_by", ondelete="RESTRICT"
        ),
        CheckConstraint("tower IS NULL OR unit_id IS NULL", name="one_scope"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight_is_percent"),
        CheckConstraint("progress_percentage BETWEEN 0 AND 100", name="progress_is_percent"),
        CheckConstraint("certified_percentage BETWEEN 0 AND progress_percentage", name="certified_within_progress"),
        CheckConstraint("(certified_percentage > 0) = (certified_at IS NOT NULL)", name="certified_at_a_time"),
        CheckConstraint("(status = 'completed') = (progress_percentage = 100)", name="completed_is_all"),
        CheckConstraint("status <> 'not_started' OR progress_percentage = 0", name="not_started_is_nothing"),
        Index("ix_project_progress_builder_id", "builder_id"),
        Index("ix_project_progress_unit_id", "unit_id"),
    )
    SUBJECT: ClassVar = "progress"

    builder_id: Mapped[int]
    project_id: Mapped[int]
    is_published: Mapped[bool]
    """Follows the project, so that policies need no join."""
    tower: Mapped[str | None]
    unit_id: Mapped[int | None]
    phase_key: Mapped[str]
    phase_name: Mapped[str]
    phase_description: Mapped[str | None]
    weight: Mapped[Decimal] = mapped_column(PERCENT, server_default="0")
    order: Mapped[int] = mapped_column("position", Integer, server_default="0")
    start_date: Mapped[date | None]
    expected_end_date: Mapped[date | None]
    actual_end_date: Mapped[date | None]
    progress_percentage: Mapped[Decimal] = mapped_column(PERCENT, server_default="0")
    status: Mapped[ProgressStatus] = mapped_column(server_default=ProgressStatus.not_started)
    milestone_images: Mapped[list[str]] = mapped_column(server_default="[]")
    contractor_notes: Mapped[str | None] = mapped_column(**_PRIVATE)
    customer_visible: Mapped[bool] = mapped_column(server_default="true")
    certified_percentage: Mapped[Decimal] = mapped_column(PERCENT, server_default="0")
    certified_at: Mapped[datetime | None]
    certified_by: Mapped[int | None] = mapped_column(**_PRIVATE)
    history: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]", **_PRIVATE)

    documents: Mapped[list[Document]] = relationship(
        primaryjoin=lambda: and_(foreign(Document.subject_id) == ProjectProgress.id, Document.subject == DocumentSubject.progress),
        order_by=Document.id,
        lazy="raise",
        viewonly=True,
    )

    @hybrid_property
    def scope(self) -> str:
        """How much of the project it speaks of."""
        return ProgressScope.unit if self.unit_id else ProgressScope.tower if self.tower else ProgressScope.project

    @scope.inplace.expression
    @classmethod
    def _scope(cls) -> Any:
        return case((cls.unit_id.is_not(None), "unit"), (cls.tower.is_not(None), "tower"), else_="project")

    @property
    def page(self) -> str:
        """Where people read of it."""
        return f"/projects/{self.project_id}"

    def revise(self, said: Mapping[str, Any]) -> None:
        """Take over what was said, apart from how far it is. Invalid, naming the field, when the dates are out of order."""
        for name, value in said.items():
            setattr(self, name, value)
        for later in DATES[1:]:
            if self.start_date and getattr(self, later) and getattr(self, later) < self.start_date:
                raise Invalid.field(later, "This must not be before start_date.", "OUT_OF_ORDER")

    def move(self, percentage: Decimal | None, status: ProgressStatus | None, report: Report) -> None:
        """How far it is now; `completed` and `not_started` say so by themselves. Going back needs a reason (Invalid MISSING) and takes
        what was certified back to there."""
        was = self.progress_percentage
        to = percentage if percentage is not None else ENDS.get(status, was) if status else was
        if status and ENDS.get(status, to) != to:
            raise Invalid.field("status", f"A phase at {to} % is not {status}.", "OUT_OF_ORDER")
        if to < was and report.reason is None:
            raise Invalid.field("reason", "Say why this goes back: it is kept, and told to those who handle the money.", "MISSING")
        self.progress_percentage, self.status = to, _status(status or self.status, to)
        if to == was:
            return
        self.actual_end_date = (self.actual_end_date or report.today) if to == ENDS[S.completed] else None
        self._note(report, was, to)
        if to < self.certified_percentage:
            self._certified(to, *((self.certified_by, self.certified_at) if to else (None, None)))

    def certify(self, report: Report) -> None:
        """What is reported is true. Conflict NOTHING_TO_CERTIFY when it has been certified so far already."""
        if self.progress_percentage <= self.certified_percentage:
            raise Conflict("NOTHING_TO_CERTIFY", f"This phase is certified as far as it is reported: {self.certified_percentage} %.")
        self._note(report, self.certified_percentage, self.progress_percentage, certified=True)
        self._certified(self.progress_percentage, report.by, report.at)

    def _certified(self, percentage: Decimal, by: int | None, at: datetime | None) -> None:
        self.certified_percentage, self.certified_by, self.certified_at = percentage, by, at

    def _note(self, report: Report, was: Decimal, to: Decimal, **more: Any) -> None:
        entry = {"at": as_said(report.at), "by": report.by, "from": float(was), "to": float(to), "reason": report.reason}
        self.history = [*self.history, entry | more]


def _status(wanted: ProgressStatus, percentage: Decimal) -> ProgressStatus:
    """As was said, unless the percentage says otherwise."""
    if percentage == ENDS[S.completed]:
        return S.completed
    if ENDS.get(wanted, percentage) != percentage:
        return S.in_progress
    return wanted
