"""The units that a customer follows."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import CurrentCustomer, CustomerReader, CustomerSession, answer, asked
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.catalogue import FavouriteSearch
from realestate.schemas.units import FavouritePage, UnitDetail
from realestate.services import units
from realestate.views.units import FAVOURITES, UNIT

router = Router(prefix="/api/customer/favourites", tags=["customer"])


@router.get("", response_model=FavouritePage)
async def list_favourites(search: Annotated[FavouriteSearch, asked(FavouriteSearch)], _: CurrentCustomer, read: CustomerReader) -> Response:
    """The units that you follow, the latest first. `unit` is null while one is not on show."""
    return await read.page(FAVOURITES, search)


@router.put("/{unit_id}", response_model=UnitDetail)
async def follow_unit(unit_id: Id, customer: CurrentCustomer, session: CustomerSession) -> Response:
    """Follow a unit: you are told of a new price, and when it comes (back) on sale. Repeatable. 409 `FAVOURITE_LIMIT`."""
    await units.follow(session, customer, unit_id)
    return await answer(session, UNIT, unit_id)


@router.delete("/{unit_id}", response_model=Said)
async def unfollow_unit(unit_id: Id, _: CurrentCustomer, session: CustomerSession) -> Said:
    """Follow it no more; repeatable."""
    await units.unfollow(session, unit_id)
    return Said(message="You do not follow this unit any more.")
