"""What buyers of the demo data want otherwise in their homes, in the diary among the sales."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from realestate.database import Identity
from realestate.demo import shapes
from realestate.demo.papers import upload
from realestate.demo.sales import Diary
from realestate.demo.sites import Site
from realestate.models.accounts import Role
from realestate.models.bookings import Booking
from realestate.models.change_requests import CHANGEABLE, ChangeRequestType
from realestate.models.payments import PaymentMethod, PaymentType
from realestate.schemas.change_requests import ChangeRequestCreate, QuoteCreate, QuoteLine
from realestate.schemas.payments import PaymentCreate
from realestate.services import change_requests, payments

T = ChangeRequestType
DAY = timedelta(days=1)
WISHES = (
    (T.electrical, "Two more sockets in the study", "One beside the window and one below the shelf, both with switches.", 12_500),
    (T.kitchen, "Granite instead of quartz", "Black granite for the counter, with the same edge.", 48_000),
    (T.layout, "Open the kitchen to the living room", "Without the wall between them, if nothing stands on it.", 95_000),
    (T.flooring, "Wooden floor in the bedrooms", "Engineered oak in both bedrooms instead of tiles.", 130_000),
    (T.plumbing, "A tap on the balcony", "With a drain of its own, for the plants.", 9_800),
)
STORIES: tuple[tuple[str, ...], ...] = (
    ("review", "quote", "accept", "pay", "start", "complete"),
    ("review", "quote"),
    (),
    ("review",),
    ("review", "quote", "decline"),
    ("review", "reject"),
    ("withdraw",),
    ("review", "quote", "accept"),
    ("review", "quote", "accept", "start"),
    ("review", "quote", "let it run out"),
)
"""What came of each; the first two are of the customer whose login is told to people."""


@dataclass
class Wish:
    """The n-th."""

    diary: Diary
    sites: dict[int, Site]
    number: int
    customer_id: int | None
    request_id: int = 0
    booking: Booking | None = None

    @property
    def site(self) -> Site:
        assert self.booking is not None, "asked before"
        return self.sites[self.booking.project_id]

    async def ask(self) -> None:
        """For a home that somebody has had for a while."""
        mine = Booking.customer_id == self.customer_id if self.customer_id else Booking.id % 4 == self.number % 4
        old = Booking.confirmed_at < self.diary.clock.moment - DAY * 20
        bookings = select(Booking).where(Booking.status.in_(CHANGEABLE), old, mine).order_by(Booking.id).limit(1)
        self.booking = (await self.diary.session.scalars(bookings)).one()
        kind, title, text, _ = WISHES[self.number % len(WISHES)]
        said = ChangeRequestCreate(booking_id=self.booking.id, request_type=kind, request_title=title, request_description=text)
        if self.customer_id:
            by = Identity(Role.customer, self.customer_id)
            said.attachment_ids = [await upload(self.diary.session, by, shapes.sheet(title, text), "Sketch.jpg")]
        self.request_id = (await change_requests.create(self.diary.session, said)).id

    async def take(self, step: str) -> None:
        session = self.diary.session
        match step:
            case "quote":
                await self.quote()
            case "accept":
                await change_requests.accept(session, self.request_id, (1, None))
            case "reject":
                await change_requests.reject(session, self.request_id, "The wall carries the floor above.")
            case "complete":
                await change_requests.complete(session, self.request_id, "Done and tested.")
            case "pay":
                await self.pay()
            case "let it run out":
                pass
            case _:
                await change_requests.take(session, self.request_id, step, None)

    async def quote(self) -> None:
        _, title, _, amount = WISHES[self.number % len(WISHES)]
        lines = [QuoteLine(name=title, amount=Decimal(amount), tax_percent=Decimal(18))]
        said = QuoteCreate(lines=lines, days=3 * (self.number % 3), note="Material and work, all in.")
        await change_requests.quote(self.diary.session, self.site.team.engineer, self.request_id, said)

    async def pay(self) -> None:
        """Recorded by the builder's finance team."""
        assert self.booking is not None, "asked before"
        said = PaymentCreate(
            booking_id=self.booking.id,
            payment_type=PaymentType.charge,
            amount=Decimal(WISHES[self.number % len(WISHES)][3]) * Decimal("1.18"),
            payment_method=PaymentMethod.upi,
            payment_date=self.site.project.date_at(self.diary.clock.moment),
            transaction_id=f"UPI-CR-{self.request_id:06d}",
        )
        await payments.record(self.diary.session, self.site.team.finance, said)


def wish_all(diary: Diary, sites: dict[str, Site], first: int) -> None:
    """The steps of each, some days apart; those that are open came lately."""
    by_id = {site.project.id: site for site in sites.values()}
    for number, story in enumerate(STORIES):
        wish = Wish(diary, by_id, number, first if number < 2 else None)
        is_open = story in ((), ("review",), ("review", "quote"))
        start = diary.ago(6) if is_open else diary.ago(75 + number)
        diary.at(start, wish.ask)
        for n, step in enumerate(story, 1):
            diary.at(start + DAY * n * (1 if is_open else 2), partial(wish.take, step))
