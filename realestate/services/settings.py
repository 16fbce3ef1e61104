"""What holds where: user > project > builder > everybody > the default in the code."""

from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.logs import log
from realestate.models.accounts import Role
from realestate.schemas.settings import Setting

T = TypeVar("T")
BLIND = (Role.visitor, Role.customer)
"""Those whom the wall shows public settings only: with a private one they would silently get the default."""


async def get(
    session: AsyncSession, setting: Setting[T], *, builder_id: int | None = None, project_id: int | None = None, user_id: int | None = None
) -> T:
    """The value that holds at the places given, in one statement. Name the project's builder too: a session need not have one.

    A kept value that the key takes no more (the code has changed) counts as unset.
    """
    identity: Identity = session.info["identity"]
    assert setting.is_public or identity.role not in BLIND, f"{setting.key} is private"
    found = await crud.settings.find_value(session, setting.key, builder_id, project_id, user_id)
    if found is None:
        return setting.default
    try:
        return setting.read(found[0])
    except ValidationError:
        log.warning("a setting is not a value of its key any more", key=setting.key)
        return setting.default
