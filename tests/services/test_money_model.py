"""The money of one booking against a simple model of it: hypothesis chooses what happens, the model says what must come of it, and after each
step the ledger is asked whether it did. The model knows nothing of the code: money comes, lines are demanded, and what is there meets."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.payments import Installment
from realestate.services import dues
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import certify, confirmed_booking, made_phase, pay, report

pytestmark = pytest.mark.anyio
OPERATIONS, STEPS = int(os.environ.get("MONEY_OPERATIONS", "320")), 20
TODAY = datetime.now(UTC).date()
ZERO, BOUNCE_CHARGE = Decimal(0), Decimal("500.05")
AMOUNTS = st.sampled_from([Decimal("0.01"), Decimal("99.99"), Decimal(150000), Decimal("400000.5"), Decimal(1000000)])


@dataclass
class Line:
    """`place`: where it stands in the queue once it is demanded."""

    amount: Decimal
    place: tuple[Any, ...]
    milestone: tuple[str, int] | None = None
    demanded: int = 0
    is_waived: bool = False
    paid: Decimal = ZERO
    waiver: int | None = None


@dataclass
class Receipt:
    amount: Decimal
    is_tax: bool
    state: str
    arrived: int = 0
    returned: Decimal = ZERO
    asked: dict[int, tuple[Decimal, str]] = field(default_factory=dict)

    @property
    def claimed(self) -> Decimal:
        return sum((amount for amount, state in self.asked.values() if state != "rejected"), ZERO)

    @property
    def stays(self) -> Decimal:
        return self.amount - self.returned if self.state == "cleared" else ZERO


@dataclass
class Model:
    price: Decimal
    lines: list[Line]
    receipts: dict[int, Receipt]
    now: int = 0
    """Moments are counted; 0 is never."""

    @property
    def live(self) -> list[Line]:
        return [line for line in self.lines if not line.is_waived]

    @property
    def paid(self) -> Decimal:
        return sum((one.stays for one in self.receipts.values()), ZERO)

    @property
    def pending(self) -> Decimal:
        return sum((line.amount - line.paid for line in self.live), ZERO)

    def meet(self) -> None:
        """As it happened: at each moment the money that has come by then fills the lines that are demanded by then, in their order."""
        came = {one.arrived: one.stays for one in self.receipts.values() if one.arrived}
        for line in self.live:
            line.paid = ZERO
        money = ZERO
        for moment in range(1, self.now + 1):
            money += came.get(moment, ZERO)
            for line in sorted((line for line in self.live if 0 < line.demanded <= moment), key=lambda line: line.place):
                part = min(line.amount - line.paid, money)
                line.paid, money = line.paid + part, money - part

    def tick(self) -> int:
        """The next moment."""
        self.now += 1
        return self.now

    @property
    def credit(self) -> Decimal:
        return self.paid - sum((line.paid for line in self.live), ZERO)

    def room(self) -> Decimal:
        """What may still be written down as received."""
        charges = sum((line.amount for line in self.live if line.place[0] == 1), ZERO)
        on_their_way = sum((one.amount for one in self.receipts.values() if one.state == "sent"), ZERO)
        return self.price + charges - on_their_way - self.paid


def machine(run: Callable[..., Any], client: Any) -> type[RuleBasedStateMachine]:
    """`run` does what is async in the loop of the test, while hypothesis waits in a thread."""

    class Booking(RuleBasedStateMachine):
        receipts, refunds = Bundle("receipts"), Bundle("refunds")

        @initialize()
        def sell(self) -> None:
            run(self._sell)

        async def _sell(self) -> None:
            self.owner, customer = await make_builder(), await make_customer()
            self.finance = await make_member(self.owner, TeamRole.finance)
            project = await make_project(self.owner, rules={"bounce_charge": str(BOUNCE_CHARGE)})
            phases = [
                await made_phase(client, self.owner, project, name, weight=50, progress_percentage=0)
                for name in ("Foundation", "Structure")
            ]
            self.phases = dict(zip(("foundation", "structure"), phases, strict=True))
            [unit] = await make_units(self.owner, project)
            self.booking = await confirmed_booking(client, self.owner, customer, unit)
            money = await self.shown()
            lines = [
                Line(
                    Decimal(str(line["amount"])),
                    (0, line["due_date"] and TODAY.fromisoformat(line["due_date"]), line["seq"]),
                    MILESTONES.get(line["seq"]),
                )
                for line in money["payment_schedule"]
            ]
            [token] = money["payments"]
            self.model = Model(Decimal("7500000.01"), lines, {token["id"]: Receipt(Decimal(150000), False, "cleared")})
            lines[0].demanded, self.model.receipts[token["id"]].arrived = self.model.tick(), self.model.tick()
            self.certified = dict.fromkeys(self.phases, 0)
            self.model.meet()

        async def shown(self) -> Any:
            return (await client.get(f"/api/bookings/{self.booking['id']}/payments", headers=self.owner.headers)).json()

        def post(self, path: str, person: Any = None, **said: Any) -> Any:
            async def send() -> Any:
                return await client.post(f"/api{path}", json=said or None, headers=(person or self.finance).headers)

            return run(send)

        def expect(self, answer: Any, code: str | None) -> bool:
            """Done, or refused as the model says; then all that is there has met."""
            said = answer.json()
            assert (said.get("code") if answer.status_code >= 400 else None) == code, said
            self.model.meet()
            return code is None

        @rule(target=receipts, amount=AMOUNTS, method=st.sampled_from(["upi", "cheque", "tds"]))
        def receive(self, amount: Decimal, method: str) -> Any:
            async def send() -> Any:
                return await pay(client, self.finance, self.booking, float(amount), method)

            room, answer = self.model.room(), run(send)
            if not self.expect(answer, None if amount <= room else "EXCEEDS_TOTAL"):
                return multiple()
            id = answer.json()["id"]
            self.model.receipts[id] = Receipt(amount, method == "tds", "sent")
            if method == "upi":
                self._comes(self.model.receipts[id])
            return id

        @rule(id=receipts)
        def clear(self, id: int) -> None:
            one = self.model.receipts[id]
            if self.expect(self.post(f"/payments/{id}/clearance"), None if one.state == "sent" else "INVALID_TRANSITION"):
                self._comes(one)

        def _comes(self, one: Receipt) -> None:
            one.state, one.arrived = "cleared", self.model.tick()
            self.model.meet()

        @rule(id=receipts)
        def bounce(self, id: int) -> None:
            one = self.model.receipts[id]
            is_late = one.state not in ("sent", "cleared") or one.returned > 0
            code = "INVALID_TRANSITION" if is_late else "REFUND_UNDER_WAY" if one.claimed else None
            if self.expect(self.post(f"/payments/{id}/bounce", reason="x"), code):
                one.state = "bounced"
                seq = len(self.model.lines) + 1
                self.model.lines.append(Line(BOUNCE_CHARGE, (1, TODAY + timedelta(days=15), seq), demanded=self.model.tick()))
                self.model.meet()

        @rule(target=refunds, id=receipts, amount=AMOUNTS)
        def ask_back(self, id: int, amount: Decimal) -> Any:
            one = self.model.receipts[id]
            code = (
                "NOT_REFUNDABLE"
                if one.is_tax or one.state != "cleared"
                else "EXCEEDS_RECEIPT"
                if amount > one.amount - one.claimed
                else None
            )
            answer = self.post(f"/payments/{id}/refunds", amount=float(amount), reason="x")
            if not self.expect(answer, code):
                return multiple()
            one.asked[answer.json()["id"]] = amount, "pending"
            return id, answer.json()["id"]

        @rule(which=refunds, step=st.sampled_from(["approval", "approval", "processing", "processing", "rejection"]))
        def decide(self, which: tuple[int, int], step: str) -> None:
            one, refund = self.model.receipts[which[0]], which[1]
            amount, state = one.asked[refund]
            after = {("approval", "pending"): "approved", ("processing", "approved"): "completed"} | {
                ("rejection", before): "rejected" for before in ("pending", "approved")
            }
            said = {"reason": "x"} if step == "rejection" else {"transaction_id": "x"} if step == "processing" else {}
            person = self.finance if step == "processing" else self.owner
            if self.expect(
                self.post(f"/refunds/{refund}/{step}", person, **said), None if (step, state) in after else "INVALID_TRANSITION"
            ):
                one.asked[refund] = amount, after[step, state]
                one.returned += amount if step == "processing" else ZERO
                self.model.meet()

        @rule()
        def fall_due(self) -> None:
            """A day comes for the first line that waits."""
            waiting = next((line for line in self.model.live if not line.demanded), None)
            if waiting is None:
                return
            seq, due = waiting.place[2], TODAY - timedelta(days=len(self.model.receipts))

            async def come() -> None:
                async with transaction(WORKER) as session:
                    of_it = (Installment.booking_id == self.booking["id"], Installment.seq == seq)
                    await session.execute(update(Installment).where(*of_it).values(due_date=due))
                await dues.demand()

            run(come)
            waiting.demanded, waiting.place = self.model.tick(), (0, due + timedelta(days=30 if seq == KEYS else 15), seq)
            self.model.meet()

        @rule(phase=st.sampled_from(["foundation", "structure"]), percent=st.sampled_from([20, 50, 100]))
        def build(self, phase: str, percent: int) -> None:
            if percent <= self.certified[phase]:
                return

            async def rise() -> None:
                assert (await report(client, self.owner, self.phases[phase], progress_percentage=percent)).is_success
                assert (await certify(client, self.owner, self.phases[phase])).is_success

            run(rise)
            self.certified[phase] = percent
            moment = self.model.tick()
            for line in self.model.live:
                if line.milestone and not line.demanded and line.milestone[0] == phase and line.milestone[1] <= percent:
                    line.demanded, line.place = moment, (0, TODAY + timedelta(days=15), line.place[2])
            self.model.meet()

        @precondition(lambda self: any(line.demanded and not line.paid for line in self.model.live))
        @rule(data=st.data())
        def waive(self, data: Any) -> None:
            """What nothing has been paid of: of the rest, the ledger keeps what was paid where it was."""
            line = data.draw(st.sampled_from([line for line in self.model.live if line.demanded and not line.paid]))

            async def find() -> int:
                return next(one["id"] for one in (await self.shown())["payment_schedule"] if one["seq"] == line.place[2])

            asked = self.post(f"/installments/{run(find)}/waivers", reason="x")
            self.expect(asked, None)
            line.is_waived = self.expect(self.post(f"/waivers/{asked.json()['id']}/approval", self.owner), None)
            self.model.meet()

        @invariant()
        def the_ledger_says_what_the_model_says(self) -> None:
            money, model = run(self.shown), self.model
            said = {name: Decimal(str(money[name])) for name in ("total_paid", "total_pending", "credit_amount")}
            assert said == {"total_paid": model.paid, "total_pending": model.pending, "credit_amount": model.credit}
            lines = {line["seq"]: Decimal(str(line["paid_amount"])) for line in money["payment_schedule"]}
            assert lines == {line.place[2]: line.paid for line in model.lines}
            backs = {one["id"]: Decimal(str(one["refunded_amount"])) for one in money["payments"] if one["kind"] != "refund"}
            assert backs == {id: one.returned for id, one in model.receipts.items()}

    return Booking


KEYS = 8
MILESTONES = {3: ("foundation", 100), 4: ("structure", 50), 5: ("structure", 100)}
"""Of the construction-linked plan of the house."""


async def test_the_ledger_does_what_a_simple_model_does(client):
    run = anyio.from_thread.run
    limits = settings(
        max_examples=max(16, OPERATIONS // STEPS),
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    await anyio.to_thread.run_sync(lambda: run_state_machine_as_test(machine(run, client), settings=limits))
