"""Random operations on a booking, in a fixed order for each seed: after every one of them the books add up, and are what a replay makes of them.

A longer run: MONEY_OPERATIONS=2000 MONEY_SEEDS=1,2,3 ./scripts/test tests/services/test_money_adds_up.py
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.payments import Installment, InstallmentStatus, Payment, PaymentKind
from realestate.services import dues
from realestate.services.payments.allocating import replay
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import confirmed_booking, pay

pytestmark = pytest.mark.anyio
OPERATIONS = int(os.environ.get("MONEY_OPERATIONS", "30"))
SEEDS = [int(seed) for seed in os.environ.get("MONEY_SEEDS", "1").split(",")]
TODAY = datetime.now(UTC).date()


class Office:
    """Two who handle the money of one booking, and what they do by chance. Refusals are part of it; failures are not."""

    def __init__(self, client, owner, finance, booking, random):
        self.client, self.owner, self.finance, self.booking, self.random = client, owner, finance, booking, random
        self.outcomes = Counter()

    async def act(self):
        verb = self.random.choice([self.receive, self.receive, self.clear, self.bounce, self.ask_back, self.decide, self.fall_due])
        answer = await verb()
        if answer is not None:
            assert answer.status_code < 500, answer.text
            self.outcomes[verb.__name__, answer.is_success] += 1

    async def receive(self):
        amount = self.random.choice([0.01, 99.99, 150000, 400000.5])
        return await pay(self.client, self.finance, self.booking, amount, self.random.choice(["upi", "cheque", "tds"]))

    async def _one(self, *where):
        async with transaction(WORKER) as session:
            found = (await session.scalars(select(Payment.id).where(Payment.booking_id == self.booking["id"], *where))).all()
        return self.random.choice(sorted(found)) if found else 0

    async def _post(self, path, person=None, **said):
        return await self.client.post(path, json=said or None, headers=(person or self.finance).headers)

    async def clear(self):
        return await self._post(f"/api/payments/{await self._one(Payment.status == 'clearance_pending')}/clearance")

    async def bounce(self):
        return await self._post(f"/api/payments/{await self._one(Payment.kind == PaymentKind.receipt)}/bounce", reason="x")

    async def ask_back(self):
        amount = self.random.choice([0.01, 50, 100000])
        return await self._post(f"/api/payments/{await self._one(Payment.kind == PaymentKind.receipt)}/refunds", amount=amount, reason="x")

    async def decide(self):
        refund = f"/api/refunds/{await self._one(Payment.kind == PaymentKind.refund)}"
        step = self.random.choice(["approval", "processing", "processing", "rejection"])
        if step == "approval":
            return await self._post(f"{refund}/approval", self.owner)
        if step == "rejection":
            return await self._post(f"{refund}/rejection", self.owner, reason="x")
        return await self._post(f"{refund}/processing", transaction_id="x")

    async def fall_due(self):
        async with transaction(WORKER) as session:
            waiting = select(Installment.id).where(Installment.booking_id == self.booking["id"], Installment.status == "scheduled")
            line = await session.scalar(waiting.order_by(Installment.seq).limit(1))
            if line:
                due = TODAY - timedelta(days=self.random.randrange(60))
                await session.execute(update(Installment).where(Installment.id == line).values(due_date=due))
        await dues.demand()


async def check(booking_id):
    """Sums on both sides, what a replay would allocate, and that nothing exceeds anything."""
    async with transaction(WORKER) as session:
        lines, receipts = await crud.payments.schedule(session, booking_id), await crud.payments.receipts(session, booking_id)
        kept = Counter()
        for one in await crud.payments.allocations(session, booking_id):
            kept[one.payment_id, one.installment_id] += one.principal
        owed = [line for line in lines if line.status is not InstallmentStatus.scheduled]
        assert kept == Counter({(part.receipt.id, part.line.id): part.amount for part in replay(receipts, owed)})
        for line in lines:
            assert line.allocated == sum(amount for (_, to), amount in kept.items() if to == line.id) <= line.amount
        for receipt in (await session.scalars(select(Payment).where(Payment.booking_id == booking_id))).all():
            assert receipt.allocated == sum(amount for (of, _), amount in kept.items() if of == receipt.id)
            assert receipt.allocated + receipt.refunded <= receipt.amount and receipt.refunded <= receipt.going_back <= receipt.amount


async def reconcile(client, person, booking):
    """What every reader is shown is the same money."""
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()
    shown = (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()
    statement = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=person.headers)).json()
    [revenue] = (await client.get("/api/builder/dashboard", headers=person.headers)).json()["revenue"]
    [ageing] = (await client.get("/api/builder/collections", headers=person.headers)).json()["ageing"] or [{"outstanding": 0}]
    asked = sum(line["outstanding"] for line in money["payment_schedule"] if line["demanded_at"])
    assert shown["paid_amount"] == money["total_paid"] == revenue["received"]
    assert shown["pending_amount"] == money["total_pending"] == revenue["outstanding"]
    assert statement["closing_balance"] == pytest.approx(asked - money["credit_amount"], abs=0.001)
    assert ageing["outstanding"] == pytest.approx(asked, abs=0.001)


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_done_the_books_add_up(client, seed):
    owner, customer = await make_builder(), await make_customer()
    finance = await make_member(owner, TeamRole.finance)
    [unit_id] = await make_units(owner, await make_project(owner, rules={"bounce_charge": "500.05"}))
    booking = await confirmed_booking(client, owner, customer, unit_id)
    office = Office(client, owner, finance, booking, Random(seed))
    for _ in range(OPERATIONS):
        await office.act()
        await check(booking["id"])
    await reconcile(client, owner, booking)
    assert sum(count for (_, is_done), count in office.outcomes.items() if is_done) > OPERATIONS / 5, office.outcomes
