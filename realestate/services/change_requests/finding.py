"""Finding a request for a step, and how people call it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.crud.change_requests import Found
from realestate.database import as_system
from realestate.errors import Conflict, NotFound
from realestate.models.base import Versions, no_such_step
from realestate.models.bookings import Booking
from realestate.models.change_requests import CHANGEABLE, ChangeRequest, ChangeRequestType
from realestate.models.documents import DocumentSubject
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.services import documents
from realestate.services.documents import Place


async def fetch(session: AsyncSession, request_id: int, event: str, version: Versions | None) -> Found:
    """The request, locked. Stale, or Conflict INVALID_TRANSITION; what is refused anyway is refused before anything is locked."""
    await peek(session, request_id, event, version)
    return await lock(session, request_id, event, version)


async def peek(session: AsyncSession, request_id: int, event: str, version: Versions | None) -> ChangeRequest:
    request, state = await crud.change_requests.peek(session, request_id)
    request.expect(version)
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


async def check_cut_off(session: AsyncSession, booking: Booking, kind: ChangeRequestType) -> None:
    """Conflict PAST_CUTOFF when the project takes no such changes any more: the work has come too far. The system looks, because not
    every phase is shown to customers."""
    project = await session.get_one(Project, booking.project_id)
    limit = Rules.of(project.rules).change_cutoffs.get(kind.value)
    if limit is None:
        return
    async with as_system(session):
        reached = await crud.change_requests.progress_of(session, booking, limit["phase_key"])
    if reached >= limit["threshold_pct"]:
        why = f"Changes of this kind ended when {limit['phase_key']} reached {limit['threshold_pct']} %; it is at {reached:g} %."
        raise Conflict("PAST_CUTOFF", why, **limit)


async def attach(session: AsyncSession, request: ChangeRequest, document_ids: Sequence[int]) -> None:
    """Show documents of the caller's side to both."""
    if document_ids:
        place = Place(
            DocumentSubject.change_request,
            request.id,
            request.builder_id,
            request.project_id,
            customer_id=request.customer_id,
            booking_id=request.booking_id,
        )
        await documents.attach(session, session.info["identity"], document_ids, place)


def names(request: ChangeRequest) -> dict[str, str]:
    return {"number": request.request_number, "title": request.request_title}


def price(request: ChangeRequest) -> str:
    return f"{request.currency} {request.estimated_cost:,.2f}"
