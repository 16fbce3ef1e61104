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
from realestate.demo import shapes
from realestate.demo.clock import Clock, backdate, spread
from realestate.demo.papers import put_on_paper
from realestate.demo.sites import Site
from realestate.models.accounts import LeadSource, Role
from realestate.models.bookings import PartyInviteKind, PaymentPlan
from realestate.models.documents import Audience, DocumentKind
from realestate.models.payments import InstallmentKind, InstallmentStatus, PaymentMethod, PaymentType
from realestate.schemas.bookings import BookingCreate, BookingIntent
from realestate.schemas.cancellations import CancellationCreate, SettlementTerms
from realestate.schemas.documents import DocumentCreate
from realestate.schemas.parties import TransferApproval
from realestate.schemas.payments import PaymentCreate
from realestate.schemas.possession import SnagCreate
from realestate.services import bookings, claims, documents, payments, units
from realestate.services.payments import accruing, notes, waivers
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

    async def take_back_charge(self) -> None:
        """It was the company's bank that had made the mistake: what was charged for it is not owed."""
        lines = await crud.payments.schedule(self.session, self.booking_id)
        for line in (one for one in lines if one.kind is InstallmentKind.charge and one.status is InstallmentStatus.demanded):
            await notes.take_back(self.session, self.site.team.finance, line.id, "The mistake was the bank's.", None)

    async def confirm(self) -> None:
        await bookings.confirm(self.session, self.booking_id)

    async def reject(self, reason: str) -> None:
        await bookings.reject(self.session, self.site.team.owner, self.booking_id, reason)

    async def cancel(self, reason: str) -> None:
        await bookings.cancel(self.session, self.booking_id, reason)

    async def lapse(self) -> None:
        """Somebody comes upon a reserve that has not been paid for."""
        unit, _, now = await crud.units.lock(self.session, self.unit_id)
        await claims.lapse(self.session, unit, now)

    async def draft(self) -> None:
        """The agreement, while its terms can still be written."""
        await put_on_paper(self.session, self.site.team.owner, self.booking_id)

    async def sign(self) -> None:
        """By the customer, and for the company."""
        for by in (Identity(Role.customer, self.customer_id), self.site.team.owner):
            await bookings.sign(self.session, by, self.booking_id, None)
        spread(self.session)

    async def register(self) -> None:
        number = f"{self.site.place.city[:3].upper()}-{self.booking_id}/{self.diary.clock.moment.year}"
        await bookings.register(self.session, self.booking_id, number, self.site.project.date_at(self.diary.clock.moment))

    async def offer_possession(self) -> None:
        """The site has been certified by then."""
        if not await crud.bookings.has_certificate(self.session, self.site.project.id):
            said = DocumentCreate(kind=DocumentKind.occupancy_certificate, project_id=self.site.project.id, audience=Audience.booked)
            async with documents.stored(shapes.card("Occupancy certificate"), "Occupancy certificate.jpg") as upload:
                await documents.create(self.session, self.site.team.owner, upload, said)
        await bookings.offer_possession(self.session, self.booking_id)

    async def pay_off(self) -> None:
        """Whatever has been asked for and not been paid, changes that were agreed on and interest included."""
        project, booking = self.site.project, await crud.bookings.peek(self.session, self.booking_id)
        left = await accruing.owed(self.session, booking, project, project.date_at(self.diary.clock.moment))
        lines = await crud.payments.schedule(self.session, self.booking_id)
        if left := left + sum((line.outstanding for line in lines if line.demanded_at), Decimal(0)):
            await self.pay(left, PaymentMethod.bank_transfer)

    async def hand_over(self) -> None:
        await self.pay_off()
        await bookings.acknowledge(self.session, self.booking_id)
        await bookings.tick(self.session, self.booking_id, {"keys": True, "meters": True, "documents": True})
        await bookings.hand_over(self.session, self.booking_id)

    async def ask_to_leave(self, reason: str) -> None:
        by = Identity(Role.customer, self.customer_id)
        await bookings.request_cancellation(self.session, by, self.booking_id, CancellationCreate(reason=reason))

    async def leave(self) -> None:
        """Settled; what goes back waits for somebody else's approval."""
        await bookings.approve_cancellation(self.session, self.site.team.owner, self.booking_id, SettlementTerms())

    async def share(self, customer_id: int) -> None:
        """Half of it is somebody else's from now on."""
        await self._let_in(customer_id, PartyInviteKind.co_applicant, Decimal(50))

    async def complain(self) -> None:
        by = Identity(Role.customer, self.customer_id)
        await bookings.report_snag(self.session, by, self.booking_id, SnagCreate(title="The balcony door does not close"))

    async def _let_in(self, customer_id: int, kind: PartyInviteKind, share: Decimal | None = None) -> None:
        owner = Identity(Role.customer, self.customer_id)
        made = await bookings.invite_party(self.session, owner, self.booking_id, kind, share)
        await bookings.join(self.session, Identity(Role.customer, customer_id), made.code)

    async def give_over(self, customer_id: int) -> None:
        """To somebody who has brought the owner's code; nothing may be overdue."""
        await self.pay_off()
        await self._let_in(customer_id, PartyInviteKind.transferee)
        await bookings.transfer(self.session, self.site.team.owner, self.booking_id, TransferApproval(customer_id=customer_id))

    async def exchange(self, unit_id: int) -> None:
        await bookings.swap(self.session, self.site.team.owner, self.booking_id, unit_id)
