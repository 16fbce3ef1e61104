"""What payment gateways have told, what was ordered through them, and what does not fit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from realestate.errors import NotFound
from realestate.models.base import Money
from realestate.models.payments import (
    BODY_DAYS,
    IS_OWED,
    GatewayEvent,
    Installment,
    IssueKind,
    IssueStatus,
    Payment,
    PaymentIssue,
    PaymentKind,
    PaymentStatus,
)

P = PaymentStatus
MOST_CLEARED = 1000
IS_CHECKOUT = Payment.checkout_url.is_not(None)
REFUSED_BY = "refused_by"
"""In the `instrument` of a refund: the gateway that will not do it."""


class Ordered(NamedTuple):
    """A receipt that a gateway is to bring, or a refund, with the gateway's name of it."""

    payment_id: int
    gateway: str
    order_id: str
    is_refund: bool = False
    is_long_over: bool = False


async def is_known(session: AsyncSession, gateway: str, event_id: str) -> bool:
    known = select(GatewayEvent.id).where(GatewayEvent.gateway == gateway, GatewayEvent.event_id == event_id)
    return await session.scalar(known) is not None


async def keep_event(session: AsyncSession, body: bytes, **said: Any) -> None:
    """Once: a second of the same name says nothing new."""
    event = insert(GatewayEvent).values(body=body, body_hash=sha256(body).hexdigest(), **said)
    await session.execute(event.on_conflict_do_nothing(index_elements=["gateway", "event_id"]))


async def clear_bodies(session: AsyncSession) -> int:
    """Of some messages that are old enough; how many."""
    old = select(GatewayEvent.id).where(GatewayEvent.body.is_not(None), GatewayEvent.received_at < func.now() - timedelta(days=BODY_DAYS))
    some = old.order_by(GatewayEvent.received_at).limit(MOST_CLEARED).with_for_update(skip_locked=True)
    cleared = update(GatewayEvent).where(GatewayEvent.id.in_(some)).values(body=None).returning(GatewayEvent.id)
    return len((await session.execute(cleared.execution_options(synchronize_session=False))).all())


async def find_receipt(session: AsyncSession, gateway: str, order_id: str | None, payment_id: str | None) -> Payment | None:
    """The receipt that a gateway speaks of: by its payment, else by the order; not locked."""
    receipts = select(Payment).where(Payment.gateway == gateway, Payment.kind == PaymentKind.receipt)
    found = await session.scalar(receipts.where(Payment.gateway_payment_id == payment_id)) if payment_id else None
    if found is None and order_id:
        found = await session.scalar(receipts.where(Payment.gateway_order_id == order_id, IS_CHECKOUT))
    return found


async def find_refund(session: AsyncSession, receipt: Payment, reference: str | None, refund_id: str | None) -> Payment | None:
    """A refund of a receipt that is to go, or has gone: by the reference that we have given the gateway, else by the gateway's own name of
    it; not locked."""
    refunds = select(Payment).where(Payment.refund_of_id == receipt.id, Payment.status.in_([P.approved, P.completed]))
    is_number = reference is not None and reference.isascii() and reference.isdigit() and len(reference) < 19
    found = await session.scalar(refunds.where(Payment.id == int(reference or 0))) if is_number else None
    if found is None and refund_id:
        found = await session.scalar(refunds.where(Payment.gateway == receipt.gateway, Payment.gateway_payment_id == refund_id))
    return found


async def find_unsent_refund(session: AsyncSession, receipt_id: int, amount: Decimal) -> Payment | None:
    """The oldest refund over this amount that was asked for here, and that no gateway is told of; locked."""
    wanted = Payment.refund_of_id == receipt_id, Payment.amount == amount, Payment.gateway.is_(None)
    unsent = select(Payment).where(*wanted, Payment.status.in_([P.pending, P.approved])).order_by(Payment.id).limit(1)
    return await session.scalar(unsent.with_for_update(of=Payment).execution_options(populate_existing=True))


async def queue_up(session: AsyncSession, booking_id: int) -> None:
    """Whoever orders a payment of a booking waits for those before. No row is locked, for a gateway may take its time to answer, and what it
    tells meanwhile of the same booking does not wait."""
    key = func.hashtextextended("checkouts", literal(booking_id, BigInteger))
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def find_open(session: AsyncSession, booking_id: int, by: int, amount: Decimal, gateway: str, until: datetime) -> Payment | None:
    """A page that somebody has been shown for the same amount, and that is open for some time yet."""
    same = Payment.booking_id == booking_id, Payment.created_by == by, Payment.amount == amount, Payment.gateway == gateway
    open_ones = select(Payment).where(*same, IS_CHECKOUT, Payment.status == P.pending, Payment.checkout_until > until)
    return await session.scalar(open_ones.order_by(Payment.id.desc()).limit(1))


async def count_open(session: AsyncSession, booking_id: int) -> int:
    """Pages on which a booking can be paid now, whoever has been shown them."""
    open_ones = select(func.count(Payment.id)).where(Payment.booking_id == booking_id, IS_CHECKOUT, Payment.status == P.pending)
    return (await session.scalars(open_ones.where(Payment.checkout_until > func.now()))).one()


async def due_now(session: AsyncSession, booking_id: int) -> Decimal:
    """What has been demanded of a booking and not been paid."""
    owed = func.coalesce(func.sum(Installment.amount - Installment.allocated), 0, type_=Money())
    return (await session.scalars(select(owed).where(Installment.booking_id == booking_id, IS_OWED))).one()


async def unheard_of(session: AsyncSession, most: int, after: Ordered | None = None) -> Sequence[Ordered]:
    """Orders whose page has been closed for a while, or whose money has been under way for an hour, and nothing was told. Long over is a page
    that has been closed for a week."""
    is_over = and_(Payment.status == P.pending, Payment.checkout_until < func.now())
    is_slow = and_(Payment.status == P.clearance_pending, Payment.updated_at < func.now() - func.make_interval(0, 0, 0, 0, 1))
    is_long_over = and_(Payment.status == P.pending, Payment.checkout_until < func.now() - func.make_interval(0, 0, 1))
    due = select(Payment.id, Payment.gateway, Payment.gateway_order_id, is_long_over).where(
        IS_CHECKOUT, or_(is_over, is_slow), _after(after)
    )
    rows = await session.execute(due.order_by(Payment.id).limit(most))
    return [Ordered(id, str(gateway), str(order_id), is_long_over=bool(is_long)) for id, gateway, order_id, is_long in rows]


async def unheard_refunds(session: AsyncSession, most: int, after: Ordered | None = None) -> Sequence[Ordered]:
    """Refunds that a gateway has been told of for an hour, by its own names of them, and nothing was told."""
    sent = select(Payment.id, Payment.gateway, Payment.gateway_payment_id).where(
        Payment.kind == PaymentKind.refund,
        Payment.status == P.approved,
        Payment.gateway_payment_id.is_not(None),
        Payment.updated_at < func.now() - func.make_interval(0, 0, 0, 0, 1),
        _after(after),
    )
    rows = await session.execute(sent.order_by(Payment.id).limit(most))
    return [Ordered(id, str(gateway), str(name), is_refund=True) for id, gateway, name in rows]


def _after(last: Ordered | None) -> Any:
    return Payment.id > (last.payment_id if last else 0)


def _to_send() -> Any:
    receipt = aliased(Payment)
    approved = select(Payment, receipt).join(receipt, receipt.id == Payment.refund_of_id)
    return approved.where(
        Payment.kind == PaymentKind.refund,
        Payment.status == P.approved,
        Payment.gateway_payment_id.is_(None),
        ~Payment.instrument.has_key(REFUSED_BY),
        receipt.gateway_payment_id.is_not(None),
    )


async def refunds_to_send(session: AsyncSession, most: int, after: int | None = None) -> Sequence[int]:
    """Approved refunds of what came through a gateway, which has not been told yet."""
    due = _to_send().with_only_columns(Payment.id).where(Payment.id > (after or 0))
    return (await session.scalars(due.order_by(Payment.id).limit(most))).all()


async def find_refund_to_send(session: AsyncSession, refund_id: int) -> tuple[Payment, Payment] | None:
    """Such a refund, locked, and its receipt; None when it is none any more."""
    row = (await session.execute(_to_send().where(Payment.id == refund_id).with_for_update(of=Payment))).one_or_none()
    return None if row is None else (row[0], row[1])


# ── What does not fit ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def raise_issue(session: AsyncSession, payment: Payment, kind: IssueKind, reference: str, **said: Any) -> bool:
    """False when it was raised before."""
    place = {name: getattr(payment, name) for name in ("builder_id", "project_id", "booking_id", "customer_id")}
    issue = insert(PaymentIssue).values(**place, payment_id=payment.id, kind=kind, gateway_reference=reference, **said)
    new = issue.on_conflict_do_nothing(index_elements=["payment_id", "kind", "gateway_reference"]).returning(PaymentIssue.id)
    return await session.scalar(new) is not None


async def get_issue(session: AsyncSession, issue_id: int, *, for_update: bool = True) -> PaymentIssue:
    wanted = select(PaymentIssue).where(PaymentIssue.id == issue_id).execution_options(populate_existing=True)
    issue = await session.scalar(wanted.with_for_update() if for_update else wanted)
    if issue is None:
        raise NotFound
    return issue


async def close_issues(
    session: AsyncSession, payment_ids: Sequence[int], kinds: Sequence[IssueKind], note: str, reference: str | None = None
) -> None:
    """What has settled itself: all of these kinds, or what is about one thing of the gateway's. The system's to do."""
    about = PaymentIssue.payment_id.in_(payment_ids), PaymentIssue.kind.in_(kinds), PaymentIssue.status == IssueStatus.open
    still_open = update(PaymentIssue).where(*about)
    still_open = still_open if reference is None else still_open.where(PaymentIssue.gateway_reference == reference)
    await session.execute(still_open.values(status=IssueStatus.accepted, resolved_at=func.now(), note=note))
