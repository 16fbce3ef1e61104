"""The money of one booking against a simple model of it (`tests.bookkeeping`): hypothesis chooses what happens, the model says what must come of
it, and after each step the ledger is asked whether it did."""

import os
from datetime import timedelta
from decimal import Decimal
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from realestate.config import settings as of_house
from realestate.services import online
from tests.bookkeeping import CHARGE, PLAN, TODAY, ZERO, Receipt
from tests.desk import BOUNCE_CHARGE, Desk
from tests.paying import checkout, order_of
from tests.stories import certify, pay, report

pytestmark = pytest.mark.anyio
OPERATIONS, STEPS = int(os.environ.get("MONEY_OPERATIONS", "320")), 20
MOST_OPEN = 5
AMOUNTS = st.sampled_from([Decimal("0.01"), Decimal("99.99"), Decimal(150000), Decimal("400000.5"), Decimal(1000000)])
DAYS_AGO = st.sampled_from([0, 20, 50])


class Booking(Desk):
    """What may happen."""

    receipts, refunds = Bundle("receipts"), Bundle("refunds")

    @rule(target=receipts, amount=AMOUNTS, method=st.sampled_from(["upi", "cheque", "tds"]), days=DAYS_AGO)
    def receive(self, amount: Decimal, method: str, days: int) -> Any:
        day = TODAY - timedelta(days=days)

        async def send() -> Any:
            return await pay(self.client, self.finance, self.booking, float(amount), method, payment_date=str(day))

        room, answer = self.model.room(), self.run(send)
        if not self.expect(answer, None if amount <= room else "EXCEEDS_TOTAL"):
            return multiple()
        id = answer.json()["id"]
        self.model.receipts[id] = Receipt(amount, day, "sent", is_tax=method == "tds")
        if method == "upi":
            self._comes(self.model.receipts[id])
        return id

    @rule(id=receipts)
    def clear(self, id: int) -> None:
        one = self.model.receipts[id]
        code = "SET_BY_GATEWAY" if one.is_online else None if one.state == "sent" else "INVALID_TRANSITION"
        if self.expect(self.post(f"/payments/{id}/clearance"), code):
            self._comes(one)

    def _comes(self, one: Receipt) -> None:
        one.state, one.arrived = "cleared", self.model.tick()
        self.model.square()

    @rule(
        target=receipts,
        amount=AMOUNTS,
        buttons=st.sampled_from([["pay"], ["pay"], ["decline", "pay"], ["decline"], ["close", "pay"], []]),
    )
    def pay_online(self, amount: Decimal, buttons: list[str]) -> Any:
        """On a page that is opened, or still open."""
        still = {id: one for id, one in self.model.receipts.items() if one.state == "open"}
        is_known = amount in [one.amount for one in still.values()]
        too_much = "EXCEEDS_TOTAL" if amount > self.model.room() else None
        too_many = "TOO_MANY_PAGES" if len(still) >= MOST_OPEN and not is_known else None

        async def order() -> Any:
            return await checkout(self.client, self.customer, self.booking, float(amount))

        answer = self.run(order)
        if not self.expect(answer, too_much or too_many):
            return multiple()
        page = answer.json()
        assert (page["id"] in still) is is_known
        one = self.model.receipts.setdefault(page["id"], Receipt(amount, TODAY, "open", is_online=True))
        for button in buttons:
            self._press(one, page, button)
        return page["id"] if one.state == "cleared" else multiple()

    def _press(self, one: Receipt, page: Any, button: str) -> None:
        async def press() -> Any:
            answer = await self.client.post(f"/api/dev/pay/{order_of(page)}", data={"button": button})
            await online.rehearse()
            return answer

        if self.expect(self.run(press), "ORDER_CLOSED" if one.state == "closed" else None):
            one.state = {"decline": "failed", "close": "closed", "pay": "open"}[button]
            if button == "pay":
                self._comes(one)

    @precondition(lambda self: any(one.is_online and one.stays for one in self.model.receipts.values()))
    @rule(data=st.data(), amount=AMOUNTS)
    def send_back(self, data: Any, amount: Decimal) -> None:
        """The way it came: whatever has been approved by then."""
        id = data.draw(st.sampled_from([id for id, one in self.model.receipts.items() if one.is_online and one.stays]))
        for asked in self.ask(id, amount):
            assert self.expect(self.post(f"/refunds/{asked}/approval", self.owner), None)
            self.model.receipts[id].asked[asked] = amount, "approved"

        async def send() -> None:
            await online.send_refunds()
            await online.rehearse()

        self.run(send)
        approved = {
            refund: (one, amount)
            for one in self.model.receipts.values()
            for refund, (amount, state) in one.asked.items()
            if one.is_online and state == "approved"
        }
        for refund, (one, part) in sorted(approved.items()):
            self._goes(one, refund, part)

    def _goes(self, one: Receipt, refund: int, amount: Decimal) -> None:
        one.asked[refund] = amount, "completed"
        one.returned += amount
        self.model.tick()
        self.model.square()

    @rule(id=receipts)
    def bounce(self, id: int) -> None:
        one = self.model.receipts[id]
        is_late = one.state not in ("sent", "cleared") or one.returned > 0
        code = "INVALID_TRANSITION" if is_late else "REFUND_UNDER_WAY" if one.claimed else None
        if self.expect(self.post(f"/payments/{id}/bounce", reason="x"), code):
            one.state = "bounced"
            self.model.tick()
            self.model.charge(BOUNCE_CHARGE, CHARGE)
            self.model.square()

    @rule(target=refunds, id=receipts, amount=AMOUNTS)
    def ask_back(self, id: int, amount: Decimal) -> Any:
        return multiple(*((id, asked) for asked in self.ask(id, amount)))

    def ask(self, id: int, amount: Decimal) -> list[int]:
        """The refund, or none."""
        one = self.model.receipts[id]
        code = (
            "NOT_REFUNDABLE" if one.is_tax or one.state != "cleared" else "EXCEEDS_RECEIPT" if amount > one.amount - one.claimed else None
        )
        answer = self.post(f"/payments/{id}/refunds", amount=float(amount), reason="x")
        if not self.expect(answer, code):
            return []
        one.asked[answer.json()["id"]] = amount, "pending"
        return [answer.json()["id"]]

    @rule(which=refunds, step=st.sampled_from(["approval", "approval", "processing", "processing", "rejection"]))
    def decide(self, which: tuple[int, int], step: str) -> None:
        one, refund = self.model.receipts[which[0]], which[1]
        amount, state = one.asked[refund]
        after = {("approval", "pending"): "approved", ("processing", "approved"): "completed"} | {
            ("rejection", before): "rejected" for before in ("pending", "approved")
        }
        said = {"reason": "x"} if step == "rejection" else {"transaction_id": "x"} if step == "processing" else {}
        person = self.finance if step == "processing" else self.owner
        code = None if (step, state) in after else "INVALID_TRANSITION"
        if code is None and step == "processing" and one.is_online:
            code = "SET_BY_GATEWAY"
        if self.expect(self.post(f"/refunds/{refund}/{step}", person, **said), code):
            one.asked[refund] = amount, after[step, state]
            if step == "processing":
                self._goes(one, refund, amount)

    @rule()
    def a_day_comes(self) -> None:
        self.fall_due()

    @rule(phase=st.sampled_from(["foundation", "structure"]), percent=st.sampled_from([20, 50, 100]))
    def build(self, phase: str, percent: int) -> None:
        if percent <= self.certified[phase]:
            return

        async def rise() -> None:
            assert (await report(self.client, self.owner, self.phases[phase], progress_percentage=percent)).is_success
            assert (await certify(self.client, self.owner, self.phases[phase])).is_success

        self.run(rise)
        self.certified[phase] = percent
        passed = [one for one in self.model.live if one.milestone and not one.demanded and one.milestone[0] == phase]
        fired = [line for line in passed if line.milestone and line.milestone[1] <= percent]
        moment = self.model.tick()
        for line in fired:
            line.demanded, line.place = moment, (PLAN, TODAY + timedelta(days=15), line.seq)
        if fired:
            self.model.square()

    @precondition(lambda self: any(line.demanded and line.paid < line.amount for line in self.model.live))
    @rule(data=st.data())
    def waive(self, data: Any) -> None:
        """What is left of a line: that much and no more, whatever becomes of what was paid of it."""
        line = data.draw(st.sampled_from([line for line in self.model.live if line.demanded and line.paid < line.amount]))
        asked = self.post(f"/installments/{self.id_of(line)}/waivers", reason="x")
        self.expect(asked, None)
        assert self.expect(self.post(f"/waivers/{asked.json()['id']}/approval", self.owner), None)
        self.model.waive(line)
        self.model.tick()
        self.model.square()

    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        """A demand that was a mistake; one of the plan, until a day to come."""
        line = data.draw(st.sampled_from([line for line in self.model.live if line.demanded]))
        again = {"again_on": str(TODAY + timedelta(days=40))} if line.place[0] == PLAN else {}
        id = self.id_of(line)
        code = None if self.model.take_back(line) else "NOT_CREDITABLE"
        self.expect(self.post(f"/demands/{id}/credit-note", reason="x", **again), code)

    @rule()
    def close(self) -> None:
        """The statement: all that has accrued is charged."""
        self.model.tick()
        if self.model.charge_interest(self.model.live):
            self.model.meet()
        answer = self.post(f"/bookings/{self.booking['id']}/statement/close")
        self.expect(answer, None)
        said = {name: Decimal(str(answer.json()[name])) for name in ("closing_balance", "interest_accrued")}
        assert said == {"closing_balance": self.model.owed - self.model.credit, "interest_accrued": ZERO}


async def test_the_ledger_does_what_a_simple_model_does(client, monkeypatch, tmp_path):
    monkeypatch.setattr(of_house, "data_dir", tmp_path)  # what the gateway of development knows
    at_desk = type("AtDesk", (Booking,), {"run": staticmethod(anyio.from_thread.run), "client": client})
    limits = settings(
        max_examples=max(16, OPERATIONS // STEPS),
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    await anyio.to_thread.run_sync(lambda: run_state_machine_as_test(at_desk, settings=limits))
