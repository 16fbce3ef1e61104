"""Reminding buyers of what is coming and late: what has been said, and for whom it is held back."""

from fastapi import Response

from realestate.dependencies import BuilderReader, BuilderSession, answer
from realestate.dependencies.guards import Cashier, may
from realestate.models.accounts import Permission
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.dunning import Dunning, PauseCreate
from realestate.services import dunning
from realestate.views.dunning import DUNNING

router = Router(prefix="/api/bookings/{booking_id}/dunning", tags=["payments (builder)"])


@router.get("", response_model=Dunning, dependencies=[may(Permission.reports_read)])
async def get_dunning(booking_id: Id, read: BuilderReader) -> Response:
    """What has been said of this booking's lines, whether it is at risk, and until when nothing more is said."""
    return await read.one(DUNNING, booking_id)


@router.put("/pause", response_model=Dunning)
async def pause_dunning(booking_id: Id, said: PauseCreate, member: Cashier, session: BuilderSession) -> Response:
    """Leave the buyer in peace until and with a day: no reminder, no mark of risk. It replaces a pause before it."""
    booking = await dunning.pause(session, member, booking_id, said.until, said.reason)
    return await answer(session, DUNNING, booking.id)


@router.delete("/pause", response_model=Dunning, responses=problems(404))
async def resume_dunning(booking_id: Id, member: Cashier, session: BuilderSession) -> Response:
    """Go on reminding: what has been reached meanwhile is said, the nearest rung alone."""
    await dunning.resume(session, member, booking_id)
    return await answer(session, DUNNING, booking_id)
