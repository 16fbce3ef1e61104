"""The gateway of development: what its customers press, and how its messages come: signed, by the queue, to the same ears as a real one's."""

from datetime import timedelta
from typing import Any

from realestate import crud
from realestate.adapters.gateways import fake
from realestate.database import WORKER, transaction
from realestate.models.jobs import Task
from realestate.schemas.online import Button, PageForm
from realestate.services.jobs import later
from realestate.services.online.hearing import hear


async def press(order_id: str, said: PageForm) -> None:
    """NotFound, Conflict ORDER_CLOSED."""
    events = await _press(order_id, said)
    if said.is_lost:
        return
    for place, event in enumerate(reversed(events) if said.is_shuffled else events, 0 if said.button is Button.pay_later else 1):
        fake.send(event, place * said.delay, said.copies)
    async with transaction(WORKER) as session:
        now = await crud.clock.now(session)
        for place in range(len(events) + 1):
            later(session, Task.rehearse_gateway, at=now + timedelta(seconds=place * said.delay))


async def _press(order_id: str, said: PageForm) -> list[dict[str, Any]]:
    match said.button:
        case Button.pay | Button.pay_later:
            return await fake.pay(order_id, said.charged, is_late=said.button is Button.pay_later)
        case Button.decline:
            return [await fake.decline(order_id)]
        case Button.close:
            return [await fake.close(order_id)]


async def rehearse() -> int:
    """Bring what is due; how many. A message that fails is brought again, as real gateways do."""
    messages = fake.due()
    for path, body in messages:
        await hear(fake.Fake.name, body, fake.sign(body))
        path.unlink(missing_ok=True)
    return len(messages)
