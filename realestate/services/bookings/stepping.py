"""The portals' PATCH of a status, as the event that it stands for (domain.md §2)."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import Permission
from realestate.models.base import Versions, no_such_step
from realestate.models.bookings import Booking, BookingStatus
from realestate.schemas.bookings import BookingStep
from realestate.schemas.cancellations import CancellationCreate
from realestate.services.bookings import allotting, cancelling, handing_over, signing
from realestate.services.bookings.finding import fetch

S = BookingStatus
NEEDED = {
    S.cancelled: Permission.units_hold,
    S.agreement_signed: Permission.agreements_sign,
    S.registered: Permission.agreements_sign,
    S.possession_offered: Permission.bookings_settle,
    S.handed_over: Permission.handovers_write,
}


def may_take(status: BookingStatus) -> Permission:
    """What a member of the team needs for a step: a sale that is not paid for is let go of by those who may make one."""
    return NEEDED.get(status, Permission.bookings_approve)


async def step(session: AsyncSession, member: Identity, booking_id: int, wanted: BookingStep, version: Versions | None) -> Booking:
    """Stale when `version` is not the current one; Conflict SET_BY_MONEY or INVALID_TRANSITION where the step does not exist."""
    match wanted.status:
        case S.booking_confirmed:
            return await allotting.confirm(session, booking_id, version)
        case S.rejected:
            if wanted.reason is None:
                raise Invalid.field("reason", "Say why; the customer will read it.", "MISSING")
            return await allotting.reject(session, member, booking_id, wanted.reason, version)
        case S.cancelled:
            return await cancelling.request(session, member, booking_id, CancellationCreate(reason=wanted.reason), version)
        case S.agreement_signed:
            return await signing.sign_for_company(session, member, booking_id, version)
        case S.registered:
            await fetch(session, booking_id, "register", version)
            if wanted.registration_no is None or wanted.registration_date is None:
                raise Invalid.field("registration_no", "Say under which number it was registered, and when.", "MISSING")
            return await signing.register(session, booking_id, wanted.registration_no, wanted.registration_date, version)
        case S.possession_offered:
            return await handing_over.offer_possession(session, booking_id, version)
        case S.handed_over:
            return await handing_over.hand_over(session, booking_id, version)
    booking, _, _ = await fetch(session, booking_id, wanted.status.value, version)
    if wanted.status is S.token_paid:
        raise Conflict("SET_BY_MONEY", "Only recorded money takes a booking to token_paid.", allowed=booking.allowed)
    raise no_such_step("booking", booking.status, wanted.status.value, booking.allowed)
