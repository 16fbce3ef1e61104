"""The clock against people: whoever is first, one thing happens, whole, and the other does not."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from realestate.database import WORKER, Identity, transaction
from realestate.models.accounts import Role, TeamRole
from realestate.models.bookings import Booking
from realestate.models.units import Hold, Unit
from realestate.schemas.payments import PaymentCreate
from realestate.services import claims, payments
from tests.factories import let_time_pass, make_builder, make_customer, make_project, make_units, put
from tests.stories import reserve, reserved_booking

pytestmark = pytest.mark.anyio


async def shown(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()


async def ends_soon(unit_id, turn):
    """The claim on a unit ends within the next hundredth of a second, or has just ended."""
    at = datetime.now(UTC) + timedelta(milliseconds=turn % 10)
    async with transaction(WORKER) as session:
        await session.execute(update(Unit).where(Unit.id == unit_id).values(hold_expires_at=at))
        await session.execute(update(Hold).where(Hold.unit_id == unit_id, Hold.ended_at.is_(None)).values(expires_at=at))
        await session.execute(
            update(Booking).where(Booking.unit_id == unit_id, Booking.offered_until.is_not(None)).values(offered_until=at)
        )


async def hold_of(unit_id):
    async with transaction(WORKER) as session:
        return await session.scalar(select(Hold.ended_by).where(Hold.unit_id == unit_id).order_by(Hold.id))


async def test_a_reserve_is_never_both_paid_and_expired(client):
    """A hundred times, the clock and the money at once: the reserve goes on with its money, or has ended, and takes none."""
    builder, asha = await make_builder(), await make_customer()
    member = Identity(Role.builder, builder.user_id, builder.builder_id, TeamRole.owner)
    project = await make_project(builder, rules={"unpaid_reserves": 1000})
    ended = Counter()

    async def pay(booking, at):
        await asyncio.sleep(at)
        said = {
            "booking_id": booking["id"],
            "payment_type": "token",
            "amount": "1000",
            "payment_method": "upi",
            "payment_date": "2026-01-15",
        }
        async with transaction(member) as session:
            await payments.record(session, member, PaymentCreate.model_validate(said))

    for turn, unit_id in enumerate(await make_units(builder, project, 100)):
        booking = await reserved_booking(client, asha, unit_id)
        await let_time_pass(Booking, booking["id"], "reserve_expires_at")
        await let_time_pass(Unit, unit_id, "hold_expires_at")
        [_, paid] = await asyncio.gather(claims.end_due(), pay(booking, (turn % 5) / 1000), return_exceptions=True)
        now = await shown(client, asha, booking)
        assert (now["status"], now["paid_amount"]) == (("expired", 0) if paid else ("reserved", 1000)), paid
        ended[now["status"]] += 1
    assert ended.total() == 100


async def test_a_hold_is_used_at_its_price_or_has_expired(client):
    builder, asha = await make_builder(), await make_customer()
    project = await make_project(builder, rules={"unpaid_reserves": 1000})
    for turn, unit_id in enumerate(await make_units(builder, project, 20)):
        assert (await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)).status_code == 200
        await put(Unit, unit_id, price=8000000)
        await ends_soon(unit_id, turn)
        booked, *_ = await asyncio.gather(reserve(client, asha, unit_id), claims.end_due(), claims.end_due())
        assert booked.status_code == 201, booked.text  # by its holder in any case
        await claims.end_due()
        assert (booked.json()["total_amount"], await hold_of(unit_id)) in ((7500000.01, "reserved"), (8000000, "expired"))
        assert (await shown(client, asha, booked.json()))["status"] == "reserved"


async def test_an_offer_is_accepted_or_goes_to_the_next(client):
    builder, asha, ravi, nina = await make_builder(), *[await make_customer(name) for name in ("Asha Rao", "Ravi Nair", "Nina Shah")]
    project = await make_project(builder, rules={"unpaid_reserves": 1000})
    for turn, unit_id in enumerate(await make_units(builder, project, 20)):
        booking = await reserved_booking(client, asha, unit_id)
        first, second = [(await reserve(client, one, unit_id, None, intent="waitlist")).json() for one in (ravi, nina)]
        await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)
        await ends_soon(unit_id, turn)
        path = f"/api/bookings/{first['id']}/offer-acceptance"
        accepted, *_ = await asyncio.gather(
            client.post(path, json={"payment_plan": "full_payment"}, headers=ravi.headers), claims.end_due(), claims.end_due()
        )
        await claims.end_due()
        mine, next_one = await shown(client, ravi, first), await shown(client, nina, second)
        outcome = accepted.status_code, mine["status"], next_one["offered_until"] is not None
        assert outcome in ((200, "reserved", False), (409, "expired", True)), accepted.text
