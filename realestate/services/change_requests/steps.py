"""What people want, and what becomes of it, but for its price."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Invalid
from realestate.models.accounts import Permission
from realestate.models.base import Versions
from realestate.models.bookings import Booking
from realestate.models.change_requests import ChangeRequest, ChangeRequestStatus
from realestate.models.notifications import Event
from realestate.schemas.change_requests import ChangeRequestCreate, ChangeRequestStep
from realestate.services.change_requests.finding import attach, check_changeable, check_cut_off, fetch, names, peek
from realestate.services.change_requests.prices import accept, in_one_sum, quote
from realestate.services.notifications import notify

S = ChangeRequestStatus
STEPS: dict[ChangeRequestStatus, Permission | None] = {
    S.under_review: Permission.changes_review,
    S.rejected: Permission.changes_review,
    S.quoted: Permission.changes_quote,
    S.in_progress: Permission.progress_write,
    S.completed: Permission.progress_write,
    S.approved: None,
    S.declined: None,
    S.withdrawn: None,
}
"""Who takes a request to a state: a member of the team with a permission, or (None) the customer. To the others leads the clock alone."""


async def create(session: AsyncSession, said: ChangeRequestCreate) -> ChangeRequest:
    """Ask for a change of a home that is bought and not handed over yet. Conflict NOT_CHANGEABLE before and after."""
    booking = await crud.bookings.peek(session, said.booking_id)
    check_changeable(booking)
    await check_cut_off(session, booking, said.request_type)
    whose = {name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id", "currency")}
    request = ChangeRequest(**whose, **said.model_dump(exclude={"attachment_ids"}))
    session.add(request)
    await session.flush()
    await attach(session, request, said.attachment_ids)
    notify(session, Event.change_request_submitted, request, **names(request))
    return request


TOLD = {
    "review": Event.change_request_reviewed,
    "decline": Event.change_request_declined,
    "withdraw": Event.change_request_withdrawn,
    "start": Event.change_request_started,
}


GOES_ON = ("review", "start")
"""Of a booking that has ended, a request only ends as well."""


async def take(session: AsyncSession, request_id: int, event: str, note: str | None, version: Versions | None = None) -> ChangeRequest:
    """A step that changes nothing else: the team looks at it or begins to build, the customer declines its price or wants it no more."""
    request, _, now = await fetch(session, request_id, event, version)
    if event in GOES_ON:
        check_changeable(await crud.bookings.peek(session, request.booking_id))
    request.step(event, now)
    request.answer(session.info["identity"].role, note)
    notify(session, TOLD[event], request, **names(request))
    return request


async def reject(session: AsyncSession, request_id: int, reason: str, version: Versions | None = None) -> ChangeRequest:
    """Not possible, and why."""
    request, _, now = await fetch(session, request_id, "reject", version)
    request.step("reject", now)
    request.rejection_reason = reason
    notify(session, Event.change_request_rejected, request, **names(request), reason=reason)
    return request


async def close(session: AsyncSession, booking: Booking, why: str) -> None:
    """Of a booking that has ended: what nobody has begun with is not built; what is begun, the company finishes. Speak as the system."""
    for request in await crud.change_requests.lock_closable(session, booking.id):
        request.close(why)
        notify(session, Event.change_request_withdrawn, request, **names(request))


async def complete(
    session: AsyncSession, request_id: int, note: str | None, photo_ids: Sequence[int] = (), version: Versions | None = None
) -> ChangeRequest:
    """It is done, as photos show."""
    request, project, now = await fetch(session, request_id, "complete", version)
    request.complete(project.date_at(now), now)
    await attach(session, request, photo_ids)
    request.answer(session.info["identity"].role, note)
    notify(session, Event.change_request_completed, request, **names(request))
    return request


async def step(session: AsyncSession, party: Identity, request_id: int, said: ChangeRequestStep, version: Versions | None) -> ChangeRequest:
    """The portals' PATCH of a status, as the event that it stands for (domain.md §5)."""
    match said.status:
        case S.under_review:
            return await take(session, request_id, "review", said.builder_response, version)
        case S.quoted:
            return await quote(session, party, request_id, in_one_sum(said), version)
        case S.rejected:
            if said.rejection_reason is None:
                raise Invalid.field("rejection_reason", "Say why; the customer will read it.", "MISSING")
            return await reject(session, request_id, said.rejection_reason, version)
        case S.approved:
            if said.quote_version is None and said.estimated_cost is None:
                raise Invalid.field("quote_version", "Say which price is agreed to.", "MISSING")
            return await accept(session, request_id, (said.quote_version, said.estimated_cost), said.customer_response, version)
        case S.declined:
            return await take(session, request_id, "decline", said.customer_response, version)
        case S.withdrawn:
            return await take(session, request_id, "withdraw", said.customer_response, version)
        case S.in_progress:
            return await take(session, request_id, "start", said.builder_response, version)
        case S.completed:
            return await complete(session, request_id, said.builder_response, said.attachment_ids, version)
    return await peek(session, request_id, said.status.value, version)  # no such step
