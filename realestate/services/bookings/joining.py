"""Others let into a booking by a code of its owner of record: as co-applicants, or to take it over."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Invalid, NotFound
from realestate.models.accounts import LeadSource, Role
from realestate.models.base import Versions, as_said
from realestate.models.bookings import ALLOTTED, WHOLE_SHARE, Booking, BookingParty, BookingStatus, PartyInvite, PartyInviteKind, PartyRole
from realestate.models.notifications import Event
from realestate.models.units import Unit
from realestate.schemas.parties import PartyCode
from realestate.services import accounts, audit, payments
from realestate.services.bookings import fees
from realestate.services.bookings.finding import peek, together
from realestate.services.notifications import notify

S, K = BookingStatus, PartyInviteKind
JOINABLE = (S.reserved, S.token_paid, S.booking_confirmed)
"""Until the agreement is signed, which names everybody."""
OPEN_TO = {K.co_applicant: JOINABLE, K.transferee: ALLOTTED}


async def invite(session: AsyncSession, by: Identity, booking_id: int, kind: PartyInviteKind, share: Decimal | None = None) -> PartyCode:
    """A code, said this once, good for seven days and one person. TooMany when this customer has made many lately."""
    booking = await peek(session, booking_id, "")
    _check(booking, kind)
    part = None if share is None else int(share * WHOLE_SHARE / 100)
    code = await accounts.new_party_code(session, by)
    made = PartyInvite(
        **{name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")},
        booking_id=booking_id,
        kind=kind,
        share=part,
        code_hash=code.kept,
    )
    session.add(made)
    await session.flush()
    audit.record(session, "booking.invited", booking, kind=kind.value)
    return PartyCode(id=made.id, code=code.said, expires_at=made.expires_at)


async def revoke(session: AsyncSession, booking_id: int, invite_id: int) -> None:
    """Take a code back; repeatable."""
    booking = await peek(session, booking_id, "")
    found = await crud.parties.get_invite(session, invite_id)
    if found.booking_id != booking_id:
        raise NotFound
    found.revoke()
    audit.record(session, "booking.invite_revoked", booking)


async def join(session: AsyncSession, customer: Identity, code: str) -> str:
    """What the code is for: into a booking, or known to a company. NotFound for one that is not good any more."""
    async with as_system(session):
        found = await crud.parties.find_open(session, accounts.kept(code))
        booking = await _let_in(session, customer, found) if found else None
    if found is None or booking is None:
        await accounts.accept(session, customer, code)
        return "The company knows you now."
    if found.kind is K.transferee:
        return "The builder decides on the transfer now."
    notify(session, Event.booking_joined, booking, part=found.id, number=booking.booking_number)
    return "You are party to the booking now."


async def _let_in(session: AsyncSession, customer: Identity, found: PartyInvite) -> Booking:
    booking = await crud.bookings.get(session, found.booking_id)
    _check(booking, found.kind)
    parties = await crud.parties.of_booking(session, booking.id)
    if any(one.customer_id == customer.me for one in parties) and (found.kind is K.co_applicant or booking.customer_id == customer.me):
        raise Conflict("ALREADY_PARTY", "You are party to this booking already.")
    found.use(customer.me)
    await crud.leads.know(session, booking.builder_id, customer.me, LeadSource.booking)
    if found.kind is K.transferee:
        await _await_transfer(session, customer, booking, found)
    else:
        assert found.share is not None, "a co-applicant has one"
        _share_out(parties[0], found.share)
        place = {"builder_id": booking.builder_id, "project_id": booking.project_id, "booking_id": booking.id}
        session.add(
            BookingParty(**place, owner_id=booking.customer_id, customer_id=customer.me, role=PartyRole.co_applicant, share=found.share)
        )
    await session.flush()
    return booking


async def _await_transfer(session: AsyncSession, customer: Identity, booking: Booking, invite: PartyInvite) -> None:
    """Who is to take it over is no party to it yet. There is one at a time: whoever came before is told."""
    unit = await crud.units.get(session, booking.unit_id)
    if booking.transfer_to_id != customer.me:
        await _dismiss(session, booking, unit)
    booking.transfer_to_id = customer.me
    await fees.ask(session, booking, unit.project)
    notify(session, Event.transfer_requested, booking, part=invite.id, number=booking.booking_number, **unit.names)


async def give_up_transfer(session: AsyncSession, by: Identity, booking_id: int) -> Booking:
    """The owner of record keeps it, or the builder declines: nobody takes it over, and a fee that nobody has paid is not owed. Conflict
    NO_TRANSFER."""
    async with together(session, booking_id, "") as found:
        if found.booking.transfer_to_id is None or found.booking.status not in ALLOTTED:
            raise Conflict("NO_TRANSFER", "Nobody is to take this booking over.")
        await turn_away(session, found.booking, found.unit)
        await payments.lift_notice(session, found.booking)
    said = "withdrawn" if by.role is Role.customer else "declined"
    notify(session, Event.transfer_ended, found.booking, part=found.part, **found.names, said=said)
    return found.booking


async def turn_away(session: AsyncSession, booking: Booking, unit: Unit) -> None:
    """If somebody is to take it over: they are told that it is not to be, and a fee that nobody has paid is not owed. Lock the booking first,
    and speak as the system."""
    await fees.drop(session, booking)
    await _dismiss(session, booking, unit)


async def _dismiss(session: AsyncSession, booking: Booking, unit: Unit) -> None:
    if booking.transfer_to_id is None:
        return
    lead = await crud.leads.get_of(session, booking.builder_id, booking.transfer_to_id)  # what they have to do with the company by now
    booking.transfer_to_id = None
    part = f"{booking.id}:{as_said(await crud.clock.now(session))}"
    notify(session, Event.takeover_ended, lead, part=part, number=booking.booking_number, **unit.names)


async def remove(session: AsyncSession, booking_id: int, customer_id: int, version: Versions | None = None) -> Booking:
    """A co-applicant is none any more; their share goes back to the owner of record, and what they have signed of a draft is void. Not once
    the agreement is signed."""
    booking = await peek(session, booking_id, "", version)
    async with as_system(session):
        booking = await crud.bookings.get(session, booking_id)
        booking.expect(version)
        _check(booking, K.co_applicant)
        owner, *others = await crud.parties.of_booking(session, booking_id)
        leaver = next((one for one in others if one.customer_id == customer_id), None)
        if leaver is None:
            raise NotFound(detail="There is no such co-applicant.")
        owner.share += leaver.share
        void = await crud.parties.void_signatures(session, booking_id, customer_id)
        await session.delete(leaver)
        await session.flush()
    if void:
        audit.record(session, "booking.signature_void", booking, customer_id=customer_id)
    notify(session, Event.booking_left, booking, part=f"{customer_id}:{leaver.id}", number=booking.booking_number)
    return booking


def _share_out(owner: BookingParty, share: int) -> None:
    if owner.share <= share:
        raise Invalid.field("share", "The owner of record keeps a share of their own.", "TOO_MUCH")
    owner.share -= share


def _check(booking: Booking, kind: PartyInviteKind) -> None:
    if booking.status not in OPEN_TO[kind]:
        raise Conflict(
            "TOO_LATE" if kind is K.co_applicant else "NOT_TRANSFERABLE",
            f"Nobody is let into a booking that is {booking.status} like this.",
        )
