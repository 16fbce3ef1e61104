"""Payments of the demo data that went through the gateway of development: one that came in time, one that came too late."""

import json
from functools import partial

from realestate import crud
from realestate.adapters.gateways import fake
from realestate.config import settings
from realestate.database import Identity
from realestate.demo.purchases import DAY, HOUR
from realestate.demo.sales import Sale
from realestate.models.accounts import Role
from realestate.services.online import checkouts, hearing


def pay_token(sale: Sale) -> None:
    """On the customer's phone, the day after."""
    start = sale.begin(2, 12)
    sale.at(start + DAY, partial(_order, sale))
    sale.at(start + DAY + HOUR / 12, partial(_pay, sale))


def pay_too_late(sale: Sale) -> None:
    """The page was open while the booking was turned down: the money is to go back, and waits for somebody of the team."""
    start = sale.begin(4, 9)
    sale.at(start + DAY, partial(_order, sale))
    sale.at(start + DAY + HOUR / 4, partial(sale.reject, "The unit has been sold at the site."))
    sale.at(start + DAY + HOUR / 3, partial(_pay, sale))


async def _order(sale: Sale) -> None:
    customer, booking = Identity(Role.customer, sale.customer_id), await crud.bookings.peek(sale.session, sale.booking_id)
    here, now = f"http://{settings.host}:{settings.port}", sale.diary.clock.moment
    payment = await checkouts.order(sale.session, fake.Fake(), customer, booking, booking.token_amount, now, here)
    payment.checkout_until = now + fake.OPEN_FOR
    sale.payment_id = payment.id


async def _pay(sale: Sale) -> None:
    order_id = (await crud.payments.peek(sale.session, sale.payment_id)).gateway_order_id
    assert order_id is not None, "it was ordered"
    for said in await fake.pay(order_id):
        body = json.dumps(said).encode()
        await hearing.take_in(sale.session, fake.Fake.name, fake.Fake().read(body, fake.sign(body)), body)
