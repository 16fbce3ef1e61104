"""People with inboxes, and what they are told: as many as a measurement needs."""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, text

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.models.accounts import User, UserType
from realestate.security import tokens


@dataclass(frozen=True)
class Person:
    user_id: int

    @property
    def token(self) -> str:
        claims = tokens.Claims(self.user_id, self.user_id, "customer", None, None, int(time.time()) + 3600)
        return tokens.issue(claims)


async def people(count: int) -> list[Person]:
    """New ones."""
    rows = [
        {"user_type": UserType.customer, "email": f"{secrets.token_hex(8)}@example.com", "full_name": "Somebody", "password_hash": "none"}
        for _ in range(count)
    ]
    async with transaction(WORKER) as session:
        return [Person(user_id) for user_id in await session.scalars(insert(User).returning(User.id), rows)]


async def tell(crowd: Sequence[Person]) -> None:
    """One commit that tells each of them something."""
    about = {"type": "role_changed", "subject": "user", "customer": True, "permissions": [], "category": "system", "priority": "low"}
    about |= {"title": "Something", "message": "Something that is about as long as what people are told.", "params": {}, "action_url": "/x"}
    events = [about | {"id": person.user_id, "part": secrets.token_hex(8)} for person in crowd]
    async with transaction(WORKER) as session:
        await session.execute(text("SELECT tell(CAST(:events AS jsonb))"), {"events": json.dumps(events)})


async def events_of(crowd: Sequence[Person]) -> dict[int, int]:
    """The last number of each inbox."""
    async with transaction(WORKER) as session:
        return await crud.notifications.last_numbers(session, [person.user_id for person in crowd])
