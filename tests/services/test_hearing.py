"""However the messages of gateways come, shuffled, twice, forged, several at once, the books end as if each had come once and in order;
and money that races against the end of a reserve is never lost, nor is a unit.

All of it: GATEWAY_DELIVERIES=1000 GATEWAY_RACES=100 ./scripts/test tests/services/test_hearing.py
"""

import asyncio
import json
import os
from random import Random

import pytest
from sqlalchemy import func, select

from realestate.adapters.gateways import fake
from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.models.bookings import Booking
from realestate.models.payments import GatewayEvent, Payment, PaymentIssue
from realestate.models.units import Unit
from realestate.services import claims
from tests.factories import let_time_pass, make_builder, make_customer, make_project, make_units
from tests.paying import event, ordered, tell
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio
DELIVERIES = int(os.environ.get("GATEWAY_DELIVERIES", "50"))
RACES = int(os.environ.get("GATEWAY_RACES", "8"))
AT_ONCE = 4
LIVES = (
    ("paid",),
    ("processing", "paid"),
    ("failed", "paid"),
    ("failed", "failed", "processing", "paid"),
    ("expired",),
    ("failed", "expired"),
    ("processing", "failed"),
    ("paid", "paid"),
    ("mismatch",),
    ("expired", "mismatch"),
    ("processing", "mismatch"),
    ("paid", "disputed"),
)
"""What becomes of an order, told in order."""


@pytest.fixture(autouse=True)
def purse(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)


async def orders(client, count):
    """Open pages for the tokens of as many reserves of one project."""
    builder = await make_builder()
    units = await make_units(builder, await make_project(builder), count)
    customers = [await make_customer() for _ in range(-(-count // 3))]  # each may have three reserves without a token
    made = []
    for place, unit_id in enumerate(units):
        customer = customers[place // 3]
        made.append(await ordered(client, customer, await reserved_booking(client, customer, unit_id)))
    return builder, made


def told_of(payments):
    """The messages about each order, in order."""
    for place, payment in enumerate(payments):
        for what in LIVES[place % len(LIVES)]:
            yield event(payment, amount=1) if what == "mismatch" else event(payment, what)


async def books(payments):
    """What it comes to, without names and times."""
    async with transaction(WORKER) as session:
        ids = [payment["id"] for payment in payments]
        rows = select(Payment.status, Payment.amount, Payment.allocated, Booking.status, Unit.status, Payment.receipt_no.is_not(None))
        rows = rows.join(Booking, Booking.id == Payment.booking_id).join(Unit, Unit.id == Booking.unit_id)
        found = [tuple(row) for row in await session.execute(rows.where(Payment.id.in_(ids)).order_by(Payment.id))]
        issues = select(PaymentIssue.kind, func.count()).where(PaymentIssue.payment_id.in_(ids)).group_by(PaymentIssue.kind)
        numbers = select(Payment.receipt_no).where(Payment.booking_id.in_([one["booking_id"] for one in payments]))
        drawn = [number for number in await session.scalars(numbers) if number]
        assert len(drawn) == len(set(drawn))
        return found, sorted((await session.execute(issues)).all()), len(drawn)


async def accept_all(client, builder):
    """Whatever amounts have come in place of what was ordered."""
    asked = {"params": {"status": "open", "kind": "mismatch", "limit": 100}, "headers": builder.headers}
    for issue in (await client.get("/api/builder/payment-issues", **asked)).json()["issues"]:
        said = {"action": "accept", "note": "We have called the bank."}
        answer = await client.post(f"/api/payment-issues/{issue['id']}/resolution", json=said, headers=builder.headers)
        assert answer.status_code == 200, answer.text


async def test_the_order_of_messages_does_not_matter(client):
    count = max(len(LIVES), DELIVERIES // 3)
    (ours, calm), (theirs, wild) = await orders(client, count), await orders(client, count)
    for said in told_of(calm):
        assert (await tell(client, said)).status_code == 200
    random, messages = Random(7), list(told_of(wild))
    storm = [(json.dumps(said).encode(), None) for said in messages]
    storm += random.choices(storm, k=len(storm) * 3 // 10)
    storm += [(json.dumps(event(payment)).encode(), {fake.HEADER: "t=1,v1=00"}) for payment in random.choices(wild, k=len(storm) // 20)]
    random.shuffle(storm)
    answers = []

    async def deliver(queue):
        for body, headers in queue:
            answer = await tell(client, None, body, headers)
            while answer.status_code == 409:  # busy: gateways come again
                answer = await tell(client, None, body, headers)
            answers.append((answer.status_code, headers is None))

    await asyncio.gather(*(deliver(storm[place::AT_ONCE]) for place in range(AT_ONCE)))
    assert len(answers) == len(storm) >= DELIVERIES * 0.6
    assert {*answers} == {(200, True), (400, False)}
    assert await books(wild) == await books(calm)
    async with transaction(WORKER) as session:
        ids = [said["id"] for said in messages]
        assert await session.scalar(select(func.count()).where(GatewayEvent.event_id.in_(ids))) == len(ids)
    for builder in (ours, theirs):
        await accept_all(client, builder)
    after = await books(wild)
    assert after == await books(calm) and [one[0] for one in after[0]].count("completed") == after[2]


async def test_money_that_races_against_the_end_of_a_reserve_is_never_lost(client):
    """Ends that the clock has reached, swept by two workers, while money for some comes, and somebody else wants others."""
    _, payments = await orders(client, RACES)
    rivals = [await make_customer("Ravi Menon") for _ in range(RACES)]
    random = Random(7)
    async with transaction(WORKER) as session:
        units = dict((await session.execute(select(Booking.id, Booking.unit_id))).all())
    for payment in payments:
        await let_time_pass(Booking, payment["booking_id"], "reserve_expires_at")
        await let_time_pass(Unit, units[payment["booking_id"]], "hold_expires_at")

    async def rival(person, payment):
        said = {"unit_id": units[payment["booking_id"]], "payment_plan": "construction_linked"}
        answer = await client.post("/api/bookings", json=said, headers=person.headers)
        assert answer.status_code in (201, 409), answer.text

    async def pay(payment):
        while (answer := await tell(client, event(payment))).status_code == 409:
            pass
        assert answer.status_code == 200, answer.text

    doings = [claims.end_due(), claims.end_due(), *(pay(one) for one in payments)]
    doings += [rival(person, one) for person, one in zip(rivals, payments, strict=True) if random.random() < 0.5]
    random.shuffle(doings)
    lanes = asyncio.Semaphore(AT_ONCE)

    async def run(doing):
        async with lanes:
            await doing

    await asyncio.gather(*(run(doing) for doing in doings))
    found, issues, _ = await books(payments)
    states = [(paid, booking) for paid, _, _, booking, _, _ in found]
    assert {*states} <= {("completed", "token_paid"), ("completed", "expired")}
    lost = states.count(("completed", "expired"))
    assert issues == ([("orphan", lost)] if lost else [])
    async with transaction(WORKER) as session:
        back = select(func.count()).where(Payment.refund_of_id.in_([one["id"] for one in payments]), Payment.status == "pending")
        assert await session.scalar(back) == lost
