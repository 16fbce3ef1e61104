"""Bookings on the builder's own units."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, BuilderSession, CurrentBuilder, answer, asked
from realestate.dependencies.guards import Seller
from realestate.models.accounts import Permission
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.bookings import BookingOut, BookingPage, BookingSearch, TeamBookingCreate
from realestate.services import bookings
from realestate.views.bookings import BOOKING, BOOKINGS, BOOKINGS_WITHOUT_MONEY

router = Router(prefix="/api/builder/bookings", tags=["bookings (builder)"])


@router.get("", response_model=BookingPage)
async def list_builder_bookings(
    search: Annotated[BookingSearch, asked(BookingSearch)], member: CurrentBuilder, read: BuilderReader
) -> Response:
    """Bookings on the builder's units, newest first, with figures over all of them: money only if your role includes `reports:read`."""
    return await read.page(BOOKINGS if member.may(Permission.reports_read) else BOOKINGS_WITHOUT_MONEY, search)


@router.post("", response_model=BookingOut, status_code=201, responses=problems(404, 409))
async def create_builder_booking(order: TeamBookingCreate, member: Seller, session: BuilderSession) -> Response:
    """Reserve a unit for a customer whom the company knows, at the same price and by the same rules as the customer itself."""
    booking = await bookings.create(session, member, order.customer_id, order)
    return await answer(session, BOOKING, booking.id, 201)
