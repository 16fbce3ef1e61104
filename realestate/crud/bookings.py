"""Bookings in the database: found and locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer_group
from sqlalchemy.orm.attributes import set_committed_value

from realestate.errors import NotFound
from realestate.models.accounts import Role
from realestate.models.agreements import Agreement
from realestate.models.bookings import ACTIVE, OPEN, Booking, BookingMove, BookingParty, BookingStatus, Signature, Snag, SnagStatus
from realestate.models.documents import Document, DocumentKind, DocumentSubject
from realestate.models.units import Unit
from realestate.writing import Command


async def get(session: AsyncSession, booking_id: int) -> Booking:
    """The booking, locked until the transaction ends; for the system with what is private of it. Lock the unit first when both change
    (domain.md: unit → booking → payment)."""
    is_system = session.info["identity"].role is Role.worker
    locked = select(Booking).where(Booking.id == booking_id).with_for_update(of=Booking).execution_options(populate_existing=True)
    booking = await session.scalar(locked.options(undefer_group("private")) if is_system else locked)
    if booking is None:
        raise NotFound
    if not is_system:  # SQLAlchemy would fetch them after the UPDATE, for they have a default
        set_committed_value(booking, "kyc_checklist", {})
        set_committed_value(booking, "nominees", [])
    return booking


async def ended_at(session: AsyncSession, booking_id: int) -> datetime:
    """When it took its last step, which nothing follows."""
    return (await session.scalars(select(func.max(BookingMove.at)).where(BookingMove.booking_id == booking_id))).one()


async def peek(session: AsyncSession, booking_id: int) -> Booking:
    """The booking, not locked: for its unit, which never changes, and for refusals that need no lock."""
    booking = await session.scalar(select(Booking).where(Booking.id == booking_id))
    if booking is None:
        raise NotFound
    return booking


async def reread(session: AsyncSession, booking_id: int) -> Booking:
    """As somebody else has left it meanwhile; not locked, for it may not be the caller's to change any more."""
    return await session.get_one(Booking, booking_id, populate_existing=True)


async def find_active_of_unit(session: AsyncSession, unit_id: int) -> Booking | None:
    """The one booking that claims the unit, locked."""
    return await session.scalar(select(Booking).where(Booking.unit_id == unit_id, Booking.status.in_(ACTIVE)).with_for_update(of=Booking))


_OF_CUSTOMER = Booking.customer_id == bindparam("customer")
_UNPAID = (
    select(func.count())
    .where(Booking.project_id == bindparam("project"), _OF_CUSTOMER)
    .where(Booking.status == BookingStatus.reserved, Booking.reserve_expires_at > func.now())
    .scalar_subquery()
)
_GIVEN_BACK = (
    select(func.count())
    .where(Booking.unit_id == bindparam("unit"), _OF_CUSTOMER, Booking.status == BookingStatus.cancelled)
    .where(Booking.confirmed_at.is_(None), Booking.booking_date > func.now() - literal_column("interval '30 minutes'"))
    .scalar_subquery()
)
_INQUIRY = (
    select(Booking.id, Booking.status)
    .where(Booking.unit_id == bindparam("unit"), _OF_CUSTOMER, Booking.status.in_([*OPEN, BookingStatus.waitlisted]))
    .order_by((Booking.status == BookingStatus.waitlisted).desc(), Booking.id)
    .limit(1)
    .subquery("inquiry")
)
_STANDING = Command(
    select(
        _UNPAID.label("unpaid"),
        _GIVEN_BACK.label("given_back"),
        _INQUIRY.c.id.label("inquiry_id"),
        _INQUIRY.c.status.label("inquiry_status"),
    ).select_from(select(literal_column("1")).subquery("once").outerjoin(_INQUIRY, true()))
)


async def standing(session: AsyncSession, unit: Unit, customer_id: int) -> Any:
    """How many reserves of the project wait for their token (`unpaid`), how many of the unit came and went in half an hour (`given_back`), and what of the customer's goes on as the
    reserve: a place on the waiting list, else an open enquiry (`inquiry_id`, `inquiry_status`). Lock the unit and the customer's lead first."""
    return await _STANDING(session, unit=unit.id, project=unit.project_id, customer=customer_id)


async def find_enquiry_in(session: AsyncSession, project_id: int, customer_id: int, unit_id: int | None) -> Booking | None:
    """The customer's latest open enquiry in the project, about that unit if one is named; not locked."""
    mine = select(Booking).where(
        Booking.project_id == project_id, Booking.customer_id == customer_id, Booking.status == BookingStatus.inquiry
    )
    mine = mine if unit_id is None else mine.where(Booking.unit_id == unit_id)
    return await session.scalar(mine.order_by(Booking.id.desc()).limit(1))


async def settled_until_resale(session: AsyncSession, unit_id: int) -> Sequence[Booking]:
    """Those that have ended and whose refund is due the earlier when their unit is sold again, locked. Lock the unit first."""
    days = Booking.cancellation["settlement"]["refund_due_after_resale_days"].as_integer()
    ended = select(Booking).where(Booking.unit_id == unit_id, Booking.status == BookingStatus.cancelled, days.is_not(None))
    return (await session.scalars(ended.order_by(Booking.id).with_for_update(of=Booking))).all()


async def newest_hash(session: AsyncSession, booking_id: int) -> str | None:
    """Of the newest edition of its agreement."""
    editions = select(Agreement.content_hash).where(Agreement.booking_id == booking_id)
    return await session.scalar(editions.order_by(Agreement.edition.desc()).limit(1))


async def maker_of_agreement(session: AsyncSession, booking_id: int) -> int:
    """Who has had the newest edition made; there is one."""
    makers = select(Agreement.generated_by).where(Agreement.booking_id == booking_id)
    return (await session.scalars(makers.order_by(Agreement.edition.desc()).limit(1))).one()


async def has_signed(session: AsyncSession, signature: Signature) -> bool:
    """Whether the same person, or the company, has signed the same terms."""
    same = Signature.booking_id == signature.booking_id, Signature.content_hash == signature.content_hash
    mine = Signature.customer_id.is_not_distinct_from(signature.customer_id)
    return await session.scalar(select(Signature.id).where(*same, mine)) is not None


async def find_missing(session: AsyncSession, booking_id: int, content_hash: str) -> list[int]:
    """Whose signature under these terms is missing: the ids of customers, 0 for the company."""
    terms = select(Signature.customer_id).where(Signature.booking_id == booking_id, Signature.content_hash == content_hash)
    signed = {customer_id or 0 for customer_id in await session.scalars(terms)}
    parties = await session.scalars(select(BookingParty.customer_id).where(BookingParty.booking_id == booking_id))
    return sorted({0, *parties} - signed)


async def has_certificate(session: AsyncSession, project_id: int) -> bool:
    """Whether a certificate of occupancy stands beside the project."""
    wanted = (
        Document.project_id == project_id,
        Document.kind == DocumentKind.occupancy_certificate,
        Document.subject == DocumentSubject.project,
    )
    return await session.scalar(select(Document.id).where(*wanted).limit(1)) is not None


async def count_blocking(session: AsyncSession, booking_id: int) -> int:
    """Snags that must be mended before the keys are handed over."""
    blocking = Snag.booking_id == booking_id, Snag.is_blocking, Snag.status == SnagStatus.open
    return (await session.scalars(select(func.count(Snag.id)).where(*blocking))).one()


async def get_snag(session: AsyncSession, snag_id: int) -> Snag:
    """A snag, locked."""
    snag = await session.scalar(select(Snag).where(Snag.id == snag_id).with_for_update(of=Snag))
    if snag is None:
        raise NotFound
    return snag
