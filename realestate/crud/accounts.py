"""Accounts in the database: people and their profiles, sessions, counted tries. Called by `services.accounts` alone, as doorman."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Interval, Select, case, delete, desc, exists, func, select, type_coerce, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Load, aliased, undefer

from realestate.models.accounts import (
    AccountCode,
    Builder,
    BuilderStatus,
    CodePurpose,
    Customer,
    Invite,
    InviteKind,
    RefreshToken,
    Throttle,
    User,
)
from realestate.models.appointments import CalendarFeed


class Account(NamedTuple):
    """A person with the company they work for, or their profile as a customer."""

    user: User
    builder: Builder | None = None
    customer: Customer | None = None

    @property
    def may_sign_in(self) -> bool:
        is_suspended = self.builder is not None and self.builder.status is BuilderStatus.suspended
        return self.user.is_active and not is_suspended


# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def find(session: AsyncSession, user_id: int) -> Account | None:
    """To be described; without the password's hash."""
    return await _find(session, _accounts().where(User.id == user_id))


async def find_by_email(session: AsyncSession, email: str) -> Account | None:
    """With the password's hash, to be checked."""
    return await _find(session, _accounts().where(func.lower(User.email) == func.lower(email)).options(undefer(User.password_hash)))


async def lock(session: AsyncSession, user_id: int) -> Account | None:
    """With the password's hash. Whatever changes sessions or passwords locks the user first, so that none of it runs in parallel:
    a refresh would otherwise add to a family that a logout is just ending."""
    return await _find(session, _locked().where(User.id == user_id))


async def lock_by_refresh_token(session: AsyncSession, token_hash: bytes) -> Account | None:
    """Whose token it is, whatever its state."""
    holder = select(RefreshToken.user_id).where(RefreshToken.token_hash == token_hash).scalar_subquery()
    return await _find(session, _locked().where(User.id == holder))


async def create_builder(session: AsyncSession, slug: str, **values: Any) -> Builder | None:
    """None when the slug is taken; Conflict LICENSE_TAKEN comes from its constraint."""
    row = insert(Builder).values(slug=slug, **values).on_conflict_do_nothing(index_elements=[Builder.slug]).returning(Builder)
    return await session.scalar(row)


async def find_by_calendar_token(session: AsyncSession, token_hash: bytes) -> Account | None:
    """Whose calendar it opens."""
    holder = select(CalendarFeed.user_id).where(CalendarFeed.token_hash == token_hash).scalar_subquery()
    return await _find(session, _accounts().where(User.id == holder))


async def set_calendar_token(session: AsyncSession, user_id: int, token_hash: bytes) -> None:
    """Instead of the one before. By the user, as all that concerns its own calendar."""
    row = insert(CalendarFeed).values(user_id=user_id, token_hash=token_hash)
    changes = {"token_hash": token_hash, "created_at": func.now()}  # the hash as it is said: nobody may read the one that is kept
    await session.execute(row.on_conflict_do_update(index_elements=[CalendarFeed.user_id], set_=changes))


async def remove_calendar_token(session: AsyncSession, user_id: int) -> None:
    await session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user_id))


async def lock_open_invite(session: AsyncSession, code_hash: bytes, kind: InviteKind) -> Invite | None:
    """The invitation that this code is of, if it is still good. Of several who come at once, the others find none."""
    return await session.scalar(select(Invite).where(Invite.code_hash == code_hash, Invite.kind == kind, Invite.is_open).with_for_update())


def _accounts() -> Select[User, Builder, Customer]:
    people = select(User, Builder, Customer).outerjoin(Builder, User.builder_id == Builder.id)
    return people.outerjoin(Customer, User.id == Customer.id).options(Load(User).undefer_group("account"))


def _locked() -> Select[User, Builder, Customer]:
    return _accounts().options(undefer(User.password_hash)).with_for_update(of=User, key_share=True)


async def _find(session: AsyncSession, rows: Select[User, Builder, Customer]) -> Account | None:
    row = (await session.execute(rows)).one_or_none()
    return Account(*row) if row else None


# ── Sessions ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

REFRESH_LIFE = timedelta(days=30)
GRACE = timedelta(seconds=10)


async def add_refresh_token(session: AsyncSession, user_id: int, family_id: int, token_hash: bytes, user_agent: str) -> None:
    """The newest link of a family."""
    values = {"user_id": user_id, "family_id": family_id, "token_hash": token_hash, "user_agent": user_agent}
    session.add(RefreshToken(**values, expires_at=func.now() + REFRESH_LIFE))
    await session.flush()


async def spend(session: AsyncSession, token_hash: bytes) -> int | None:
    """Use a refresh token up, if it is still good: its family."""
    link = RefreshToken
    is_good = (link.token_hash == token_hash, link.used_at.is_(None), link.ended_at.is_(None), link.expires_at > func.now())
    return await session.scalar(update(link).where(*is_good).values(used_at=func.now()).returning(link.family_id))


async def find_family_in_grace(session: AsyncSession, token_hash: bytes, next_hash: bytes) -> int | None:
    """The family of a token spent a moment ago, while nobody has used the one that followed it."""
    spent, successor = RefreshToken, aliased(RefreshToken)
    is_recent = (spent.token_hash == token_hash, spent.ended_at.is_(None), spent.used_at > func.now() - GRACE)
    is_unused = exists().where(successor.token_hash == next_hash, successor.used_at.is_(None))
    return await session.scalar(select(spent.family_id).where(*is_recent, is_unused))


async def find_spent_family(session: AsyncSession, token_hash: bytes) -> int | None:
    """The family of a token that has been used, unless it has ended."""
    link = RefreshToken
    return await session.scalar(
        select(link.family_id).where(link.token_hash == token_hash, link.used_at.is_not(None), link.ended_at.is_(None))
    )


async def running_sessions(session: AsyncSession, user_id: int) -> list[tuple[int, str | None, datetime, datetime]]:
    """The families of a user whose newest token is still good: number, last client, beginning, last refresh."""
    link = RefreshToken
    agent = func.array_agg(aggregate_order_by(link.user_agent, link.id.desc()))[1]
    families = select(link.family_id, agent, func.min(link.created_at), func.max(link.created_at).label("latest"))
    running = families.where(link.user_id == user_id, link.ended_at.is_(None)).group_by(link.family_id)
    rows = await session.execute(running.having(func.max(link.expires_at) > func.now()).order_by(desc("latest")))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def end_sessions(session: AsyncSession, user_id: int, family_id: int | None = None, keep: int | None = None) -> set[int]:
    """End one session of a user, or all, perhaps but one: those that were not over yet."""
    link = RefreshToken
    wanted = [link.user_id == user_id, link.ended_at.is_(None)] + ([link.family_id == family_id] if family_id else [])
    wanted += [link.family_id != keep] if keep else []
    return set(await session.scalars(update(link).where(*wanted).values(ended_at=func.now()).returning(link.family_id)))


async def recently_ended(session: AsyncSession, within: timedelta) -> set[int]:
    """The sessions that have ended, everywhere, and those of suspended companies: one may just have begun while the others were ended."""
    link = RefreshToken
    ended = select(link.family_id).where(link.ended_at > func.now() - within)
    of_suspended = (
        select(link.family_id)
        .join(User, User.id == link.user_id)
        .join(Builder, Builder.id == User.builder_id)
        .where(link.ended_at.is_(None), Builder.status == BuilderStatus.suspended)
    )
    return set(await session.scalars(ended.union(of_suspended)))


async def user_agents(session: AsyncSession, user_id: int) -> set[str]:
    """With which programs somebody has signed in, as far as is remembered."""
    agents = await session.scalars(select(RefreshToken.user_agent).where(RefreshToken.user_id == user_id).distinct())
    return {agent or "" for agent in agents}


# ── Codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def keep_code(session: AsyncSession, user_id: int, purpose: CodePurpose, code_hash: bytes, life: timedelta) -> None:
    """The code of a mail that is about to be sent, perhaps once more. By the worker."""
    row = insert(AccountCode).values(user_id=user_id, purpose=purpose, code_hash=code_hash, expires_at=func.now() + life)
    longer = {"expires_at": func.now() + life}
    await session.execute(row.on_conflict_do_update(index_elements=[AccountCode.code_hash], set_=longer))


async def lock_by_code(session: AsyncSession, code_hash: bytes, purpose: CodePurpose) -> Account | None:
    """Whose code it is, whatever its state. The person before the code: that is the order of all who change accounts."""
    holder = select(AccountCode.user_id).where(AccountCode.code_hash == code_hash, AccountCode.purpose == purpose).scalar_subquery()
    return await _find(session, _locked().where(User.id == holder))


async def use_code(session: AsyncSession, code_hash: bytes) -> bool:
    """Use it up, and with it all others of the person for the same; False when it was not good any more."""
    code = AccountCode
    is_good = (code.code_hash == code_hash, code.used_at.is_(None), code.expires_at > func.now())
    used = (
        await session.execute(update(code).where(*is_good).values(used_at=func.now()).returning(code.user_id, code.purpose))
    ).one_or_none()
    if used is None:
        return False
    others = update(code).where(code.user_id == used.user_id, code.purpose == used.purpose, code.used_at.is_(None))
    await session.execute(others.values(used_at=func.now()))
    return True


# ── Tries ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def count_try(session: AsyncSession, key: bytes, window: timedelta) -> tuple[int, timedelta]:
    """How many there have been in this window, with this one, and when the next window begins. Parallel tries queue up here."""
    is_over = Throttle.window_started_at <= func.now() - window
    next_values = {
        Throttle.count: case((is_over, 1), else_=Throttle.count + 1),
        Throttle.window_started_at: case((is_over, func.now()), else_=Throttle.window_started_at),
    }
    row = insert(Throttle).values(key=key, count=1).on_conflict_do_update(index_elements=[Throttle.key], set_=next_values)
    left = type_coerce(Throttle.window_started_at + window - func.now(), Interval)
    count, rest = (await session.execute(row.returning(Throttle.count, left))).one()
    return count, rest


async def forget_tries(session: AsyncSession, key: bytes) -> None:
    """As if there had been none."""
    await session.execute(delete(Throttle).where(Throttle.key == key))


async def give_back_try(session: AsyncSession, key: bytes) -> None:
    """The last one did not count."""
    await session.execute(update(Throttle).where(Throttle.key == key, Throttle.count > 0).values(count=Throttle.count - 1))
