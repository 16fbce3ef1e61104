"""What one buyer and one unit go through in the demo data: the product's own verbs, in somebody's name, at the clock's moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, Identity
from realestate.demo.clock import Clock, backdate
from realestate.demo.papers import put_on_paper
from realestate.demo.sites import Site
from realestate.models.accounts import LeadSource, Role
from realestate.models.bookings import BookingStatus, PaymentPlan
from realestate.models.payments import PaymentMethod, PaymentType
from realestate.models.units import UnitStatus
from realestate.schemas.bookings import BookingCreate, BookingIntent
from realestate.schemas.payments import PaymentCreate
from realestate.services import bookings, claims, payments, units
from realestate.services.payments import waivers
from realestate.services.payments.waivers import OWED

Verb = Callable[[], Awaitable[object]]


REFERENCES = {
    PaymentMethod.bank_transfer: "NEFT",
    PaymentMethod.cheque: "CHQ",
    PaymentMethod.demand_draft: "DD",
    PaymentMethod.loan: "LOAN",
    PaymentMethod.upi: "UPI",
    PaymentMethod.card: "CARD",
    PaymentMethod.online: "PAY",
}
"""How the banks' transactions are called; cash has none."""
LATELY = timedelta(days=9)


@dataclass
class Diary:
    """What is to happen when. Lived through in order, so that numbers and inboxes grow as they would have.

    It is written as if it were noon, so that the order, and with it every id, is the same at whatever hour this runs. What has happened
    lately is then moved by the difference: a reserve two hours old is two hours old.
    """

    session: AsyncSession
    clock: Clock
    random: Random
    now: datetime
    shift: timedelta
    entries: list[tuple[datetime, int, Verb]] = field(default_factory=list)
    told: list[tuple[str, datetime]] = field(default_factory=list)
    """When each event was, by its `dedupe_key`."""
    numbers: "count[int]" = field(default_factory=lambda: count(40_117, 37))
    """Of the banks' transactions."""

    def at(self, moment: datetime, verb: Verb) -> None:
        self.entries.append((moment, len(self.entries), verb))

    def ago(self, days: int) -> datetime:
        """Within office hours of the day so many days before today."""
        return self.now - timedelta(days=days, hours=self.random.randint(1, 6), minutes=self.random.randrange(60))

    async def live(self) -> None:
        """From the first entry to the last."""
        for moment, _, verb in sorted(self.entries, key=lambda entry: entry[:2]):
            self.clock.moment = moment + self.shift if moment > self.now - LATELY else moment
            await verb()
            await self.session.flush()  # while the clock stands here
            events = self.session.info["events"]
            names = ("type", "subject", "id", "part")  # as `tell` makes keys of them
            keys = (":".join(str(event[name]) for name in names if event[name]) for event in events[len(self.told) :])
            self.told += [(key, self.clock.moment) for key in keys]


@dataclass
class Sale:
    """A unit and who wants it."""

    diary: Diary
    site: Site
    customer_id: int
    unit_id: int
    price: Decimal
    plan: PaymentPlan = PaymentPlan.construction_linked
    remark: str | None = None
    needs_loan: bool = False
    booking_id: int = 0
    payment_id: int = 0
    paid: Decimal = Decimal(0)
    """With the first payment."""

    @property
    def session(self) -> AsyncSession:
        return self.diary.session

    @property
    def random(self) -> Random:
        return self.diary.random

    def at(self, moment: datetime, verb: Verb) -> None:
        self.diary.at(moment, verb)

    def begin(self, youngest: int, oldest: int) -> datetime:
        """To be reserved so many days ago."""
        start = self.diary.ago(self.random.randint(youngest, oldest))
        self.at(start, self.enter)
        return start

    async def enter(self, intent: BookingIntent = BookingIntent.reserve) -> None:
        """Reserve it, ask about it, or wait for it."""
        said = BookingCreate(unit_id=self.unit_id, intent=intent, payment_plan=self.plan, needs_loan=self.needs_loan, notes=self.remark)
        booking = await bookings.create(self.session, WORKER, self.customer_id, said)
        await backdate(self.session, booking)
        self.booking_id = booking.id

    async def hold(self) -> None:
        """By the customer's own hand."""
        await units.hold(self.session, Identity(Role.customer, self.customer_id), self.unit_id, None)

    async def be_held(self) -> None:
        """By the builder's sales team, for a week."""
        await crud.leads.know(self.session, self.site.project.builder_id, self.customer_id, LeadSource.team)
        await units.hold(self.session, self.site.team.sales, self.unit_id, self.customer_id)

    async def pay(self, amount: Decimal, method: PaymentMethod, payment_type: PaymentType = PaymentType.installment) -> None:
        """Recorded by the builder's finance team."""
        said = PaymentCreate(
            booking_id=self.booking_id,
            payment_type=payment_type,
            amount=amount,
            payment_method=method,
            payment_date=self.site.project.date_at(self.diary.clock.moment),
            transaction_id=f"{REFERENCES[method]}-{next(self.diary.numbers):08d}" if method in REFERENCES else None,
        )
        self.payment_id = (await payments.record(self.session, self.site.team.finance, said)).id

    async def clear(self) -> None:
        """The bank has credited the latest cheque."""
        await payments.clear(self.session, self.site.team.owner, self.payment_id)

    async def fall_due(self) -> None:
        """What a job does every night: demand the lines whose date has come."""
        unit, _, now = await crud.units.lock(self.session, self.unit_id)
        await payments.settle(self.session, await crud.bookings.get(self.session, self.booking_id), unit.project, now)

    async def ask_for_waiver(self) -> None:
        """The finance team would let go of what is late; nobody has agreed yet."""
        lines = await crud.payments.schedule(self.session, self.booking_id)
        late = next((line for line in lines if line.status in OWED), None)
        if late:
            await waivers.ask(self.session, self.site.team.finance, late.id, "The bank of the buyer was late, not the buyer.")

    async def bounce(self) -> None:
        """The bank has not paid the latest payment after all."""
        await payments.bounce(self.session, self.payment_id, "Returned by the bank: funds insufficient.")

    async def confirm(self) -> None:
        await bookings.confirm(self.session, self.booking_id)

    async def reject(self, reason: str) -> None:
        await bookings.reject(self.session, self.site.team.owner, self.booking_id, reason)

    async def cancel(self, reason: str) -> None:
        await bookings.cancel(self.session, self.booking_id, reason)

    async def lapse(self) -> None:
        """Somebody comes upon a reserve that has not been paid for."""
        unit, _, _ = await crud.units.lock(self.session, self.unit_id)
        await claims.lapse(self.session, unit)

    async def draft(self) -> None:
        """The agreement, while its terms can still be written."""
        await put_on_paper(self.session, self.site.team.owner, self.booking_id)

    async def register(self) -> None:
        """Written directly, as the worker: no verb of the product signs agreements or hands over keys yet."""
        unit, _, now = await crud.units.lock(self.session, self.unit_id)
        booking = await crud.bookings.get(self.session, self.booking_id)
        booking.status, booking.agreement_no = BookingStatus.registered, f"AG-{booking.id:06d}"
        booking.agreement_date, booking.actual_registration_date = (now - timedelta(days=21)).date(), now.date()
        unit.status = UnitStatus.sold

    async def hand_over(self) -> None:
        """Written directly, like the registration."""
        unit, _, _ = await crud.units.lock(self.session, self.unit_id)
        booking = await crud.bookings.get(self.session, self.booking_id)
        booking.status, unit.status = BookingStatus.handed_over, UnitStatus.handed_over
