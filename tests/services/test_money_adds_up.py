"""Random operations on the money of a project, one by one and many at once: after each step every figure that anybody is shown is what the
rows come to (`tests.figures`), and which money pays which line is what comes about when everything happens again.

A longer run: MONEY_OPERATIONS=2000 MONEY_SEEDS=1,2,3 MONEY_CLIENTS=16 ./scripts/test -n0 tests/services/test_money_adds_up.py
"""

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.errors import Conflict, Unavailable
from realestate.models.accounts import TeamRole
from realestate.models.bookings import ACTIVE, Booking
from realestate.models.escrow import EscrowWithdrawal
from realestate.models.payments import Installment, InstallmentStatus, Payment, PaymentKind, Waiver
from realestate.models.projects import Jurisdiction
from realestate.services import dues
from realestate.services.payments.allocating import replay
from tests import figures
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import ask_escrow, certificates, certify, confirmed_booking, made_phase, pay, report, reserve, set_status

pytestmark = pytest.mark.anyio
OPERATIONS = int(os.environ.get("MONEY_OPERATIONS", "24"))
SEEDS = [int(seed) for seed in os.environ.get("MONEY_SEEDS", "1").split(",")]
CLIENTS = [int(number) for number in os.environ.get("MONEY_CLIENTS", "1,8").split(",")]
TODAY = datetime.now(UTC).date()
SOME = 10
"""Of many clients at once, every so many rounds are also looked at as they are shown, which takes longer than to do them."""
BUSY = 503
"""All connections taken: nothing was done."""


class Office:
    """Those who handle the money of a project, and what they do by chance. Refusals are part of it; failures are not."""

    def __init__(self, client, random, project, units, **people):
        self.client, self.random, self.project, self.units = client, random, project, units
        self.owner, self.finance, self.customer = people["owner"], people["finance"], people["customer"]
        self.phases, self.papers, self.outcomes = people["phases"], people["papers"], Counter()
        often = (self.receive, self.clear, self.bounce, self.ask_back, self.decide, self.decide, self.fall_due, self.waive, self.draw)
        self.verbs = (*often, *often, self.receive, self.receive, self.build, self.leave, self.stay, self.let_go, self.buy, self.replan)

    async def act(self):
        verb = self.random.choice(self.verbs)
        try:
            answer = await verb()
        except (Unavailable, Conflict):  # no line was free for its own questions, or the job of the night met somebody: it comes again
            self.outcomes[verb.__name__, BUSY] += 1
            return
        if answer is not None:
            assert answer.status_code < 500 or answer.status_code == BUSY, (verb.__name__, answer.text)
            self.outcomes[verb.__name__, answer.status_code] += 1

    async def _one(self, model, *where):
        """Some row of the project, or the number of none."""
        async with transaction(WORKER) as session:
            found = (await session.scalars(select(model.id).where(model.project_id == self.project, *where))).all()
        return self.random.choice(sorted(found)) if found else 2**40

    async def _post(self, path, person=None, **said):
        return await self.client.post(f"/api{path}", json=said or None, headers=(person or self.finance).headers)

    async def receive(self):
        amount = self.random.choice([0.01, 99.99, 150000, 400000.5, 1500000])
        day = self.random.choice([TODAY, TODAY - timedelta(days=1), TODAY.replace(day=1) - timedelta(days=20)])
        booking = {"id": await self._one(Booking)}
        method = self.random.choice(["upi", "upi", "cheque", "tds"])
        return await pay(self.client, self.finance, booking, amount, method, payment_date=str(day))

    async def clear(self):
        return await self._post(f"/payments/{await self._one(Payment, Payment.status == 'clearance_pending')}/clearance")

    async def bounce(self):
        return await self._post(f"/payments/{await self._one(Payment, Payment.kind != PaymentKind.refund)}/bounce", reason="x")

    async def ask_back(self):
        amount = self.random.choice([0.01, 50, 100000])
        return await self._post(
            f"/payments/{await self._one(Payment, Payment.kind == PaymentKind.receipt)}/refunds", amount=amount, reason="x"
        )

    async def decide(self):
        refund = await self._one(Payment, Payment.kind == PaymentKind.refund, Payment.status.in_(["pending", "approved"]))
        step = self.random.choice(["approval", "approval", "processing", "processing", "rejection"])
        if step == "processing":
            return await self._post(f"/refunds/{refund}/processing", transaction_id="x")
        return await self._post(f"/refunds/{refund}/{step}", self.owner, **({"reason": "x"} if step == "rejection" else {}))

    async def waive(self):
        if self.random.random() < 0.6:
            line = await self._one(Installment, Installment.status.in_(["demanded", "partially_paid"]))
            return await self._post(f"/installments/{line}/waivers", reason="x")
        waiver = await self._one(Waiver, Waiver.status == "pending")
        if self.random.random() < 0.5:
            return await self._post(f"/waivers/{waiver}/approval", self.owner)
        return await self._post(f"/waivers/{waiver}/rejection", self.owner, reason="x")

    async def draw(self):
        if self.random.random() < 0.5:
            amount = self.random.choice([0.01, 5000, 77777.77])
            return await ask_escrow(self.client, self.finance, self.project, amount, self.papers)
        withdrawal = await self._one(EscrowWithdrawal, EscrowWithdrawal.status == "pending")
        step, said = self.random.choice([("approval", {}), ("approval", {}), ("rejection", {"reason": "x"})])
        return await self._post(f"/escrow-withdrawals/{withdrawal}/{step}", self.owner, **said)

    async def build(self):
        phase = self.random.choice(self.phases)
        answer = await report(self.client, self.owner, phase, progress_percentage=self.random.randrange(101), reason="Measured again.")
        return await certify(self.client, self.owner, phase) if answer.is_success else answer

    async def fall_due(self):
        async with transaction(WORKER) as session:
            waiting = select(Installment.id).where(Installment.project_id == self.project, Installment.status == "scheduled")
            line = await session.scalar(waiting.order_by(Installment.seq, Installment.id).limit(1))
            if line:
                due = TODAY - timedelta(days=self.random.randrange(120))
                still = (Installment.id == line, Installment.status == "scheduled")
                await session.execute(update(Installment).where(*still).values(due_date=due))
        await dues.demand()

    async def leave(self):
        return await self._post(
            f"/bookings/{await self._one(Booking, Booking.status == 'booking_confirmed')}/cancellation", self.customer, reason="x"
        )

    async def stay(self):
        booking = await self._one(Booking, Booking.status == "cancellation_requested")
        return await self.client.delete(f"/api/bookings/{booking}/cancellation", headers=self.customer.headers)

    async def let_go(self):
        booking = await self._one(Booking, Booking.status == "cancellation_requested")
        return await self._post(f"/bookings/{booking}/cancellation/approval", self.owner, cause="buyer_request")

    async def replan(self):
        """What is not demanded yet, in other parts; the customer mostly agrees."""
        weights = self.random.choice([[100], [33, 67], [12.5, 12.5, 75]])
        days = [str(TODAY + timedelta(days=self.random.randrange(1, 90))) for _ in weights]
        lines = [
            {"name": "Anew", "weight": weight, "trigger": "on_date", "due_date": day} for weight, day in zip(weights, days, strict=True)
        ]
        made = await self._post(f"/bookings/{await self._one(Booking)}/plan-amendments", reason="x", lines=lines)
        if not made.is_success or self.random.random() < 0.2:
            return made
        said = {"content_hash": made.json()["content_hash"]}
        return await self._post(f"/plan-amendments/{made.json()['id']}/agreement", self.customer, **said)

    async def buy(self):
        if self.outcomes["buy", 200] >= len(self.units):
            return await self.receive()
        answer = await reserve(self.client, self.customer, self.random.choice(self.units))
        if answer.is_success:
            await pay(self.client, self.finance, answer.json(), answer.json()["token_amount"])
            return await set_status(self.client, self.owner, answer.json(), "booking_confirmed")
        return answer

    async def check(self, is_shown=True):
        """What pays what is what a replay makes of it, in every booking that goes on; sums are those of their parts; and so it is shown."""
        async with transaction(WORKER) as session:
            going_on = select(Booking.id).where(Booking.project_id == self.project, Booking.status.in_(ACTIVE))
            for booking_id in (await session.scalars(going_on)).all():
                await check(session, booking_id)
        await (figures.reconcile(self.client, self.owner, self.customer, self.project) if is_shown else figures.expect_sums(self.project))


async def check(session, booking_id):
    lines, receipts = await crud.payments.schedule(session, booking_id), await crud.payments.receipts(session, booking_id)
    owed = {line.id: line for line in lines if line.status is not InstallmentStatus.scheduled}
    kept, spent = Counter(), Counter()
    for one in await crud.payments.allocations(session, booking_id):
        if one.installment_id in owed:
            kept[one.payment_id, one.installment_id] += one.amount
        else:
            spent[one.payment_id] += one.amount
    assert kept == Counter({(part.receipt.id, part.line.id): part.amount for part in replay(receipts, list(owed.values()), spent)})


async def open_office(client, seed):
    owner, customer = await make_builder(), await make_customer()
    finance = await make_member(owner, TeamRole.finance)
    rules = {"bounce_charge": "500.05", "interest_percent": "18", "pre_agreement_cap": "100", "grace_days": 3, "unpaid_reserves": 50}
    project = await make_project(owner, rules=rules, jurisdiction=Jurisdiction.in_rera)
    phases = [await made_phase(client, owner, project, name, weight=50, progress_percentage=0) for name in ("Foundation", "Structure")]
    units = await make_units(owner, project, 12)
    for unit_id in units[:3]:
        await confirmed_booking(client, owner, customer, unit_id)
    papers = await certificates(client, finance)
    people = {"owner": owner, "finance": finance, "customer": customer, "phases": phases, "papers": papers}
    return Office(client, Random(seed), project, units, **people)


@pytest.mark.parametrize("clients", CLIENTS)
@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_done_every_figure_is_what_the_rows_come_to(client, seed, clients):
    office = await open_office(client, seed)
    await office.check()
    rounds = max(1, OPERATIONS // clients)
    for number in range(1, rounds + 1):
        await asyncio.gather(*(office.act() for _ in range(clients)))
        await office.check(is_shown=clients < SOME or number % SOME == 0 or number == rounds)
    done = sum(count for (_, status), count in office.outcomes.items() if status < 300)
    print(f"seed {seed}, {clients} clients: {sum(office.outcomes.values())} answers, {done} done", sorted(office.outcomes.items()))
    assert done > OPERATIONS / 5, office.outcomes
