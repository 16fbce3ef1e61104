"""Payments online in tests: a page opened, what is pressed there, and what the gateway tells of it."""

import json
from itertools import count

from realestate.adapters.gateways import fake
from realestate.services import online

_numbers = count(1)


async def checkout(client, customer, booking, amount=None, **headers):
    """A customer's order of a payment, answered."""
    said = {} if amount is None else {"amount": amount}
    return await client.post(f"/api/bookings/{booking['id']}/payments/checkout", json=said, headers=customer.headers | headers)


async def ordered(client, customer, booking, amount=None):
    answer = await checkout(client, customer, booking, amount)
    assert answer.status_code == 201, answer.text
    return answer.json()


def order_of(payment):
    return payment["checkout_url"].rpartition("/")[2]


async def press(client, payment, button="pay", **controls):
    """A button on the gateway's page; its messages are brought as far as they are due."""
    answer = await client.post(f"/api/dev/pay/{order_of(payment)}", data={"button": button, **controls})
    assert answer.status_code == 200, answer.text
    return await online.rehearse()


async def seen(client, person, payment):
    """A payment as somebody sees it now."""
    return (await client.get(f"/api/payments/{payment['id']}", headers=person.headers)).json()


def event(payment, what="paid", **more):
    """What a gateway says of an order."""
    said = {"id": f"event_{next(_numbers)}_{order_of(payment)}", "what": what, "order_id": order_of(payment)}
    said |= {"payment_id": f"pay_{order_of(payment)}", "amount": round(payment["amount"] * 100), "currency": payment["currency"]}
    return said | more


async def tell(client, said, body=None, headers=None, gateway="fake"):
    """A message of a gateway at our door, answered. As it is signed unless said otherwise."""
    body = json.dumps(said).encode() if body is None else body
    return await client.post(f"/api/webhooks/payments/{gateway}", content=body, headers=fake.sign(body) if headers is None else headers)
