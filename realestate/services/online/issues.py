"""What a gateway has done and does not fit: raised once, settled by somebody who handles the money."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.notifications import Event
from realestate.models.payments import IssueKind, Payment
from realestate.services.notifications import notify


async def question(
    session: AsyncSession, payment: Payment, kind: IssueKind, reference: str, amount: Decimal | None, currency: str | None, detail: str
) -> None:
    """Ask somebody of the team to look at it; once for each reference of the gateway's."""
    said = {"amount": amount, "currency": currency, "detail": detail}
    if await crud.gateways.raise_issue(session, payment, kind, reference, **said):
        number = (await crud.bookings.peek(session, payment.booking_id)).booking_number
        issue = f"{detail} {currency} {amount:,.2f}" if amount is not None else detail
        notify(session, Event.payment_questioned, payment, part=f"{kind.value}:{reference}", number=number, issue=issue)
