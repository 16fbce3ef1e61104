"""Money that goes back the way it came: an approved refund of an online receipt is sent by its gateway, which says when it is there."""

from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.adapters import gateways
from realestate.adapters.gateways import Report, What, fake
from realestate.crud.gateways import REFUSED_BY
from realestate.database import WORKER, Identity, transaction
from realestate.errors import Conflict, NotFound
from realestate.models.jobs import Task
from realestate.models.payments import EventOutcome, IssueKind, Payment, PaymentIssue, PaymentStatus
from realestate.services.jobs import every, later, one_by_one
from realestate.services.online.issues import question
from realestate.services.online.taking import Sale, fetch
from realestate.services.payments import refunds

O = EventOutcome
MOST_AT_ONCE = 100
TWICE = "The gateway has sent a refund after all that it had refused, and that has been paid in another way: the money has gone twice."
ELSEWHERE = "Sent back at the gateway itself."
SETTLED_BY_IT = (IssueKind.orphan, IssueKind.paid_twice, IssueKind.overpaid, IssueKind.refund_failed)


async def send_refunds() -> int:
    """Tell gateways what is to go back; how many refunds. Asked again after a crash, a gateway sends nothing twice: it knows our reference."""
    return await one_by_one(await every(crud.gateways.refunds_to_send, MOST_AT_ONCE), _send)


async def _send(refund_id: int) -> bool:
    claimed = await _claim(refund_id)
    if claimed is None:
        return False
    gateway, reference, amount, currency = claimed
    try:
        report = await gateways.find(gateway).give_back(reference, amount, currency, str(refund_id))
    except (Conflict, NotFound) as refusal:
        report = Report("", What.refund_failed, payment_id=reference, amount=amount, currency=currency, reason=refusal.detail)
    async with transaction(WORKER) as session:
        await _settle(session, await crud.payments.peek(session, refund_id), report)
        if gateway == fake.Fake.name:
            later(session, Task.rehearse_gateway)
    return True


async def _claim(refund_id: int) -> tuple[str, str, Decimal, str] | None:
    """Note that it is sent, before it is: from then on nobody takes it back. None when somebody else was faster."""
    async with transaction(WORKER) as session:
        found = await crud.gateways.find_refund_to_send(session, refund_id)
        if found is None:
            return None
        refund, receipt = found
        refund.gateway = receipt.gateway
        return str(receipt.gateway), str(receipt.gateway_payment_id), refund.amount, refund.currency


async def returned(session: AsyncSession, receipt: Payment, report: Report) -> EventOutcome:
    """What a gateway says of a refund: of ours, or of one that somebody has made at the gateway itself."""
    refund = await crud.gateways.find_refund(session, receipt, report.reference, report.refund_id)
    if refund is not None:
        return await _settle(session, refund, report)
    reference = report.refund_id or report.event_id
    if report.what is What.refund_failed:
        said = "The gateway could not send it: the money has not gone."
        await crud.gateways.close_issues(session, [receipt.id], [IssueKind.refunded_elsewhere], said, reference)
        return O.unchanged
    detail = "Money was sent back at the gateway itself, and not asked for here."
    await question(session, receipt, IssueKind.refunded_elsewhere, reference, report.amount, report.currency, detail)
    return O.queued


async def book(session: AsyncSession, checker: Identity, sale: Sale, issue: PaymentIssue) -> None:
    """Write down what somebody has sent back at the gateway itself: a refund that has gone, of which the gateway is the maker. Where the same
    amount was asked for here and not sent, that is it. The system's to do.

    Conflict EXCEEDS_RECEIPT; Forbidden MAKER_IS_CHECKER to whoever has asked for it here.
    """
    receipt, amount = sale.payment, issue.amount
    assert amount is not None, "it is of so much"
    refund = await crud.gateways.find_unsent_refund(session, receipt.id, amount)
    refund = refund or await refunds.begin(session, WORKER, receipt, amount, ELSEWHERE)
    if refund.status is PaymentStatus.pending:
        refund.approve(checker.me, sale.now)
    refund.gateway, refund.gateway_payment_id = receipt.gateway, issue.gateway_reference
    await session.flush()
    await _has_gone(session, refund, issue.gateway_reference, sale.unit.project.date_at(issue.created_at))


async def _has_gone(session: AsyncSession, refund: Payment, name: str | None, on: date | None = None) -> None:
    assert refund.refund_of_id is not None, "a refund is of a receipt"
    await refunds.process(session, refund.id, name, on)
    await crud.gateways.close_issues(session, [refund.refund_of_id, refund.id], SETTLED_BY_IT, "The money has gone back.")


async def _settle(session: AsyncSession, seen: Payment, report: Report) -> EventOutcome:
    """What follows for a refund of ours. A report of what is on its way, too, may be the first to say how the gateway calls it."""
    refund = (await fetch(session, seen)).payment
    if refund.gateway and report.refund_id:
        refund.gateway_payment_id = report.refund_id
        await session.flush()
    match report.what:
        case What.refunded:
            return await _sent(session, refund, report)
        case What.refund_failed:
            return await _refused(session, refund, report)
    return O.unchanged


async def _sent(session: AsyncSession, refund: Payment, report: Report) -> EventOutcome:
    if refund.status is PaymentStatus.approved:
        await _has_gone(session, refund, report.refund_id)
        return O.applied
    if REFUSED_BY not in refund.instrument or refund.transaction_id == report.refund_id:
        return O.unchanged
    reference = report.refund_id or report.event_id
    await question(session, refund, IssueKind.refunded_elsewhere, reference, report.amount, report.currency, TWICE)
    return O.queued


async def _refused(session: AsyncSession, refund: Payment, report: Report) -> EventOutcome:
    if refund.gateway_payment_id and report.refund_id is None:
        return O.unchanged  # it was refused to us, and somebody else had sent it by then
    if refund.status is PaymentStatus.approved:
        refund.gateway, refund.gateway_payment_id, refund.instrument = None, None, refund.instrument | {REFUSED_BY: refund.gateway}
        await session.flush()
    detail = f"The gateway could not send a refund: {report.reason or 'no reason given'}. Pay it in another way, and say so."
    await question(session, refund, IssueKind.refund_failed, str(refund.id), refund.amount, refund.currency, detail)
    return O.queued
