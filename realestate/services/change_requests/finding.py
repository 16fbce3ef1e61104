"""Finding a request for a step, and how people call it."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.crud.change_requests import Found
from realestate.errors import Conflict, NotFound
from realestate.models.base import Versions, no_such_step
from realestate.models.bookings import Booking
from realestate.models.change_requests import CHANGEABLE, ChangeRequest, ChangeRequestStatus


async def fetch(session: AsyncSession, request_id: int, event: str, version: Versions | None) -> Found:
    """The request, locked. Stale, or Conflict INVALID_TRANSITION; what is refused anyway is refused before anything is locked."""
    await peek(session, request_id, event, version)
    return await lock(session, request_id, event, version)


async def peek(session: AsyncSession, request_id: int, event: str, version: Versions | None) -> ChangeRequest:
    request, status = await crud.change_requests.peek(session, request_id)
    request.expect(version)
    state = ChangeRequestStatus(status)
    allowed = [name for name, (sources, _) in ChangeRequest.EDGES.items() if state in sources]
    if event not in allowed:
        raise no_such_step("change request", state, event, allowed)
    return request


async def lock(session: AsyncSession, request_id: int, event: str, version: Versions | None) -> Found:
    try:
        found = await crud.change_requests.lock(session, request_id)
    except NotFound:  # out of the caller's hands since, or it never was theirs to answer
        await peek(session, request_id, event, version)
        raise
    found.request.expect(version)
    return found


def check_changeable(booking: Booking) -> None:
    if booking.status not in CHANGEABLE:
        raise Conflict("NOT_CHANGEABLE", f"The home of a booking that is {booking.status} cannot be changed.")


def names(request: ChangeRequest) -> dict[str, str]:
    return {"number": request.request_number, "title": request.request_title}


def price(request: ChangeRequest) -> str:
    return f"{request.currency} {request.estimated_cost:,.2f}"
