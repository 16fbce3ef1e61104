"""Who is party to a booking, and the codes that let others in."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.bookings import BookingParty, PartyInvite, Signature


async def find_open(session: AsyncSession, code_hash: bytes) -> PartyInvite | None:
    """The invitation that a code opens, locked: of many who bring it at once, one finds it. Speak as the system."""
    is_open = PartyInvite.used_at.is_(None), PartyInvite.revoked_at.is_(None), PartyInvite.expires_at > func.now()
    return await session.scalar(select(PartyInvite).where(PartyInvite.code_hash == code_hash, *is_open).with_for_update())


async def get_invite(session: AsyncSession, invite_id: int) -> PartyInvite:
    """One of the caller's own, locked; one that has let somebody in as it is, for the wall lets nobody lock that any more."""
    wanted = select(PartyInvite).where(PartyInvite.id == invite_id)
    invite = await session.scalar(wanted.with_for_update()) or await session.scalar(wanted)
    if invite is None:
        raise NotFound
    return invite


async def void_signatures(session: AsyncSession, booking_id: int, customer_id: int) -> int:
    """Take somebody's name from under what is not signed by all, and names them no more; how many there were. The system's to do."""
    theirs = Signature.booking_id == booking_id, Signature.customer_id == customer_id
    return len((await session.scalars(delete(Signature).where(*theirs).returning(Signature.id))).all())


async def of_booking(session: AsyncSession, booking_id: int) -> Sequence[BookingParty]:
    """The owner of record first, then those who have joined. Lock the booking first, and speak as the system."""
    parties = select(BookingParty).where(BookingParty.booking_id == booking_id).order_by(BookingParty.role.desc(), BookingParty.id)
    return (await session.scalars(parties.execution_options(populate_existing=True))).all()
