"""What leaving a booking comes to: from one look at it, the same whether it is asked for or done."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud, reading
from realestate.database import Identity
from realestate.errors import Conflict, NotFound
from realestate.models.base import no_such_step
from realestate.models.bookings import CANCELLABLE, BookingStatus, CancellationCause
from realestate.models.interest import stays
from realestate.models.money import round_cents
from realestate.models.payments import InstallmentKind, PaymentKind, PaymentStatus
from realestate.models.settlements import Account, Receipt, Settlement, late_interest, settle
from realestate.models.units import pass_through
from realestate.schemas.cancellations import CancellationQuote, SettlementBasis, SettlementOnPaper, SettlementTerms
from realestate.services import audit
from realestate.services.bookings import standing
from realestate.services.bookings.finding import Found
from realestate.views.cancellations import BASIS, ON_PAPER

QUOTABLE = (*CANCELLABLE, BookingStatus.cancellation_requested)


async def quote(party: Identity, booking_id: int, cause: CancellationCause | None) -> CancellationQuote:
    """For a party of the booking. Conflict INVALID_TRANSITION where there is nothing to settle."""
    return _quoted(_basis(await reading.read(party, BASIS.query(party.role), id=booking_id)), cause)


async def put_on_paper(
    party: Identity, booking_id: int, cause: CancellationCause | None
) -> tuple[CancellationQuote, SettlementOnPaper, date]:
    """The same, from one look with all that its paper says, and the day of it where the project is."""
    basis = SettlementOnPaper.model_validate(_read(await reading.read(party, ON_PAPER.query(party.role), id=booking_id)))
    return _quoted(basis, cause), basis, standing.today_of(basis, basis.read_at)


def _quoted(basis: SettlementBasis, cause: CancellationCause | None) -> CancellationQuote:
    facts: dict[str, Any] = {name: getattr(basis, name) for name in ("currency", "cooling_off_until")}
    facts |= {"booking_id": basis.id, "price": basis.total_amount, "is_agreed": standing.is_agreed(basis)}
    facts |= {"pass_through_most": pass_through(basis.cost_sheet)}
    if settled := standing.asked(basis).get("settlement"):
        of_old = {"tax_credits": Decimal(0), "policy_source": standing.policy_of(basis).source}  # which settlements have not always said
        late = _late_interest(basis, settled, standing.today_of(basis, basis.read_at))
        return CancellationQuote(**facts | of_old | settled, is_settled=True, refund_interest_accrued=late)
    if basis.status not in QUOTABLE:
        raise no_such_step("booking", basis.status, "request_cancel", [])
    said = work_out(basis, standing.cause_of(basis, cause, basis.read_at), SettlementTerms(), basis.read_at)
    return CancellationQuote(**facts, **said.as_json, is_settled=False)


async def look(session: AsyncSession, booking_id: int) -> SettlementBasis:
    """What an unfinished transaction sees."""
    return _basis(await reading.read_back(session, BASIS.query(session.info["identity"].role), id=booking_id))


async def resold(session: AsyncSession, found: Found) -> None:
    """The unit is somebody else's now: where that hastens the refund of who had it before, it is due earlier. Speak as the system."""
    today = found.unit.project.date_at(found.now)
    for ended in await crud.bookings.settled_until_resale(session, found.unit.id):
        if due := ended.hasten_refund(today):
            audit.record(session, "refund.hastened", ended, due=str(due))


def work_out(basis: SettlementBasis, cause: CancellationCause, terms: SettlementTerms, now: datetime) -> Settlement:
    """The statement. Conflict NOT_MUTUAL for amounts that only an agreement of both sides may name; RETENTION_MISSING where it does not."""
    retention, interest = _agreed(basis, cause, terms)
    today = standing.today_of(basis, now)
    account = Account(
        price=standing.money(basis.total_amount),
        receipts=[
            Receipt(left, on, kind is PaymentKind.tds_credit)
            for kind, left, on in standing.remainders(basis)
            if kind is not PaymentKind.interest_credit
        ],
        gone=[one for one in stays(standing.moved(basis)) if one.until],
        credited=sum((standing.money(one.amount) for one in basis.payments if one.kind is PaymentKind.interest_credit), Decimal(0)),
        credit_left=sum((left for kind, left, _ in standing.remainders(basis) if kind is PaymentKind.interest_credit), Decimal(0)),
        progress=Decimal(str(basis.unit.project.overall_progress)),
        taxes=sum(
            (
                round_cents(standing.money(one.tax_amount) * standing.money(one.allocated) / standing.money(one.amount))
                for one in basis.installments
                if one.amount
            ),
            Decimal(0),
        ),
        pass_through_spent=_passed_on(basis, terms),
        interest_due=standing.owed_of(basis, InstallmentKind.interest) + standing.interest_accrued(basis, today),
        other_charges=standing.owed_of(basis, InstallmentKind.charge),
        agreed_retention=retention,
        agreed_interest=interest,
    )
    return settle(cause, account, standing.policy_of(basis), today)


def _agreed(basis: SettlementBasis, cause: CancellationCause, terms: SettlementTerms) -> tuple[Decimal | None, Decimal | None]:
    """What both sides agree on, as named, or as was proposed."""
    if cause is not CancellationCause.mutual:
        if (terms.retention, terms.interest) != (None, None):
            raise Conflict("NOT_MUTUAL", "Only where both sides agree may the amounts be named; else they follow from the policy.")
        return None, None
    proposed = standing.asked(basis).get("retention"), standing.asked(basis).get("interest")
    retention, interest = (
        (said if said is not None else kept) for said, kept in zip((terms.retention, terms.interest), proposed, strict=True)
    )
    if retention is None:
        raise Conflict("RETENTION_MISSING", "Where both sides agree they say how much is kept: name `retention`.")
    return Decimal(retention), Decimal(interest or 0)


def _passed_on(basis: SettlementBasis, terms: SettlementTerms) -> Decimal:
    """What the company says that it has paid on for the buyer, now or with its proposal: no more than the lines of the price that are for others."""
    spent = (
        terms.pass_through_spent if terms.pass_through_spent is not None else Decimal(standing.asked(basis).get("pass_through_spent", 0))
    )
    most = pass_through(basis.cost_sheet)
    if spent > most:
        said = f"Of this price {basis.currency} {most:,.2f} is for others: no more can have been paid on."
        raise Conflict("EXCEEDS_PASS_THROUGH", said, most=most)
    return spent


def _late_interest(basis: SettlementBasis, settled: Mapping[str, Any], today: date) -> Decimal:
    """On refunds that have been asked for and have not gone; what went late has its interest beside it."""
    came = {
        one.id: standing.today_of(basis, one.cleared_at) for one in basis.payments if one.kind is PaymentKind.receipt and one.cleared_at
    }
    waiting = [one for one in basis.payments if one.status in (PaymentStatus.pending, PaymentStatus.approved)]
    still = ((standing.money(one.amount), came[one.refund_of_id]) for one in waiting if one.refund_of_id in came)
    return sum((late_interest(settled, amount, day, today) for amount, day in still), Decimal(0))


def _basis(said: bytes | None) -> SettlementBasis:
    return SettlementBasis.model_validate(_read(said))


def _read(said: bytes | None) -> dict[str, Any]:
    if said is None:
        raise NotFound
    found: dict[str, Any] = json.loads(said.partition(b":")[2], parse_float=Decimal)
    return found
