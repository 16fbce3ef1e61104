"""What is promised: bookings and who is party to them."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    and_,
    case,
    desc,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from realestate.errors import Conflict
from realestate.models.accounts import Customer
from realestate.models.base import Base, Identified, Stateful, Timestamped, Versioned
from realestate.models.bookings.words import (
    ACTIVE,
    GROUPS,
    OPEN,
    BookingPaymentStatus,
    BookingStatus,
    CancellationCause,
    PartyRole,
    PaymentPlan,
)
from realestate.models.units import Unit

S = BookingStatus
_ACTIVE_SQL = "status IN (" + ", ".join(f"'{status.value}'" for status in ACTIVE) + ")"


class Booking(Identified, Timestamped, Versioned, Stateful, Base):
    """A customer's claim on a unit (domain.md §2): at most one live claim a unit. The server prices it; the customer never does."""

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("builder_id", "project_id", "customer_id", "id"),  # what money and parties refer to
        ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_bookings_unit",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(["builder_id", "agent_id"], ["users.builder_id", "users.id"], name="fk_bookings_agent", ondelete="RESTRICT"),
        CheckConstraint("total_amount > 0", name="total_positive"),
        CheckConstraint("token_amount BETWEEN 0 AND total_amount", name="token_within_total"),
        CheckConstraint("discount BETWEEN 0 AND total_amount", name="discount_within_total"),
        CheckConstraint("agreement_url = '/api/bookings/' || id::text || '/agreement.pdf'", name="agreement_is_its_own"),
        Index("uq_bookings_active_unit", "unit_id", unique=True, postgresql_where=text(_ACTIVE_SQL)),
        Index("uq_bookings_inquiry", "unit_id", "customer_id", unique=True, postgresql_where=text("status = 'inquiry'")),
        Index("uq_bookings_waitlist", "unit_id", "customer_id", unique=True, postgresql_where=text("status = 'waitlisted'")),
        Index("ix_bookings_builder_id", "builder_id", desc("created_at"), desc("id")),
        Index("ix_bookings_customer_id", "customer_id", desc("created_at"), desc("id")),
        Index("ix_bookings_project_id", "project_id", "status"),
        Index("ix_bookings_unit_id", "unit_id"),
    )
    EDGES: ClassVar = {
        "visit_booked": ((S.inquiry,), S.site_visit_scheduled),
        "reserve": (OPEN, S.reserved),
        "expire": ((S.reserved,), S.expired),
        "cancel": ((S.reserved,), S.cancelled),
        "token_cleared": ((S.reserved,), S.token_paid),
        "approve": ((S.token_paid,), S.booking_confirmed),
        "reject": ((S.reserved, S.token_paid), S.rejected),
    }

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    project_id: Mapped[int]
    unit_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    booking_number: Mapped[str] = mapped_column(Text, Computed("'BK-' || lpad(id::text, 6, '0')", persisted=True))
    status: Mapped[BookingStatus]
    previous_status: Mapped[BookingStatus | None]
    status_reason: Mapped[str | None]
    token_amount: Mapped[Decimal]
    total_amount: Mapped[Decimal]
    currency: Mapped[str]
    cost_sheet: Mapped[dict[str, Any]]
    payment_plan: Mapped[PaymentPlan | None]
    plan_snapshot: Mapped[dict[str, Any]]
    needs_loan: Mapped[bool] = mapped_column(server_default="false")
    booking_date: Mapped[datetime] = mapped_column(server_default=func.now())
    reserve_expires_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    cooling_off_until: Mapped[datetime | None]
    agreement_no: Mapped[str | None]
    agreement_date: Mapped[date | None]
    agreement_url: Mapped[str | None]
    expected_registration_date: Mapped[date | None]
    actual_registration_date: Mapped[date | None]
    promised_possession_date: Mapped[date | None]
    loan_approved: Mapped[bool] = mapped_column(server_default="false")
    loan_amount: Mapped[Decimal | None]
    lender: Mapped[str | None]
    interest_terms: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    special_requests: Mapped[str | None]
    agent_id: Mapped[int | None]
    discount: Mapped[Decimal] = mapped_column(server_default="0")
    discount_approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    nominees: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    kyc_checklist: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    at_risk: Mapped[bool] = mapped_column(server_default="false")
    cancellation: Mapped[dict[str, Any] | None]
    cancellation_cause: Mapped[CancellationCause | None]

    unit: Mapped[Unit] = relationship(primaryjoin="foreign(Booking.unit_id) == Unit.id", lazy="raise", viewonly=True)
    customer: Mapped[Customer] = relationship(lazy="raise", viewonly=True)

    if TYPE_CHECKING:  # what models.payments adds: sums and derivations over its tables
        paid_amount: Mapped[Decimal]
        pending_amount: Mapped[Decimal]
        payment_status: Mapped[BookingPaymentStatus]

    @hybrid_property
    def current_status(self) -> str:
        """The state with the clock taken into account: an unpaid reserve whose time has passed is expired, swept or not."""
        raise NotImplementedError("only the database knows what time it is")

    @current_status.inplace.expression
    @classmethod
    def _current_status(cls) -> Any:
        return case((and_(cls.status == S.reserved, cls.reserve_expires_at <= func.now()), "expired"), else_=cls.status)

    @hybrid_property
    def group(self) -> str:
        """The group of states that it is in now, under which portals filter and count."""
        raise NotImplementedError("only the database knows what time it is")

    @group.inplace.expression
    @classmethod
    def _group(cls) -> Any:
        return case(*((cls.current_status.in_(states), group.value) for group, states in GROUPS.items()))

    def has_lapsed(self, now: datetime) -> bool:
        """Whether it is expired although nobody has written that down yet (see `services.claims`)."""
        return self.status is S.reserved and self.reserve_expires_at is not None and self.reserve_expires_at <= now

    def expire(self) -> None:
        """The token never came."""
        self._refuse_with_money()
        self.take("expire")

    def cancel(self, reason: str | None) -> None:
        """Let go of it before the token has come: nothing is owed by either side (domain.md §2)."""
        self._refuse_with_money()
        self.take("cancel")
        self.status_reason = reason

    def _refuse_with_money(self) -> None:
        if self.status == S.reserved and self.reserve_expires_at is None:
            raise Conflict(
                "PAYMENT_PENDING", "Money for this booking has come; its builder can reject it with a refund.", allowed=["reject"]
            )

    def firm(self) -> None:
        """Money is on its way: the claim no longer ends by the clock."""
        self.reserve_expires_at = None

    def token_cleared(self) -> None:
        """The token is there. Money alone takes this step."""
        self.take("token_cleared")

    def approve(self, at: datetime) -> None:
        """Allot the unit."""
        self.take("approve")
        self.confirmed_at = at

    def put_on_paper(self, agreement_no: str) -> None:
        """There is an agreement of it now."""
        self.agreement_no, self.agreement_url = agreement_no, f"/api/bookings/{self.id}/agreement.pdf"

    def reject(self, reason: str) -> None:
        """Turn the buyer down; cleared money goes back in full."""
        self.take("reject")
        self.status_reason = reason


class BookingParty(Identified, Timestamped, Base):
    """Who is bound by a booking: its owner of record, and co-applicants, who see it and pay but cannot cancel or transfer."""

    __tablename__ = "booking_parties"
    __table_args__ = (
        UniqueConstraint("booking_id", "customer_id"),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "owner_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_booking_parties_booking",
            ondelete="RESTRICT",
        ),
        CheckConstraint("(role = 'owner') = (customer_id = owner_id)", name="owner_of_record"),
        CheckConstraint("share BETWEEN 0 AND 1000000", name="share_is_percent"),
        Index("ix_booking_parties_customer_id", "customer_id"),
        Index("ix_booking_parties_builder_id", "builder_id", "project_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    owner_id: Mapped[int]
    """The booking's owner of record, repeated so that policies need no join."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    role: Mapped[PartyRole]
    share: Mapped[int]
    """Of the property, in basis points × 100: 1,000,000 is all of it."""
