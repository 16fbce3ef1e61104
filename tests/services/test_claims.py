"""What the clock does to holds and unpaid reserves, without anybody coming upon them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from realestate.database import WORKER, transaction
from realestate.errors import NotFound
from realestate.models.bookings import Booking
from realestate.models.units import Hold, Unit, UnitStatus
from realestate.services import claims
from realestate.services.jobs import one_by_one
from tests.factories import let_time_pass, make_builder, make_customer, make_unit, put
from tests.stories import reserved_booking, types_told

pytestmark = pytest.mark.anyio


async def held(client, builder, customer, by):
    """A unit held for a customer, by itself or by the builder."""
    unit_id = await make_unit(builder)
    said = {} if by is customer else {"json": {"customer_id": customer.user_id}}
    assert (await client.post(f"/api/units/{unit_id}/hold", headers=by.headers, **said)).status_code == 200
    return unit_id


async def ends_in(unit_id, made_ago=timedelta(days=7), **left):
    """As if the hold of a unit had been made some time ago, to end in so long."""
    now = datetime.now(UTC)
    async with transaction(WORKER) as session:
        await session.execute(update(Unit).where(Unit.id == unit_id).values(hold_expires_at=now + timedelta(**left)))
        values = {"expires_at": now + timedelta(**left), "updated_at": now - made_ago}
        await session.execute(update(Hold).where(Hold.unit_id == unit_id, Hold.ended_at.is_(None)).values(values))


async def test_what_has_run_out_ends_once_however_many_look(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    unit_id = await held(client, builder, asha, asha)
    booking = await reserved_booking(client, ravi, await make_unit(builder))
    await claims.end_due()
    assert "hold_expired" not in await types_told(client, asha)
    await ends_in(unit_id, minutes=-1)
    await let_time_pass(Unit, booking["unit_id"], "hold_expires_at")
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await asyncio.gather(*(claims.end_due() for _ in range(3)))
    assert await types_told(client, asha) == ["hold_expired"] and await types_told(client, ravi) == ["booking_expired"]
    assert (await types_told(client, builder)).count("booking_expired") == 1
    async with transaction(WORKER) as session:
        units = (await session.execute(select(Unit.status, Unit.customer_id).where(Unit.id.in_([unit_id, booking["unit_id"]])))).all()
    assert units == [("available", None)] * 2


async def test_a_claim_that_cannot_be_ended_keeps_no_other_from_ending(client, monkeypatch):
    builder, asha = await make_builder(), await make_customer()
    past = datetime.now(UTC) - timedelta(days=1)
    broken = await make_unit(builder, status=UnitStatus.reserved, customer_id=asha.user_id, hold_expires_at=past)  # without its booking
    unit_id = await held(client, builder, asha, asha)
    await ends_in(unit_id, minutes=-1)
    monkeypatch.setattr(claims, "MOST_AT_ONCE", 1)
    with pytest.raises(AssertionError):
        await claims.end_due()
    assert await types_told(client, asha) == ["hold_expired"]
    await put(Unit, broken, status=UnitStatus.available, customer_id=None, hold_expires_at=None)


@pytest.mark.parametrize(
    ("by_the_team", "left", "made_ago", "is_warned"),
    [
        (False, {"minutes": 6}, timedelta(minutes=24), False),
        (False, {"minutes": 4}, timedelta(minutes=26), True),
        (False, {"minutes": 4}, timedelta(minutes=0), False),  # it was told when it was made
        (True, {"hours": 49}, timedelta(hours=119), False),
        (True, {"hours": 47}, timedelta(hours=121), True),
        (True, {"hours": 47}, timedelta(hours=0), False),
        (True, {"minutes": -1}, timedelta(days=7), False),  # too late
    ],
)
async def test_a_hold_that_is_about_to_end_is_said_once(client, by_the_team, left, made_ago, is_warned):
    builder, asha = await make_builder(), await make_customer()
    if by_the_team:
        asha = await make_customer(known_to=builder)
    unit_id = await held(client, builder, asha, builder if by_the_team else asha)
    await ends_in(unit_id, made_ago, **left)
    await claims.warn()
    await claims.warn()
    assert (await types_told(client, asha)).count("hold_expiring") == is_warned
    assert (await types_told(client, builder)).count("hold_expiring") == is_warned


async def test_a_hold_that_is_extended_is_said_to_end_again(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await held(client, builder, asha, asha)
    for left in (2, 4):
        await ends_in(unit_id, minutes=left)
        await claims.warn()
    assert await types_told(client, asha) == ["hold_expiring"] * 2


async def test_one_that_fails_stops_none_of_the_others_and_is_not_hushed_up():
    done = []

    async def do(number):
        if number == 2:
            raise NotFound
        done.append(number)
        return True

    with pytest.raises(NotFound):
        await one_by_one([1, 2, 3], do)
    assert done == [1, 3]
