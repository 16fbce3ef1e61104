"""A customer's own profile, and the companies that may know it."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.dependencies import CurrentCustomer, CustomerReader, CustomerSession, ExpectedVersion, answer
from realestate.problems import CONDITIONAL, problems
from realestate.routers.auth import Caller
from realestate.routing import Router
from realestate.schemas.base import Said
from realestate.schemas.customers import CodeCreate
from realestate.schemas.profiles import CustomerProfile, CustomerProfileUpdate
from realestate.services import accounts, bookings, profiles
from realestate.views.profiles import OWN_CUSTOMER

router = Router(prefix="/api/customer", tags=["customer"])


async def _try(_: CurrentCustomer, client: Caller) -> None:
    """Counted before the transaction begins, so that it counts whatever comes of that."""
    await accounts.try_code(client)


@router.get("/profile", response_model=CustomerProfile, responses=CONDITIONAL)
async def get_customer_profile(customer: CurrentCustomer, read: CustomerReader) -> Response:
    """Who you are to the companies that know you."""
    return await read.one(OWN_CUSTOMER, customer.me)


@router.patch("/profile", response_model=CustomerProfile, responses=problems(412))
async def change_customer_profile(
    said: CustomerProfileUpdate, version: ExpectedVersion, customer: CurrentCustomer, session: CustomerSession
) -> Response:
    """Change what is sent and leave the rest."""
    await profiles.change_customer(session, version, said)
    return await answer(session, OWN_CUSTOMER, customer.me)


@router.post("/join", response_model=Said, status_code=201, responses=problems(404, 429))
async def join_company(said: CodeCreate, _: Annotated[None, Depends(_try)], customer: CurrentCustomer, session: CustomerSession) -> Said:
    """Bring a code: of a company's team, which then knows you, or of a booking's owner, to be a co-applicant or to take it over.

    404 `INVITE_INVALID`. At most 20 tries in 15 minutes.
    """
    return Said(message=await bookings.join(session, customer, said.code))
