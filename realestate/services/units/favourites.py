"""What customers follow."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict

MOST_FAVOURITES = 200
"""Of one customer."""


async def follow(session: AsyncSession, customer: Identity, unit_id: int) -> None:
    """From now on the customer hears of the unit; repeatable. NotFound when it is not on show, Conflict FAVOURITE_LIMIT."""
    await crud.units.get(session, unit_id)
    if await crud.favourites.create(session, customer.me, unit_id) and await crud.favourites.count_own(session) > MOST_FAVOURITES:
        raise Conflict("FAVOURITE_LIMIT", f"At most {MOST_FAVOURITES} units can be favourites.")


async def unfollow(session: AsyncSession, unit_id: int) -> None:
    """The customer has seen enough of it; repeatable."""
    await crud.favourites.delete_own(session, unit_id)
