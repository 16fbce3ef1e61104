"""Sending what is due, at least once: claimed and committed, then sent, then marked. A crash in between sends it again with the same
Message-ID, once the claim is over; nothing is lost, and no two senders have the same one. Who is asked to end gives back what it has not
begun with."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage

from realestate import crud
from realestate.adapters import mail, phones
from realestate.crud.deliveries import Parcel
from realestate.database import WORKER, transaction
from realestate.errors import Away, Undeliverable
from realestate.logs import log
from realestate.models.deliveries import Channel, DeliveryState
from realestate.services.deliveries import composing
from realestate.services.deliveries.composing import Nobody
from realestate.services.deliveries.routing import route
from realestate.services.jobs import until_nothing_is_left

BATCH, AT_ONCE = 4, 2
"""Together they end within the claim, whatever the mail server does."""
MOST_BATCHES = 250
"""Of one call; the next goes on."""
AT_ONCE_AGAIN = timedelta(0)
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]
"""Before the next try; after the last, a delivery has failed."""
KEPT = timedelta(days=90)


async def deliver_due() -> int:
    """Send what is due, and what is new once it is decided about: how many were sent. Any number of processes may do this at once."""
    sent, is_away = await _send_due()  # first, because nothing new shall hold up what somebody is waiting for
    while await route():
        pass
    return sent if is_away else sent + (await _send_due())[0]


async def _send_due() -> tuple[int, bool]:
    """How many were sent, and whether the server turned out to be away."""
    sent = 0
    for _ in range(MOST_BATCHES):
        away, waiting = asyncio.Event(), await _claim()
        if not waiting:
            break
        try:
            sent += sum(await asyncio.gather(*(_send_all(waiting, away) for _ in range(AT_ONCE))))
        finally:  # when this process ends as well
            if waiting:
                ids, waiting[:] = waiting[:], []
                await _give_back(ids, WAITS[0] if away.is_set() else AT_ONCE_AGAIN)
        if away.is_set():
            return sent, True
    return sent, False


async def clear() -> int:
    """Forget what was sent, or given up, a quarter of a year ago, and codes that have been over for as long; how many."""
    return await until_nothing_is_left(lambda session: crud.deliveries.clear(session, KEPT))


async def _claim() -> list[int]:
    async with transaction(WORKER) as session:
        return await crud.deliveries.claim(session, BATCH)


async def _give_back(ids: list[int], again_in: timedelta) -> None:
    async with transaction(WORKER) as session:
        await crud.deliveries.give_back(session, ids, again_in)


async def _send_all(waiting: list[int], away: asyncio.Event) -> int:
    """One after the other, until the server turns out to be away: not each with its own wait, or other jobs would wait for all of them."""
    sent = 0
    while waiting and not away.is_set():
        sent += await _deliver(waiting.pop(0), away) is DeliveryState.sent
    return sent


async def _deliver(delivery_id: int, away: asyncio.Event) -> DeliveryState:
    """What became of it."""
    async with transaction(WORKER) as session:
        parcel = await crud.deliveries.parcel(session, delivery_id)
    state, why = await _try(parcel, away)
    again_in = WAITS[parcel.delivery.attempts - 1] if state is DeliveryState.queued else None
    async with transaction(WORKER) as session:
        await crud.deliveries.settle(session, parcel.delivery, state, why, again_in)
    return state


async def _try(parcel: Parcel, away: asyncio.Event) -> tuple[DeliveryState, str | None]:
    """What became of it, and why."""
    try:
        await _send(parcel)
    except Nobody as reason:
        return DeliveryState.suppressed, str(reason)
    except Undeliverable as refusal:
        if isinstance(refusal, Away):
            away.set()
        is_over = refusal.is_final or parcel.delivery.attempts > len(WAITS)
        return DeliveryState.failed if is_over else DeliveryState.queued, str(refusal)
    except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the others, and may be mended before the next try
        log.error("a delivery cannot be made", delivery_id=parcel.delivery.id, exc_info=error)
        is_over = parcel.delivery.attempts > len(WAITS)
        return DeliveryState.failed if is_over else DeliveryState.queued, f"fault: {type(error).__name__}"
    return DeliveryState.sent, None


async def _send(parcel: Parcel) -> None:
    """No transaction is open while somebody else's server is talked to."""
    if parcel.delivery.channel is not Channel.email:
        return await phones.send(parcel.delivery.channel.value, *composing.text(parcel))
    async with transaction(WORKER) as session:
        message: EmailMessage = await composing.mail(session, parcel)
    await mail.send(message)
