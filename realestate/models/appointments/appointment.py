"""When people meet: appointments."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint, case, cast, desc, extract, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from realestate.errors import Conflict
from realestate.models.accounts import Builder, Customer
from realestate.models.appointments.agenda import Agenda, Host
from realestate.models.appointments.words import LIVE, PENDING, AppointmentStatus, AppointmentType, MeetingLocation, VisitOutcome
from realestate.models.base import Base, Identified, Stateful, Timestamped, Versioned, no_such_step
from realestate.models.projects import Project

S = AppointmentStatus
KEPT_WHEN_MOVED = (
    *("builder_id", "project_id", "customer_id", "unit_id", "booking_id", "appointment_type", "seats"),
    *("attendees", "agenda", "notes", "meeting_url", "ical_uid", "ical_sequence"),
)
PATIENCE = timedelta(minutes=30)
"""After the start, before somebody who has not come is a no-show."""
_LIVE_SQL = "status IN (" + ", ".join(f"'{status.value}'" for status in LIVE) + ")"
_PRIVATE: dict[str, Any] = {"deferred": True, "deferred_group": "private", "deferred_raiseload": True}
"""What only the builder's team sees."""


def _never_two_at_once(name: str, person: str, since: str, until: str, where: str) -> ExcludeConstraint:
    """No two live rows of one person overlap; touching is fine, ranges are half-open. A range of one number compares with `&&`, which
    needs no extension; NULL would be the range of everybody."""
    whose, when = text(f"int8range({person}, {person}, '[]')"), text(f"tstzrange({since}, {until})")
    return ExcludeConstraint((whose, "&&"), (when, "&&"), name=name, using="gist", where=text(where))


def _key(name: str, table: str, **columns: str) -> ForeignKeyConstraint:
    """To a row of the same builder, which cannot be deleted then."""
    mine, theirs = ["builder_id", *columns], [f"{table}.{column}" for column in ("builder_id", *columns.values())]
    return ForeignKeyConstraint(mine, theirs, name=f"fk_appointments_{name}", ondelete="RESTRICT")


class Appointment(Identified, Timestamped, Versioned, Stateful, Base):
    """A customer and somebody of the builder's team meet (domain.md §4).

    `busy_from` and `busy_until` are what it takes of the host's time, with the buffer. A group visit (`is_group`) is one row a party, of
    `seats`, all with the same host. Until `change_until` its customer may cancel or move it.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("builder_id", "customer_id", "id"),  # what a moved one refers to
        _key("project", "projects", project_id="id"),
        _key("unit", "units", project_id="project_id", unit_id="id"),
        _key("booking", "bookings", project_id="project_id", customer_id="customer_id", booking_id="id"),
        _key("assigned_to", "users", assigned_to="id"),
        _key("rescheduled_from", "appointments", customer_id="customer_id", rescheduled_from_id="id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("busy_from <= starts_at AND busy_until >= ends_at", name="busy_meanwhile"),
        CheckConstraint("seats BETWEEN 1 AND 100", name="seats_for_somebody"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5 AND status = 'completed'", name="rated_when_completed"),
        CheckConstraint("outcome IS NULL OR status = 'completed'", name="outcome_when_completed"),
        _never_two_at_once(
            "ex_appointments_host",
            *("assigned_to", "busy_from", "busy_until"),
            where=f"assigned_to IS NOT NULL AND NOT is_group AND {_LIVE_SQL}",
        ),
        _never_two_at_once("ex_appointments_customer", "customer_id", "starts_at", "ends_at", where=_LIVE_SQL),
        Index("uq_appointments_rescheduled_from_id", "rescheduled_from_id", unique=True),
        Index("ix_appointments_builder_id", "builder_id", desc("starts_at"), desc("id")),
        Index("ix_appointments_customer_id", "customer_id", desc("starts_at"), desc("id")),
        Index("ix_appointments_project_id", "project_id", desc("starts_at"), desc("id")),
        Index("ix_appointments_assigned_to", "assigned_to", postgresql_where=text("assigned_to IS NOT NULL")),
        Index("ix_appointments_unit_id", "unit_id", postgresql_where=text("unit_id IS NOT NULL")),
        Index("ix_appointments_booking_id", "booking_id", postgresql_where=text("booking_id IS NOT NULL")),
        Index("ix_appointments_ahead", "starts_at", postgresql_where=text("status IN ('scheduled', 'confirmed')")),
    )
    EDGES: ClassVar = {
        "confirm": ((S.scheduled,), S.confirmed),
        "reschedule": ((S.scheduled, S.confirmed), S.rescheduled),
        "cancel": ((S.scheduled, S.confirmed), S.cancelled),
        "check_in": ((S.confirmed,), S.checked_in),
        "complete": ((S.checked_in, S.confirmed), S.completed),
        "no_show": ((S.confirmed, S.scheduled), S.no_show),
    }

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    project_id: Mapped[int]
    unit_id: Mapped[int | None]
    booking_id: Mapped[int | None]
    assigned_to: Mapped[int | None]
    host_name: Mapped[str | None]
    """Whom the customer meets, who cannot look into the team."""
    is_group: Mapped[bool] = mapped_column(server_default="false")
    seats: Mapped[int] = mapped_column(Integer, server_default="1")
    appointment_type: Mapped[AppointmentType]
    status: Mapped[AppointmentStatus]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    busy_from: Mapped[datetime]
    busy_until: Mapped[datetime]
    change_until: Mapped[datetime]
    meeting_location: Mapped[MeetingLocation]
    meeting_url: Mapped[str | None]
    attendees: Mapped[list[str]] = mapped_column(server_default="[]")
    agenda: Mapped[str | None]
    notes: Mapped[str | None]
    internal_notes: Mapped[str | None] = mapped_column(**_PRIVATE)
    reschedule_reason: Mapped[str | None]
    rescheduled_from_id: Mapped[int | None]
    cancel_reason: Mapped[str | None]
    outcome: Mapped[VisitOutcome | None] = mapped_column(**_PRIVATE)
    rating: Mapped[int | None] = mapped_column(Integer)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    ical_uid: Mapped[str] = mapped_column(server_default=text("gen_random_uuid()::text"))
    ical_sequence: Mapped[int] = mapped_column(Integer, server_default="0")

    project: Mapped[Project] = relationship(primaryjoin="foreign(Appointment.project_id) == Project.id", lazy="raise", viewonly=True)
    builder: Mapped[Builder] = relationship(lazy="raise", viewonly=True)
    customer: Mapped[Customer] = relationship(lazy="raise", viewonly=True)

    @hybrid_property
    def duration_minutes(self) -> int:
        """From start to end."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @duration_minutes.inplace.expression
    @classmethod
    def _duration_minutes(cls) -> Any:
        return cast(extract("epoch", cls.ends_at - cls.starts_at) / 60, Integer)

    @hybrid_property
    def group(self) -> str:
        """The state, or the group that it belongs to."""
        return "pending" if self.status in PENDING else self.status.value

    @group.inplace.expression
    @classmethod
    def _group(cls) -> Any:
        return case((cls.status.in_(PENDING), "pending"), else_=cls.status)

    def place(self, agenda: Agenda, host: Host, minutes: int) -> None:
        """Into a time that is free: with whom, until when, and how long its customer may change it."""
        self.ends_at = self.starts_at + timedelta(minutes=minutes)
        self.busy_from, self.busy_until = agenda.busy(self.starts_at, self.ends_at)
        self.change_until = self.starts_at - timedelta(minutes=agenda.rules.notice_minutes)
        self.assigned_to, self.host_name = host.id, host.name
        self.is_group = agenda.is_group(self.appointment_type)
        self.status = S.confirmed if agenda.rules.auto_confirm else S.scheduled

    def moved(self, start: datetime, location: MeetingLocation | None, reason: str | None, by: int) -> "Appointment":
        """What takes its place. To a calendar it is the same event at another time."""
        self.take("reschedule")
        kept = {name: getattr(self, name) for name in KEPT_WHEN_MOVED}
        return Appointment(
            **kept,
            starts_at=start,
            meeting_location=location or self.meeting_location,
            reschedule_reason=reason,
            rescheduled_from_id=self.id,
            created_by=by,
        )

    def take(self, event: str) -> None:
        """Along an edge; calendars that have it learn of a change by the sequence."""
        super().take(event)
        self.ical_sequence += 1

    def revise(self, values: Mapping[str, Any]) -> None:
        """What the team says of it. Calendars learn of what they show."""
        for name, value in values.items():
            setattr(self, name, value)
        self.ical_sequence += bool(values.keys() - {"internal_notes"})

    def check_notice(self, now: datetime) -> None:
        """Conflict SHORT_NOTICE when it is too late for its customer to change anything."""
        if now >= self.change_until:
            raise Conflict("SHORT_NOTICE", "It is too late to change this by yourself. Please call the builder.")

    def cancel(self, reason: str | None) -> None:
        """It does not take place."""
        self.take("cancel")
        self.cancel_reason = reason

    def complete(self, now: datetime, outcome: VisitOutcome | None) -> None:
        """It has taken place. Conflict NOT_STARTED before it began."""
        self.may("complete")
        if now < self.starts_at:
            raise Conflict("NOT_STARTED", "This appointment has not begun yet.")
        self.take("complete")
        self.outcome = outcome

    def miss(self, now: datetime) -> None:
        """The customer has not come. Conflict NOT_STARTED until half an hour after the start."""
        self.may("no_show")
        if now < self.starts_at + PATIENCE:
            raise Conflict("NOT_STARTED", "Wait for the customer until half an hour after the start.")
        self.take("no_show")

    def rate(self, stars: int) -> None:
        """By its customer, once it has taken place."""
        if self.status is not S.completed:
            raise no_such_step("appointment", self.status, "rate", self.allowed)
        self.rating = stars
