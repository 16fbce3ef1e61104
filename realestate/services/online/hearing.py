"""What gateways tell: heard as the system, once each, in whatever order. The signature is read before any transaction begins.

A state only goes forward: pending → on its way → closed → failed → paid. What comes late says nothing new; money that has come is always
taken, whatever was said before. Of several at once the lock on the unit makes a row.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.adapters import gateways
from realestate.adapters.gateways import Report, What
from realestate.crud.gateways import Ordered
from realestate.database import WORKER, transaction
from realestate.errors import Conflict, NotFound
from realestate.models.bookings import ACTIVE
from realestate.models.notifications import Event
from realestate.models.payments import EventOutcome, GatewayEventKind, IssueKind, Payment, PaymentStatus
from realestate.services.jobs import every, one_by_one, until_nothing_is_left
from realestate.services.notifications import notify
from realestate.services.online.issues import question
from realestate.services.online.returning import returned
from realestate.services.online.taking import Sale, fetch, let_go, take, take_again

O, P = EventOutcome, PaymentStatus
MOST_AT_ONCE = 100
MISMATCH = "The gateway took another amount than was ordered ({wanted}), or another currency."


async def hear(name: str, body: bytes, headers: Mapping[str, str]) -> None:
    """A message to our webhook. NotFound for a gateway that is not in use, Malformed SIGNATURE_INVALID or MALFORMED_EVENT."""
    report = gateways.find(name).read(body, headers)
    async with transaction(WORKER) as session:
        await take_in(session, name, report, body)


async def check() -> int:
    """Ask what became of orders and refunds of which nothing was told; how many were told of so."""
    orders, refunds = [await every(page, MOST_AT_ONCE) for page in (crud.gateways.unheard_of, crud.gateways.unheard_refunds)]
    return await one_by_one(orders + refunds, _check)


async def clear() -> int:
    """Forget what messages said, long after it was done; how many."""
    return await until_nothing_is_left(crud.gateways.clear_bodies)


async def _check(asked: Ordered) -> bool:
    return await (_check_refund if asked.is_refund else _check_order)(asked)


async def _check_order(order: Ordered) -> bool:
    """What its gateway will never know is asked for a week, and then as good as expired."""
    try:
        report = await gateways.find(order.gateway).look(order.order_id)
    except (Conflict, NotFound):
        if not order.is_long_over:
            raise
        report = Report(f"look:{order.order_id}:unknown", What.expired, order.order_id)
    return report is not None and await _note(order.gateway, report)


async def _check_refund(refund: Ordered) -> bool:
    report = await gateways.find(refund.gateway).look_back(refund.order_id)
    return report.what is not What.other and await _note(refund.gateway, report)


async def _note(gateway: str, report: Report) -> bool:
    async with transaction(WORKER) as session:
        await take_in(session, gateway, report, json.dumps(asdict(report), default=str).encode())
    return True


async def take_in(session: AsyncSession, gateway: str, report: Report, body: bytes) -> None:
    """Do what follows, and keep the message with what came of it."""
    if await crud.gateways.is_known(session, gateway, report.event_id):
        return
    payment = await crud.gateways.find_receipt(session, gateway, report.order_id, report.payment_id)
    outcome = O.ignored
    if report.what is not What.other:
        outcome = O.unknown if payment is None else await _apply(session, payment, report)
    said = {"event_id": report.event_id, "kind": GatewayEventKind(report.what.value), "outcome": outcome}
    await crud.gateways.keep_event(session, body, gateway=gateway, payment_id=payment.id if payment else None, **said)


async def _apply(session: AsyncSession, payment: Payment, report: Report) -> EventOutcome:
    if report.what in (What.refunded, What.refund_failed):
        return await returned(session, payment, report)
    return await _VERBS[report.what](session, await fetch(session, payment), report)


async def _paid(session: AsyncSession, sale: Sale, report: Report) -> EventOutcome:
    payment, reference = sale.payment, report.payment_id or report.order_id
    assert reference is not None, "it was found by one of them"
    if payment.gateway_payment_id == reference:
        return O.unchanged
    is_first = payment.gateway_payment_id is None
    if report.currency != payment.currency or report.amount is None or (is_first and report.amount != payment.amount):
        wanted = f"{payment.currency} {payment.amount:,.2f}"
        await question(session, payment, IssueKind.mismatch, reference, report.amount, report.currency, MISMATCH.format(wanted=wanted))
        return O.queued
    return await take(session, sale, reference) if is_first else await take_again(session, sale, reference, report.amount)


async def _processing(session: AsyncSession, sale: Sale, _: Report) -> EventOutcome:
    """The customer has done their part, and the bank takes its time: as with a cheque, the claim is firm."""
    if sale.payment.status is not P.pending:
        return O.unchanged
    sale.payment.take("submit")
    if sale.booking.status in ACTIVE:
        sale.booking.firm()
        sale.unit.firm()
    return O.applied


async def _failed(session: AsyncSession, sale: Sale, report: Report) -> EventOutcome:
    payment = sale.payment
    if payment.status not in (P.pending, P.clearance_pending, P.cancelled):
        return O.unchanged
    payment.take("fail")
    payment.reason = _line(report.reason) or "The bank did not pay."
    await session.flush()
    await let_go(session, sale)
    said = {"number": sale.booking.booking_number, "amount": f"{payment.currency} {payment.amount:,.2f}", "reason": payment.reason}
    notify(session, Event.payment_failed, payment, part=report.event_id, **said)
    return O.applied


async def _expired(session: AsyncSession, sale: Sale, _: Report) -> EventOutcome:
    if sale.payment.status is not P.pending:
        return O.unchanged
    sale.payment.take("cancel")
    sale.payment.reason = "The page was left, or its time was over."
    return O.applied


async def _disputed(session: AsyncSession, sale: Sale, report: Report) -> EventOutcome:
    """A customer's bank wants the money back. Whether the receipt bounces, the team decides: it may be able to prove its case."""
    kind, reference = IssueKind.dispute, report.refund_id or report.event_id
    if report.what is What.dispute_won:
        await crud.gateways.close_issues(session, [sale.payment.id], [kind], "The dispute was won.")
        return O.applied
    detail = f"The customer's bank disputes this payment: {_line(report.reason) or 'no reason given'}."
    if report.what is What.dispute_lost:
        kind, detail = IssueKind.dispute_lost, "The dispute is lost, and the gateway has taken the money: record that the receipt bounced."
    await question(session, sale.payment, kind, reference, report.amount, report.currency, detail)
    return O.queued


_VERBS: dict[What, Callable[[AsyncSession, Sale, Report], Awaitable[EventOutcome]]] = {
    What.paid: _paid,
    What.processing: _processing,
    What.failed: _failed,
    What.expired: _expired,
    What.disputed: _disputed,
    What.dispute_won: _disputed,
    What.dispute_lost: _disputed,
}


def _line(said: str | None) -> str:
    """What a bank has said, as one line that can be kept."""
    return " ".join("".join(one if one.isprintable() else " " for one in said or "").split())[:200]
