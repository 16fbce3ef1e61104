"""From the allotment to the register: the agreement is signed by all its parties, then entered."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict
from realestate.models.accounts import Role
from realestate.models.base import Versions
from realestate.models.bookings import Booking, Signature
from realestate.models.jobs import Task
from realestate.models.notifications import Event
from realestate.services import agreements, audit, payments
from realestate.services.bookings.finding import Found, lock, on_behalf, together, who
from realestate.services.jobs import later
from realestate.services.notifications import notify

COMPANY = 0
"""Among those who are missing."""


async def sign(
    session: AsyncSession, by: Identity, booking_id: int, content_hash: str | None, version: Versions | None = None
) -> tuple[Booking, list[int]]:
    """Put one's name under the newest version of the agreement; with the last one that is missing it is signed. Says who is missing then:
    the ids of customers, and the company.

    Conflict NO_AGREEMENT; AGREEMENT_CHANGED when that is not the version that was read (None: the team's, which has made it);
    AGREEMENT_OUTDATED when the terms have changed since it was drawn.
    """
    seen = await crud.bookings.peek(session, booking_id)
    seen.expect(version)
    seen.check("sign_agreement", who(by))
    async with as_system(session):  # locked before anything refers to it: two who sign at once would wait for each other
        found = await lock(session, seen, "sign_agreement", version)
        terms = await _standing_terms(session, booking_id, content_hash)
    await _put_name(session, by, found.booking, terms)
    async with on_behalf(session):
        missing = await crud.bookings.find_missing(session, booking_id, terms)
        if not missing:
            await _conclude(session, found, terms)
    said = {**found.names, "agreement": found.booking.agreement_no or ""}
    if not missing:
        notify(session, Event.booking_signed, found.booking, **said)
    elif missing == [COMPANY]:
        notify(session, Event.signature_due, found.booking, part=terms[:12], **said)
    return found.booking, missing


async def _standing_terms(session: AsyncSession, booking_id: int, read: str | None) -> str:
    """The hash of the newest edition, which says what the booking is by now. Lock the booking first: nobody joins or draws meanwhile."""
    newest = await crud.bookings.newest_hash(session, booking_id)
    if newest is None:
        raise Conflict("NO_AGREEMENT", "There is no agreement yet: generate it first.")
    if read not in (None, newest):
        raise Conflict("AGREEMENT_CHANGED", "There is a newer version of the agreement. Please read that one.", content_hash=newest)
    if (await agreements.look_again(session, booking_id)).content_hash != newest:
        raise Conflict("AGREEMENT_OUTDATED", "What it says has changed since it was drawn: the company makes a new version first.")
    return newest


async def _put_name(session: AsyncSession, by: Identity, booking: Booking, terms: str) -> None:
    is_customer = by.role is Role.customer
    signature = Signature(
        **{name: getattr(booking, name) for name in ("builder_id", "project_id")},
        booking_id=booking.id,
        owner_id=booking.customer_id,
        customer_id=by.me if is_customer else None,
        member_id=None if is_customer else by.me,
        content_hash=terms,
    )
    if not await crud.bookings.has_signed(session, signature):
        session.add(signature)
        await session.flush()
        audit.record(session, "booking.signature", booking, content_hash=terms)


async def _conclude(session: AsyncSession, found: Found, terms: str) -> None:
    """Everybody has signed: the lines that waited for it are demanded."""
    booking, unit, now = found
    booking.sign(terms, unit.project.date_at(now))
    await session.flush()
    await payments.settle(session, booking, unit.project, now)
    later(session, Task.draw_agreement, booking_id=booking.id)


async def sign_for_company(session: AsyncSession, by: Identity, booking_id: int, version: Versions | None) -> Booking:
    """The portals' step: the company's signature, where it is the last one. Conflict SIGNATURES_MISSING names the customers who have not."""
    booking, missing = await sign(session, by, booking_id, None, version)
    if missing:
        raise Conflict("SIGNATURES_MISSING", "Not everybody has signed yet.", customer_ids=missing)
    return booking


async def register(session: AsyncSession, booking_id: int, number: str, on: date, version: Versions | None = None) -> Booking:
    """Entered in the public register: the unit is sold."""
    async with together(session, booking_id, "register", version) as found:
        booking, unit, now = found
        booking.register(number, on, unit.project.date_at(now))
        unit.take("sell")
    notify(session, Event.booking_registered, booking, **found.names, registration=number)
    return booking
