"""An issue comes to its end by the word of a member who handles the money."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Forbidden
from realestate.models.accounts import Permission
from realestate.models.payments import IssueKind, IssueStatus, PaymentIssue, PaymentKind, PaymentStatus
from realestate.schemas.online import IssueAction, IssueResolution
from realestate.services import audit
from realestate.services.online import returning
from realestate.services.online.taking import Sale, fetch, let_go, reopen, take

DEALT_WITH = "Another amount came than was ordered, and the company has dealt with it."
"""What the customer reads; the note is the team's own."""


async def resolve(session: AsyncSession, member: Identity, issue_id: int, said: IssueResolution) -> None:
    """Accept what the gateway has done, or say what has been done about it. Conflict ISSUE_RESOLVED, NOT_ACCEPTABLE, EXCEEDS_RECEIPT."""
    seen = await crud.gateways.get_issue(session, issue_id, for_update=False)
    if said.action is IssueAction.accept:
        if seen.kind is IssueKind.refunded_elsewhere and not member.may(Permission.refunds_approve):
            raise Forbidden("NOT_PERMITTED", "Whoever accepts a refund that was made elsewhere has to be one of those who approve refunds.")
        async with as_system(session):
            await _accept(session, member, seen, said.note)
    else:
        await _dismiss(session, member, seen, said.note)
    payment = await crud.payments.peek(session, seen.payment_id)
    kind, reference, amount = seen.kind.value, seen.gateway_reference, seen.amount and str(seen.amount)
    audit.record(session, f"payment_issue.{said.action.value}", payment, kind=kind, reference=reference, amount=amount, note=said.note)


async def _accept(session: AsyncSession, member: Identity, seen: PaymentIssue, note: str) -> None:
    sale = await fetch(session, await crud.payments.peek(session, seen.payment_id))
    issue, payment = await crud.gateways.get_issue(session, seen.id), sale.payment
    issue.settle(IssueStatus.accepted, member.me, sale.now, note)
    is_same_money = issue.amount and issue.currency == payment.currency
    if is_same_money and issue.kind is IssueKind.mismatch and not payment.gateway_payment_id:
        await _take_instead(session, sale, issue)
    elif is_same_money and issue.kind is IssueKind.refunded_elsewhere and payment.kind is PaymentKind.receipt:
        await returning.book(session, member, sale, issue)
    else:
        raise Conflict("NOT_ACCEPTABLE", "Only another amount than was ordered, or a refund of the gateway's own, can be taken as it is.")


async def _take_instead(session: AsyncSession, sale: Sale, issue: PaymentIssue) -> None:
    """The order becomes one of the amount that was paid: until then none of it was money."""
    payment = sale.payment
    assert issue.amount is not None, "it is of so much"
    if payment.status is PaymentStatus.clearance_pending:  # what was on its way was another amount: only an open order changes its own
        payment.take("fail")
        await session.flush()
    await reopen(session, payment)
    payment.amount = issue.amount
    await take(session, sale, issue.gateway_reference)


async def _dismiss(session: AsyncSession, member: Identity, seen: PaymentIssue, note: str) -> None:
    """Of an order nobody waits any more for the amount that was wanted."""
    async with as_system(session):
        sale = await fetch(session, await crud.payments.peek(session, seen.payment_id))
    issue = await crud.gateways.get_issue(session, seen.id)
    issue.settle(IssueStatus.dismissed, member.me, sale.now, note)
    await session.flush()
    if issue.kind is IssueKind.mismatch:
        async with as_system(session):
            await _close(session, sale)


async def _close(session: AsyncSession, sale: Sale) -> None:
    payment = sale.payment
    match payment.status:
        case PaymentStatus.pending:
            payment.take("cancel")
        case PaymentStatus.clearance_pending:
            payment.take("fail")
        case _:
            return
    payment.reason = DEALT_WITH
    await session.flush()
    await let_go(session, sale)
