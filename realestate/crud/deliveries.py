"""What leaves the house: found, claimed by one sender at a time, and marked. By the worker, who alone may read any of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Load

from realestate.models.accounts import AccountCode, Builder, Customer, Invite, User
from realestate.models.deliveries import Channel, Delivery, DeliveryState, Purpose
from realestate.models.notifications import Notification

LEASE = timedelta(minutes=3)
"""Longer than a batch can take: until then whoever has claimed it is at it."""
MOST_CLEARED = 5000


async def add(session: AsyncSession, purpose: Purpose, **values: Any) -> None:
    """Something to be sent at once, in the transaction of what it tells of. Says nothing back: the doorman may not read it."""
    await session.execute(insert(Delivery).values(purpose=purpose, channel=Channel.email, **values).inline())


# ── From the inbox to the ways out ──────────────────────────────────────────────────────────────────────────────────────────


async def unrouted(session: AsyncSession, most: int) -> Sequence[Row[Notification, User, datetime]]:
    """Notifications for which nobody has decided yet, locked, each with its recipient and the time."""
    wanted = select(Notification, User, func.now()).join(User, User.id == Notification.user_id).where(~Notification.is_routed)
    wanted = wanted.order_by(Notification.id).limit(most).with_for_update(of=Notification, skip_locked=True)
    return (await session.execute(wanted.options(Load(User).undefer_group("account")))).all()


async def mark_routed(session: AsyncSession, ids: list[int]) -> None:
    await session.execute(update(Notification).where(Notification.id.in_(ids)).values(is_routed=True))


async def open_digest(session: AsyncSession, user_id: int, at: datetime) -> int:
    """The digest of a user that will be sent at some time; the first that goes along makes it. Locked, so that nobody sends it meanwhile."""
    values = {"purpose": Purpose.digest, "channel": Channel.email, "user_id": user_id, "digest_at": at, "next_try_at": at}
    made = insert(Delivery).values(values)
    is_digest = text("purpose = 'digest'")  # a parameter would not name the index once the statement is prepared
    again = made.on_conflict_do_update(
        index_elements=[Delivery.user_id, Delivery.digest_at], index_where=is_digest, set_={"user_id": user_id}
    )
    id, attempts = (await session.execute(again.returning(Delivery.id, Delivery.attempts))).one()
    return id if attempts == 0 else await open_digest(session, user_id, at + timedelta(days=1))  # its time came just now


# ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Parcel(NamedTuple):
    """A delivery with all that its message is made of."""

    delivery: Delivery
    user: User | None
    customer: Customer | None
    notification: Notification | None
    invite: Invite | None
    builder: Builder | None


async def claim(session: AsyncSession, most: int) -> list[int]:
    """Some that are due, taken away from other senders for a while; committed before anything is sent."""
    due = select(Delivery.id).where(Delivery.state == DeliveryState.queued, Delivery.next_try_at <= func.now())
    somebody_waits = Delivery.purpose.in_(
        (Purpose.reset_password, Purpose.verify_email)
    )  # before the screen: not behind a thousand digests
    due = due.order_by(somebody_waits.desc(), Delivery.next_try_at).limit(most).with_for_update(skip_locked=True)
    once = due.cte("due")  # a sub-select may be run again for each row, and skips each time what it has just taken: beyond the limit
    taken = update(Delivery).where(Delivery.id.in_(select(once.c.id)))
    taken = taken.values(next_try_at=func.now() + LEASE, attempts=Delivery.attempts + 1).returning(Delivery.id)
    return list(await session.scalars(taken.execution_options(synchronize_session=False)))


async def give_back(session: AsyncSession, ids: list[int], again_in: timedelta) -> None:
    """Claimed and not tried: as if it had not been claimed, for later."""
    given = update(Delivery).where(Delivery.id.in_(ids), Delivery.state == DeliveryState.queued)
    await session.execute(given.values(next_try_at=func.now() + again_in, attempts=Delivery.attempts - 1))


async def parcel(session: AsyncSession, delivery_id: int) -> Parcel:
    """What was claimed. A company stands beside what is said in its name."""
    rows = (
        select(Delivery, User, Customer, Notification, Invite, Builder)
        .outerjoin(User, User.id == Delivery.user_id)
        .outerjoin(Customer, Customer.id == User.id)
        .outerjoin(Notification, Notification.id == Delivery.notification_id)
        .outerjoin(Invite, Invite.id == Delivery.invite_id)
        .outerjoin(Builder, Builder.id == func.coalesce(Notification.builder_id, Invite.builder_id))
        .where(Delivery.id == delivery_id)
        .options(Load(User).undefer_group("account"))
    )
    return Parcel(*(await session.execute(rows)).one())


async def contents(session: AsyncSession, digest_id: int) -> list[tuple[Notification, str | None]]:
    """What goes along with a digest, each with the name of its company, oldest first."""
    rows = select(Notification, Builder.company_name).join(Delivery, Delivery.notification_id == Notification.id)
    rows = rows.outerjoin(Builder, Builder.id == Notification.builder_id).where(Delivery.digest_id == digest_id)
    return [(row[0], row[1]) for row in await session.execute(rows.order_by(Notification.id))]


async def find_user(session: AsyncSession, email: str) -> User | None:
    """Whose address it is."""
    rows = select(User).where(func.lower(User.email) == func.lower(email))
    return await session.scalar(rows.options(Load(User).undefer_group("account")))


async def settle(session: AsyncSession, delivery: Delivery, state: DeliveryState, why: str | None, again_in: timedelta | None) -> None:
    """What became of one try, and of all that went along. Not heard of a sender whose time has passed: another has claimed it since."""
    values: dict[str, Any] = {"state": state, "last_error": why, "sent_at": func.now() if state is DeliveryState.sent else None}
    if state is DeliveryState.queued:
        values["next_try_at"] = func.now() + again_in
    else:
        values["sealed"] = None
    ours = update(Delivery).where(
        Delivery.id == delivery.id, Delivery.attempts == delivery.attempts, Delivery.state == DeliveryState.queued
    )
    settled = await session.scalar(ours.values(values).returning(Delivery.id))
    if settled is not None and delivery.purpose is Purpose.digest and state is not DeliveryState.queued:
        along = {"state": state, "last_error": why, "sent_at": values["sent_at"]}
        await session.execute(update(Delivery).where(Delivery.digest_id == delivery.id).values(along))


async def clear(session: AsyncSession, kept: timedelta) -> int:
    """Remove some of what is not waiting any more and is older, and some of the codes; how many. A digest goes with what went along."""
    old = select(Delivery.id).where(Delivery.state != DeliveryState.queued, Delivery.created_at < func.now() - kept)
    over = select(AccountCode.code_hash).where(AccountCode.expires_at < func.now() - kept)
    some = [rows.limit(MOST_CLEARED).with_for_update(skip_locked=True) for rows in (old, over)]
    removed = [
        await session.scalars(delete(Delivery).where(Delivery.id.in_(some[0])).returning(Delivery.id)),
        await session.scalars(delete(AccountCode).where(AccountCode.code_hash.in_(some[1])).returning(AccountCode.user_id)),
    ]
    return sum(len(rows.all()) for rows in removed)
