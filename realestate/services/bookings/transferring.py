"""A booking that goes over to somebody else: the same home at the same terms, with what has been paid and what is the home's."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.base import as_said
from realestate.models.bookings import Booking, BookingParty, PartyRole
from realestate.models.notifications import Event
from realestate.models.payments import InstallmentStatus
from realestate.models.policies import Policy
from realestate.schemas.cancellations import SettlementBasis
from realestate.schemas.parties import TransferApproval
from realestate.services import endings, policies
from realestate.services.bookings import fees, moving, settling, standing
from realestate.services.bookings.finding import Found, together
from realestate.services.bookings.moving import Party
from realestate.services.bookings.particulars import NOTHING_SAID
from realestate.services.notifications import notify

KEPT = (
    *("builder_id", "project_id", "unit_id", "status", "token_amount", "total_amount", "currency", "cost_sheet", "payment_plan"),
    *("plan_snapshot", "confirmed_at", "agreement_date", "agreement_hash", "registration_no", "actual_registration_date"),
    *(
        "expected_registration_date",
        "promised_possession_date",
        "interest_terms",
        "policy_terms",
        "discount",
        "discount_approved_by",
        "agent_id",
    ),
)
"""Of a booking that goes over to somebody else."""
GONE_OVER = "The booking has gone over to somebody else."


async def transfer(session: AsyncSession, by: Identity, booking_id: int, said: TransferApproval) -> Booking:
    """Agree that somebody else takes it over, who has said so with the owner's code: a new booking in the same state, at the same terms.
    Co-applicants keep their shares; snags and changes are the home's, and go along. The papers of the new owner are verified by whoever agrees.

    Conflict NO_TRANSFER, ARREARS, FEE_UNPAID, KYC_INCOMPLETE, PAYMENT_PENDING.
    """
    async with together(session, booking_id, "transfer") as found:
        (old, unit, now), customer_id = found, said.customer_id
        if old.transfer_to_id is None or old.transfer_to_id != customer_id:
            raise Conflict("NO_TRANSFER", "This customer has not asked to take the booking over.", transfer_to_id=old.transfer_to_id)
        policy, basis = await policies.of(session, unit.project), await settling.look(session, booking_id)
        await _check(session, old, policy, basis, said.kyc_verified)
        lines = [one for one in await crud.payments.all_lines(session, booking_id) if one.status is not InstallmentStatus.cancelled]
        fees.check(old, lines)
        heirs = _heirs(await crud.parties.of_booking(session, booking_id), customer_id)
        status = old.status
        old.take("transfer")
        await session.flush()  # before another claims the unit
        new = Booking(
            **{name: getattr(old, name) for name in KEPT} | {"status": status},
            customer_id=customer_id,
            transferred_from_id=old.id,
            kyc_checklist={item: {**NOTHING_SAID, "verified_by": by.me, "verified_at": as_said(now)} for item in said.kyc_verified},
        )
        await moving.enter(session, new, heirs, now)
        unit.customer_id = customer_id
        await crud.successions.move_snags(session, old, new)
        await crud.successions.move_changes(session, old, new)
        await endings.call_off(session, old, unit.project, GONE_OVER)
        await moving.copy_lines(session, new, old, lines)
        if policy.transfer_fee_percent > 0 and fees.fee_among(lines) is None:
            await fees.charge(session, new, unit.project, policy.transfer_fee_percent)
        await moving.move_money(session, by, Found(new, unit, now), old)
    notify(session, Event.booking_transferred, old, **found.names, next=new.booking_number)
    notify(session, Event.booking_confirmed, new, number=new.booking_number, **unit.names)
    return new


def _heirs(parties: Sequence[BookingParty], customer_id: int) -> list[Party]:
    """The owner's share goes over, to somebody who may have had one before; nobody else's changes."""
    owner, *others = parties
    whole = owner.share + sum(one.share for one in others if one.customer_id == customer_id)
    rest = [(one.customer_id, one.role, one.share) for one in others if one.customer_id != customer_id]
    return [(customer_id, PartyRole.owner, whole), *rest]


async def _check(session: AsyncSession, old: Booking, policy: Policy, basis: SettlementBasis, verified: Sequence[str]) -> None:
    if policy.arrears_block_transfer and (late := standing.arrears(basis)) > Decimal(0):
        raise Conflict("ARREARS", f"{basis.currency} {late:,.2f} is overdue.", outstanding=late)
    if unknown := set(verified) - set(policy.kyc_items):
        raise Invalid.field("kyc_verified", f"Not on the checklist: {', '.join(sorted(unknown))}.", "UNKNOWN_ITEM")
    if policy.kyc_required and (missing := [item for item in policy.kyc_items if item not in verified]):
        raise Conflict("KYC_INCOMPLETE", f"Not verified of who takes it over: {', '.join(missing)}.", missing=missing)
    await moving.check_money(session, old.id)
