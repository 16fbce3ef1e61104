"""An issue comes to its end by the word of a member who handles the money."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict
from realestate.models.payments import IssueKind, IssueStatus, PaymentIssue, PaymentStatus
from realestate.schemas.online import IssueAction, IssueResolution
from realestate.services import audit
from realestate.services.online.taking import Sale, fetch, let_go, reopen, take

DEALT_WITH = "Another amount came than was ordered, and the company has dealt with it."
"""What the customer reads; the note is the team's own."""


async def resolve(session: AsyncSession, member: Identity, issue_id: int, said: IssueResolution) -> None:
    """Take the amount that came in place of the one that was ordered, or say what has been done about it. Conflict ISSUE_RESOLVED,
    NOT_ACCEPTABLE."""
    seen = await crud.gateways.get_issue(session, issue_id, for_update=False)
    if said.action is IssueAction.accept:
        async with as_system(session):
            await _accept(session, member, seen, said.note)
    else:
        await _dismiss(session, member, seen, said.note)
    payment = await crud.payments.peek(session, seen.payment_id)
    audit.record(session, f"payment_issue.{said.action.value}", payment, kind=seen.kind.value, note=said.note)


async def _accept(session: AsyncSession, member: Identity, seen: PaymentIssue, note: str) -> None:
    """The order becomes one of the amount that was paid: until then none of it was money."""
    sale = await fetch(session, await crud.payments.peek(session, seen.payment_id))
    issue, payment = await crud.gateways.get_issue(session, seen.id), sale.payment
    issue.settle(IssueStatus.accepted, member.me, sale.now, note)
    if issue.kind is not IssueKind.mismatch or payment.gateway_payment_id or not issue.amount or issue.currency != payment.currency:
        raise Conflict("NOT_ACCEPTABLE", "Only another amount of the same money can be taken in place of what was ordered.")
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
