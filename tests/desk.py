"""Where the money of one booking is handled over HTTP, and what is shown of it is compared with a model (`tests.bookkeeping`)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.payments import Installment
from realestate.services import dues
from tests.bookkeeping import GRACE_DAYS, PERCENT, PLAN, TODAY, Line, Model, Receipt
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import confirmed_booking, made_phase

BOUNCE_CHARGE, KEYS = Decimal("500.05"), 8
ASKED = ("demanded", "partially_paid", "paid")
MILESTONES = {3: ("foundation", 100), 4: ("structure", 50), 5: ("structure", 100)}
"""Of the construction-linked plan of the house."""


class Desk(RuleBasedStateMachine):
    """`run` does what is async in the loop of the test, while hypothesis waits in a thread."""

    run: ClassVar[Callable[..., Any]]
    client: ClassVar[Any]

    @initialize()
    def sell(self) -> None:
        self.run(self._sell)
        self.fall_due()  # two lines are late from the beginning
        self.fall_due()

    async def _sell(self) -> None:
        self.owner, self.customer = await make_builder(), await make_customer()
        self.finance = await make_member(self.owner, TeamRole.finance)
        rules = {"bounce_charge": str(BOUNCE_CHARGE), "interest_percent": str(PERCENT), "grace_days": GRACE_DAYS}
        project = await make_project(self.owner, timezone="UTC", rules=rules)
        phases = [
            await made_phase(self.client, self.owner, project, name, weight=50, progress_percentage=0)
            for name in ("Foundation", "Structure")
        ]
        self.phases = dict(zip(("foundation", "structure"), phases, strict=True))
        [unit] = await make_units(self.owner, project)
        self.booking = await confirmed_booking(self.client, self.owner, self.customer, unit)
        money = await self.shown()
        lines = [
            Line(
                Decimal(str(line["amount"])),
                (PLAN, line["due_date"] and TODAY.fromisoformat(line["due_date"]), line["seq"]),
                MILESTONES.get(line["seq"]),
                is_numbered=line["seq"] > 1,
            )
            for line in money["payment_schedule"]
        ]
        [token] = money["payments"]
        self.model = Model(
            Decimal("7500000.01"),
            lines,
            {token["id"]: Receipt(Decimal(150000), TODAY.fromisoformat(token["payment_date"][:10]), "cleared")},
        )
        lines[0].demanded, self.model.receipts[token["id"]].arrived = self.model.tick(), self.model.tick()
        self.certified = dict.fromkeys(self.phases, 0)
        self.model.meet()

    async def shown(self) -> Any:
        return (await self.client.get(f"/api/bookings/{self.booking['id']}/payments", headers=self.owner.headers)).json()

    def post(self, path: str, person: Any = None, **said: Any) -> Any:
        async def send() -> Any:
            return await self.client.post(f"/api{path}", json=said or None, headers=(person or self.finance).headers)

        return self.run(send)

    def expect(self, answer: Any, code: str | None) -> bool:
        """Done, or refused as the model says; then all that is there has met."""
        assert (answer.json().get("code") if answer.status_code >= 400 else None) == code, answer.text
        self.model.meet()
        return code is None

    def fall_due(self) -> None:
        """A day comes for the first line that waits."""
        waiting = next((line for line in self.model.live if not line.demanded), None)
        if waiting is None:
            return
        seq, due = waiting.seq, TODAY - timedelta(days=60 + len(self.model.receipts))

        async def come() -> None:
            async with transaction(WORKER) as session:
                of_it = (Installment.booking_id == self.booking["id"], Installment.seq == seq)
                await session.execute(update(Installment).where(*of_it).values(due_date=due))
            await dues.demand()

        self.run(come)
        due += timedelta(days=30 if seq == KEYS else 15)
        waiting.demanded, waiting.place, waiting.is_numbered = self.model.tick(), (PLAN, due, seq), True
        self.model.square()

    def id_of(self, line: Line) -> int:
        async def find() -> int:
            return next(one["id"] for one in (await self.shown())["payment_schedule"] if one["seq"] == line.seq)

        return int(self.run(find))

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        money, model = self.run(self.shown), self.model
        said = {name: Decimal(str(money[name])) for name in ("total_paid", "total_pending", "credit_amount")}
        assert said == {"total_paid": model.paid, "total_pending": model.pending, "credit_amount": model.credit}
        lines = {
            line["seq"]: (Decimal(str(line["amount"])), Decimal(str(line["paid_amount"])), line["status"] in ASKED)
            for line in money["payment_schedule"]
        }
        assert lines == {line.seq: (line.amount, line.paid, line.demanded > 0 and not line.is_gone) for line in model.lines}
        backs = {one["id"]: Decimal(str(one["refunded_amount"])) for one in money["payments"] if one["kind"] != "refund"}
        assert backs == {id: one.returned for id, one in model.receipts.items()}
