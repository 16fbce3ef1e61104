"""What is promised: bookings and who is party to them."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
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

from realestate.models.accounts import Customer
from realestate.models.base import Base, Identified, Timestamped, Versioned
from realestate.models.bookings.life import Life
from realestate.models.bookings.words import (
    ACTIVE,
    GROUPS,
    BookingPaymentStatus,
    BookingStatus,
    CancellationCause,
    PaymentPlan,
)
from realestate.models.units import Unit

S = BookingStatus
_PRIVATE: dict[str, Any] = {"deferred": True, "deferred_group": "private", "deferred_raiseload": True}
"""What the wall shows to nobody but the system: others ask the clerk (`tenancy.answers`)."""
_ACTIVE_SQL = "status IN (" + ", ".join(f"'{status.value}'" for status in ACTIVE) + ")"


class Booking(Identified, Timestamped, Versioned, Life, Base):
    """A customer's claim on a unit (domain.md §2): at most one live claim a unit. The server prices it; the customer never does."""

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("builder_id", "project_id", "customer_id", "id"),  # what money and parties refer to
        UniqueConstraint("builder_id", "id"),  # what a booking that goes on from another refers to
        UniqueConstraint("builder_id", "allotment_no"),
        UniqueConstraint("id", "currency"),  # what is paid for it
        ForeignKeyConstraint(
            ["project_id", "currency"], ["projects.id", "projects.currency"], name="fk_bookings_currency", ondelete="RESTRICT"
        ),
        *(
            ForeignKeyConstraint(
                ["builder_id", column], ["bookings.builder_id", "bookings.id"], name=f"fk_bookings_{name}", ondelete="RESTRICT"
            )
            for name, column in (("transferred_from", "transferred_from_id"), ("swapped_from", "swapped_from_id"))
        ),
        CheckConstraint("(status = 'cancellation_requested') = (previous_status IS NOT NULL)", name="way_back_known"),
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
    offered_until: Mapped[datetime | None]
    """Of somebody who waits: the unit is kept for them until then."""
    confirmed_at: Mapped[datetime | None]
    allotment_no: Mapped[str | None]
    cooling_off_until: Mapped[datetime | None]
    agreement_no: Mapped[str | None]
    agreement_date: Mapped[date | None]
    agreement_url: Mapped[str | None]
    agreement_hash: Mapped[str | None]
    """Of the terms that everybody has signed."""
    registration_no: Mapped[str | None]
    expected_registration_date: Mapped[date | None]
    actual_registration_date: Mapped[date | None]
    promised_possession_date: Mapped[date | None]
    possession_offered_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    handover_checklist: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    loan_approved: Mapped[bool] = mapped_column(server_default="false")
    loan_amount: Mapped[Decimal | None]
    lender: Mapped[str | None]
    interest_terms: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    policy_terms: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What delay and leaving cost, as agreed with the allotment (`Rules.agreed`, `Policy.agreed`)."""
    special_requests: Mapped[str | None]
    agent_id: Mapped[int | None]
    discount: Mapped[Decimal] = mapped_column(server_default="0")
    discount_request: Mapped[dict[str, Any] | None] = mapped_column(**_PRIVATE)
    """Asked for and not decided yet: amount, reason, by whom."""
    discount_approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    nominees: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]", **_PRIVATE)
    kyc_checklist: Mapped[dict[str, Any]] = mapped_column(server_default="{}", **_PRIVATE)
    at_risk: Mapped[bool] = mapped_column(server_default="false")
    default_notice_at: Mapped[datetime | None]
    transfer_to_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    """Who is to take it over, once the builder agrees."""
    transferred_from_id: Mapped[int | None]
    swapped_from_id: Mapped[int | None]
    cancellation: Mapped[dict[str, Any] | None]
    cancellation_cause: Mapped[CancellationCause | None]

    unit: Mapped[Unit] = relationship(primaryjoin="foreign(Booking.unit_id) == Unit.id", lazy="raise", viewonly=True)
    customer: Mapped[Customer] = relationship(primaryjoin="foreign(Booking.customer_id) == Customer.id", lazy="raise", viewonly=True)

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
    def waitlist_position(self) -> int | None:
        """Which place it has among those who wait for the unit, 1 being the next; the clerk counts them (`tenancy.answers`)."""
        raise NotImplementedError("only the database sees the others")

    @waitlist_position.inplace.expression
    @classmethod
    def _waitlist_position(cls) -> Any:
        return case((cls.status == S.waitlisted, func.waitlist_position(cls.id, type_=Integer)))

    @hybrid_property
    def group(self) -> str:
        """The group of states that it is in now, under which portals filter and count."""
        raise NotImplementedError("only the database knows what time it is")

    @group.inplace.expression
    @classmethod
    def _group(cls) -> Any:
        return case(*((cls.current_status.in_(states), group.value) for group, states in GROUPS.items()))
