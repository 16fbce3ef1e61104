"""Changes that buyers want in their homes: asked for, priced, agreed to, built."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import (
    BuilderSession,
    CurrentCustomer,
    CurrentParty,
    CustomerSession,
    ExpectedVersion,
    PartyReader,
    PartySession,
    answer,
    asked,
)
from realestate.dependencies.guards import Reporter, may, permit
from realestate.errors import Forbidden
from realestate.models.accounts import Permission, Role
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.change_requests import (
    ChangeNote,
    ChangeRefusal,
    ChangeRequestCreate,
    ChangeRequestOut,
    ChangeRequestStep,
    ChangesAsked,
    CompletionCreate,
    QuoteAcceptance,
    QuoteCreate,
)
from realestate.services import change_requests
from realestate.views.change_requests import CHANGE_REQUEST, OF_BOOKING, OPEN_ONES

router = Router(prefix="/api/change-requests", tags=["change requests"])

Reviewer = Annotated[Identity, may(Permission.changes_review)]
Estimator = Annotated[Identity, may(Permission.changes_quote)]


async def _stepper(party: CurrentParty, wanted: ChangeRequestStep) -> Identity:
    permission = change_requests.STEPS.get(wanted.status, Permission.changes_review)
    if (party.role is Role.customer) is (permission is not None):
        raise Forbidden("WRONG_ROLE", f"This is for the {'builder' if permission else 'customer'} to say.")
    return permit(party, permission) if permission else party


Stepper = Annotated[Identity, Depends(_stepper)]
"""The customer, or a member of the team who may take the step that is asked for."""


@router.get("", response_model=list[ChangeRequestOut])
async def list_change_requests(asking: Annotated[ChangesAsked, asked(ChangesAsked)], read: PartyReader) -> Response:
    """Those of a booking, newest first; without `booking_id` all that are still open. All of a company's: `/api/builder/change-requests`."""
    if asking.booking_id is None:
        return await read.all(OPEN_ONES)
    return await read.all(OF_BOOKING, booking_id=asking.booking_id)


@router.post("", response_model=ChangeRequestOut, status_code=201, responses=problems(404, 409))
async def create_change_request(said: ChangeRequestCreate, _: CurrentCustomer, session: CustomerSession) -> Response:
    """Ask for a change. The booking must be confirmed and not handed over (409 `NOT_CHANGEABLE`)."""
    request = await change_requests.create(session, said)
    return await answer(session, CHANGE_REQUEST, request.id, 201)


@router.get("/{change_request_id}", response_model=ChangeRequestOut, responses=CONDITIONAL)
async def get_change_request(change_request_id: Id, read: PartyReader) -> Response:
    """One request with its price, and once that is agreed to, its addendum and charges."""
    return await read.one(CHANGE_REQUEST, change_request_id)


@router.patch("/{change_request_id}", response_model=ChangeRequestOut, responses=problems(409, 412))
async def step_change_request(
    change_request_id: Id, wanted: ChangeRequestStep, party: Stepper, version: ExpectedVersion, session: PartySession
) -> Response:
    """Take the step to a status, as the paths below do. 409 `INVALID_TRANSITION` names the steps that are `allowed`."""
    await change_requests.step(session, party, change_request_id, wanted, version)
    return await answer(session, CHANGE_REQUEST, change_request_id)


@router.post("/{change_request_id}/review", response_model=ChangeRequestOut, responses=problems(409))
async def review_change_request(change_request_id: Id, _: Reviewer, session: BuilderSession, said: ChangeNote | None = None) -> Response:
    """Take it up."""
    await change_requests.take(session, change_request_id, "review", said.note if said else None)
    return await answer(session, CHANGE_REQUEST, change_request_id)


@router.post("/{change_request_id}/rejection", response_model=ChangeRequestOut, responses=problems(409))
async def reject_change_request(change_request_id: Id, why: ChangeRefusal, _: Reviewer, session: BuilderSession) -> Response:
    """Not possible, and why."""
    await change_requests.reject(session, change_request_id, why.reason)
    return await answer(session, CHANGE_REQUEST, change_request_id)


@router.post("/{change_request_id}/quote", response_model=ChangeRequestOut, status_code=201, responses=problems(409))
async def quote_change_request(change_request_id: Id, said: QuoteCreate, member: Estimator, session: BuilderSession) -> Response:
    """Name a price, or the next one (`quote_version` counts up): the one before can no longer be accepted. It ends at `valid_until`."""
    await change_requests.quote(session, member, change_request_id, said)
    return await answer(session, CHANGE_REQUEST, change_request_id, 201)


@router.post("/{change_request_id}/acceptance", response_model=ChangeRequestOut, responses=problems(409))
async def accept_change_request(change_request_id: Id, said: QuoteAcceptance, _: CurrentCustomer, session: CustomerSession) -> Response:
    """Agree to a price. The booking owes its lines from now on, and its promise of possession moves by the days, in an addendum.

    409 `QUOTE_CHANGED` when there is another price by now.
    """
    await change_requests.accept(session, change_request_id, (said.quote_version, None))
    return await answer(session, CHANGE_REQUEST, change_request_id)


@router.post("/{change_request_id}/decline", response_model=ChangeRequestOut, responses=problems(409))
async def decline_change_request(
    change_request_id: Id, _: CurrentCustomer, session: CustomerSession, said: ChangeNote | None = None
) -> Response:
    """Not at this price."""
    await change_requests.take(session, change_request_id, "decline", said.note if said else None)
    return await answer(session, CHANGE_REQUEST, change_request_id)


@router.post("/{change_request_id}/withdrawal", response_model=ChangeRequestOut, responses=problems(409))
async def withdraw_change_request(
    change_request_id: Id, _: CurrentCustomer, session: CustomerSession, said: ChangeNote | None = None
) -> Response:
    """Not wanted any more: until a price is agreed to."""
    await change_requests.take(session, change_request_id, "withdraw", said.note if said else None)
    return await answer(session, CHANGE_REQUEST, change_request_id)


@router.post("/{change_request_id}/work", response_model=ChangeRequestOut, responses=problems(409))
async def start_change_request(change_request_id: Id, _: Reporter, session: BuilderSession, said: ChangeNote | None = None) -> Response:
    """Work on it begins."""
    await change_requests.take(session, change_request_id, "start", said.note if said else None)
    return await answer(session, CHANGE_REQUEST, change_request_id)


@router.post("/{change_request_id}/completion", response_model=ChangeRequestOut, responses=problems(409))
async def complete_change_request(
    change_request_id: Id, _: Reporter, session: BuilderSession, said: CompletionCreate | None = None
) -> Response:
    """It is done, as photos show."""
    await change_requests.complete(session, change_request_id, *((said.note, said.attachment_ids) if said else (None,)))
    return await answer(session, CHANGE_REQUEST, change_request_id)
