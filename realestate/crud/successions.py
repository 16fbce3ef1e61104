"""What goes along when a booking goes over to somebody else: the home's, whoever buys it. Lock both bookings first, and speak as the system."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.bookings import Booking, Snag
from realestate.models.change_requests import AGREED, BEGUN, OPEN, ChangeRequest
from realestate.models.documents import Document, DocumentSubject
from realestate.models.payments import Installment

_KEPT_IN_STEP = {"synchronize_session": False}


async def move_snags(session: AsyncSession, old: Booking, new: Booking) -> None:
    """What is wrong with the home is wrong for whoever gets it."""
    moved = update(Snag).where(Snag.booking_id == old.id)
    await session.execute(moved.values(**_to(new), version=Snag.version + 1), execution_options=_KEPT_IN_STEP)


async def move_changes(session: AsyncSession, old: Booking, new: Booking) -> None:
    """Changes that are asked for, or agreed on, with what was shown of them. The old lines keep their names only: others charge for them now."""
    wanted = select(ChangeRequest.id).where(ChangeRequest.booking_id == old.id, ChangeRequest.status.in_({*OPEN, *AGREED}))
    ids = (await session.scalars(wanted)).all()
    charged = update(Installment).where(Installment.booking_id == old.id, Installment.change_request_id.in_(ids))
    await session.execute(charged.values(change_request_id=None), execution_options=_KEPT_IN_STEP)
    moved = update(ChangeRequest).where(ChangeRequest.id.in_(ids))
    await session.execute(moved.values(**_to(new), version=ChangeRequest.version + 1), execution_options=_KEPT_IN_STEP)
    shown = update(Document).where(Document.subject == DocumentSubject.change_request, Document.subject_id.in_(ids))
    await session.execute(shown.values(**_to(new)), execution_options=_KEPT_IN_STEP)


async def begun_changes(session: AsyncSession, booking_id: int) -> set[int]:
    """Of a booking's changes those that are being made, or have been."""
    wanted = select(ChangeRequest.id).where(ChangeRequest.booking_id == booking_id, ChangeRequest.status.in_(BEGUN))
    return set(await session.scalars(wanted))


def _to(new: Booking) -> dict[str, int]:
    return {"booking_id": new.id, "customer_id": new.customer_id}
