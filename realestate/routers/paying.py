"""The page of the gateway of development, where its orders are paid. The app has these paths in development only."""

from html import escape
from typing import Annotated, Any

from fastapi import Form
from fastapi.responses import HTMLResponse

from realestate.adapters.gateways import fake
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.online import Button, OrderId, PageForm
from realestate.services import online

router = Router(prefix="/api/dev/pay", tags=["development"])
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pay</title>
<style>body{{font:16px/1.5 system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}}button{{font:inherit;padding:.5rem 1rem;margin:.2rem}}
label{{display:block}}fieldset{{margin:1rem 0}}small{{color:#555}}</style>
<small>The gateway of development: no money moves.</small><h1>{currency} {amount}</h1><p>{description}</p>{rest}
<p><a href="{return_url}">Back to the portal</a></p></html>"""
FORM = """<form method="post"><p><button name="button" value="pay">Pay</button><button name="button" value="pay_later">Pay by slow transfer</button>
<button name="button" value="decline">Use a card that is declined</button><button name="button" value="close">Do not pay</button></p>
<fieldset><legend>What we are told of it</legend>
<label>after so many seconds <input name="delay" type="number" value="0" min="0" max="86400"></label>
<label>so many times <input name="copies" type="number" value="1" min="1" max="5"></label>
<label><input name="is_shuffled" type="checkbox" value="true"> the last message first</label>
<label><input name="is_lost" type="checkbox" value="true"> nothing at all</label>
<label>take another amount <input name="charged" type="number" min="0.01" step="0.01"></label></fieldset></form>"""

DECLINED = "<p><strong>The card was declined.</strong> Another try is possible.</p>"


@router.get("/{order_id}", response_class=HTMLResponse, responses=problems(404))
async def show_payment_page(order_id: OrderId) -> HTMLResponse:
    """Where a customer pays an order, or fails to, with controls for how late, how often and in which order we are told. In development only."""
    return _page(await fake.show(order_id))


@router.post("/{order_id}", response_class=HTMLResponse, responses=problems(404, 409))
async def press_payment_button(order_id: OrderId, said: Annotated[PageForm, Form()]) -> HTMLResponse:
    """What the customer does there. 409 `ORDER_CLOSED` when the order has been paid, or has come to an end."""
    await online.press(order_id, said)
    return _page(await fake.show(order_id), DECLINED if said.button is Button.decline else "")


def _page(order: dict[str, Any], note: str = "") -> HTMLResponse:
    what = order["end"].get("what")
    rest = f"<p><strong>This order is {escape(what)}.</strong></p>" if what else note + FORM
    shown = {name: escape(str(order[name])) for name in ("currency", "description", "return_url")}
    return HTMLResponse(PAGE.format(**shown, amount=f"{order['amount'] / 100:,.2f}", rest=rest), headers=SAFE)
