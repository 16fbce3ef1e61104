"""What buyers want otherwise in their home, at which price, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint, and_, case, desc, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from realestate.errors import Conflict
from realestate.models.accounts import Customer, Role
from realestate.models.base import Base, Identified, Kind, Stateful, Timestamped, Versioned, as_said, no_such_step
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.documents import Document, DocumentSubject
from realestate.models.money import round_cents
from realestate.models.payments import Installment
from realestate.models.payments.installment import booking_key

CHANGEABLE = (BookingStatus.booking_confirmed, BookingStatus.agreement_signed, BookingStatus.registered)
"""The states of a booking in which its home may still be changed."""
QUOTED_FOR = timedelta(days=14)
"""How long a quote is good for that does not say it."""


class ChangeRequestType(Kind):
    layout = "layout"
    structural = "structural"
    electrical = "electrical"
    plumbing = "plumbing"
    flooring = "flooring"
    kitchen = "kitchen"
    fixtures = "fixtures"
    finishes = "finishes"
    other = "other"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {"interior": "finishes", "material": "finishes", "design": "layout"}


class ChangeRequestStatus(Kind):
    submitted = "submitted"
    under_review = "under_review"
    quoted = "quoted"
    approved = "approved"
    declined = "declined"
    rejected = "rejected"
    withdrawn = "withdrawn"
    quote_expired = "quote_expired"
    in_progress = "in_progress"
    completed = "completed"


S = ChangeRequestStatus
OPEN = (S.submitted, S.under_review, S.quoted, S.approved, S.in_progress)
BEGUN = (S.in_progress, S.completed)
AGREED = (S.approved, S.in_progress, S.completed)
"""The states in which there is a price that both sides have agreed on."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a change costs: lines of `(name, amount, percent of tax)`, and how many days possession moves."""

    lines: Sequence[tuple[str, Decimal, Decimal]]
    days: int
    valid_until: datetime

    @property
    def as_json(self) -> list[dict[str, Any]]:
        """The lines with their tax, rounded each, as they are kept and charged."""
        return [
            {"name": name, "amount": float(amount), "tax_percent": float(percent), "tax_amount": float(round_cents(amount * percent / 100))}
            for name, amount, percent in self.lines
        ]


class ChangeRequest(Identified, Timestamped, Versioned, Stateful, Base):
    """One change that a buyer wants (domain.md §5). The team names a price, the customer alone accepts one, and then it stands."""

    __tablename__ = "change_requests"
    __table_args__ = (
        booking_key("change_requests"),
        UniqueConstraint("builder_id", "project_id", "booking_id", "customer_id", "id"),  # what its charges refer to
        UniqueConstraint("booking_id", "addendum_no"),
        ForeignKeyConstraint(
            ["builder_id", "quoted_by"], ["users.builder_id", "users.id"], name="fk_change_requests_quoted_by", ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["booking_id", "currency"], ["bookings.id", "bookings.currency"], name="fk_change_requests_currency", ondelete="RESTRICT"
        ),
        CheckConstraint("estimated_cost >= 0 AND estimated_timeline_days >= 0", name="quote_not_negative"),
        CheckConstraint("tax_amount BETWEEN 0 AND estimated_cost", name="tax_within_cost"),
        CheckConstraint(
            "quote_version = 0 OR num_nulls(quoted_by, quoted_at, estimated_cost, estimated_timeline_days, quote_valid_until) = 0",
            name="quote_is_whole",
        ),
        CheckConstraint("final_cost = estimated_cost", name="final_cost_agreed"),
        CheckConstraint("(addendum IS NULL) = (addendum_no IS NULL)", name="addendum_numbered"),
        Index("ix_change_requests_builder_id", "builder_id", desc("id")),
        Index("ix_change_requests_customer_id", "customer_id"),
        Index("ix_change_requests_booking_id", "booking_id", desc("id")),
    )
    SUBJECT: ClassVar = "change_request"
    EDGES: ClassVar = {
        "review": ((S.submitted,), S.under_review),
        "quote": ((S.under_review, S.quoted, S.quote_expired), S.quoted),
        "accept": ((S.quoted,), S.approved),
        "decline": ((S.quoted,), S.declined),
        "expire": ((S.quoted,), S.quote_expired),
        "reject": ((S.under_review,), S.rejected),
        "withdraw": ((S.submitted, S.under_review, S.quoted), S.withdrawn),
        "close": ((S.submitted, S.under_review, S.quoted, S.approved), S.withdrawn),
        "start": ((S.approved,), S.in_progress),
        "complete": ((S.in_progress,), S.completed),
    }

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    request_number: Mapped[str] = mapped_column(Text, Computed("'CR-' || lpad(id::text, 6, '0')", persisted=True))
    request_type: Mapped[ChangeRequestType]
    request_title: Mapped[str]
    request_description: Mapped[str]
    current_specification: Mapped[str | None]
    requested_specification: Mapped[str | None]
    status: Mapped[ChangeRequestStatus] = mapped_column(server_default=S.submitted)
    currency: Mapped[str]
    quote_version: Mapped[int] = mapped_column(Integer, server_default="0")
    """Counts prices: each voids the one before."""
    quote_lines: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    estimated_cost: Mapped[Decimal | None]
    """All of the quote, tax included."""
    tax_amount: Mapped[Decimal | None]
    estimated_timeline_days: Mapped[int | None] = mapped_column(Integer)
    quote_valid_until: Mapped[datetime | None]
    quoted_by: Mapped[int | None]
    quoted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    addendum_no: Mapped[int | None] = mapped_column(Integer)
    addendum: Mapped[dict[str, Any] | None]
    """What has been agreed, as it was said then."""
    builder_response: Mapped[str | None]
    customer_response: Mapped[str | None]
    rejection_reason: Mapped[str | None]
    completion_date: Mapped[date | None]
    final_cost: Mapped[Decimal | None]

    booking: Mapped[Booking] = relationship(primaryjoin="foreign(ChangeRequest.booking_id) == Booking.id", lazy="raise", viewonly=True)
    customer: Mapped[Customer] = relationship(primaryjoin="foreign(ChangeRequest.customer_id) == Customer.id", lazy="raise", viewonly=True)
    charges: Mapped[list[Installment]] = relationship(
        primaryjoin="ChangeRequest.id == foreign(Installment.change_request_id)", order_by="Installment.seq", lazy="raise", viewonly=True
    )

    attachments: Mapped[list[Document]] = relationship(
        primaryjoin=lambda: and_(foreign(Document.subject_id) == ChangeRequest.id, Document.subject == DocumentSubject.change_request),
        order_by=Document.id,
        lazy="raise",
        viewonly=True,
    )

    @hybrid_property
    def current_status(self) -> str:
        """The state with the clock taken into account: a price whose time has passed is no price, swept or not."""
        raise NotImplementedError("only the database knows what time it is")

    @current_status.inplace.expression
    @classmethod
    def _current_status(cls) -> Any:
        return case((and_(cls.status == S.quoted, cls.quote_valid_until <= func.now()), "quote_expired"), else_=cls.status)

    def status_at(self, now: datetime) -> ChangeRequestStatus:
        """The same for one row."""
        is_over = self.status is S.quoted and self.quote_valid_until is not None and self.quote_valid_until <= now
        return S.quote_expired if is_over else self.status

    def step(self, event: str, now: datetime) -> None:
        """Move along an edge, from where the clock has taken it by now."""
        if self.status_at(now) is S.quote_expired and event not in ("quote", "expire"):
            raise no_such_step("change request", S.quote_expired, event, ["quote"])
        self.take(event)

    def quote(self, quote: Quote, by: int, now: datetime) -> None:
        """Name a price, or another one, which voids the one before."""
        self.step("quote", now)
        self.quote_lines = quote.as_json
        self.tax_amount = sum((tax for _, _, tax in self.lines), Decimal(0))
        self.estimated_cost = sum((amount + tax for _, amount, tax in self.lines), Decimal(0))
        self.estimated_timeline_days, self.quote_valid_until = quote.days, quote.valid_until
        self.quote_version, self.quoted_by, self.quoted_at = self.quote_version + 1, by, now

    @property
    def lines(self) -> list[tuple[str, Decimal, Decimal]]:
        """Of the quote: name, amount, tax."""
        return [(line["name"], Decimal(str(line["amount"])), Decimal(str(line["tax_amount"]))) for line in self.quote_lines]

    def accept(self, quote_version: int | None, price: Decimal | None, now: datetime) -> None:
        """The customer agrees to a price, named by its version or its amount. Conflict QUOTE_CHANGED when that is not the price any more."""
        self.step("accept", now)
        if quote_version not in (None, self.quote_version) or price not in (None, self.estimated_cost):
            current: dict[str, Any] = {"quote_version": self.quote_version, "estimated_cost": self.estimated_cost}
            raise Conflict("QUOTE_CHANGED", "This is not the price any more. Please look at the new one.", **current)
        self.accepted_at = now

    def agree(self, number: int, booking: Booking, now: datetime) -> None:
        """Write the addendum to the booking's agreement, and move its promise."""
        assert self.estimated_timeline_days is not None, "quoted before"
        before = booking.promised_possession_date
        if before:
            booking.promised_possession_date = before + timedelta(days=self.estimated_timeline_days)
        self.addendum_no = number
        self.addendum = {
            "number": f"{booking.booking_number}-A{number}",
            "agreed_at": as_said(now),
            "quote_version": self.quote_version,
            "days": self.estimated_timeline_days,
            "possession_before": before and before.isoformat(),
            "possession_after": before and str(booking.promised_possession_date),
        }

    def answer(self, side: Role, note: str | None) -> None:
        """What a side says to the other; nothing leaves what it said before."""
        if note and side is Role.customer:
            self.customer_response = note
        elif note:
            self.builder_response = note

    def close(self, why: str) -> None:
        """Its booking has ended, and nobody has begun with it."""
        self.take("close")
        self.rejection_reason = why

    def complete(self, on: date, now: datetime) -> None:
        """Done, at the price that was agreed."""
        self.step("complete", now)
        self.completion_date, self.final_cost = on, self.estimated_cost
