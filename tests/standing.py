"""A booking in any state, with all that its next steps ask for: written down as if it had come there step by step."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from realestate.database import WORKER, transaction
from realestate.models.agreements import Agreement
from realestate.models.bookings import ACTIVE, WHOLE_SHARE, Booking, BookingParty, BookingStatus, PartyRole, PaymentPlan, Signature
from realestate.models.documents import Audience, Document, DocumentKind, DocumentSubject, Side
from realestate.models.payments import Installment, InstallmentStatus
from realestate.models.projects import Project
from realestate.models.units import CostSheet, Hold, UnitStatus
from realestate.services import agreements
from tests.factories import make_units

B, U = BookingStatus, UnitStatus
PRICE = Decimal("7500000.01")
BOUGHT = {B.registered: U.sold, B.possession_offered: U.sold, B.handed_over: U.handed_over, B.cancellation_requested: U.sold}
READY = {"keys": True, "meters": True, "documents": True}


async def make_standing(builder, project_id, owner, other, state, *, late=False, noticed=False, unsigned=None, offered=False):
    """Owned by `owner` and `other`: signed by all but `unsigned` (a customer's id, None: the company), the line overdue if
    `late` and the notice of that given if `noticed`, the handover acknowledged, to be taken over by `other`; who waits is offered the unit if `offered`."""
    now, claims = datetime.now(UTC), state in ACTIVE
    soon = now + timedelta(hours=2)
    status = U.held if offered else BOUGHT.get(state, U.reserved if state in (B.reserved, B.token_paid) else U.booked)
    claim = {"customer_id": owner.user_id, "status": status} if claims or offered else {}
    claim |= {"hold_expires_at": soon} if offered or state is B.reserved else {}
    (unit_id,) = await make_units(builder, project_id, **claim)
    place = {"builder_id": builder.builder_id, "project_id": project_id}
    async with transaction(WORKER) as session:
        booking = Booking(
            **place,
            unit_id=unit_id,
            customer_id=owner.user_id,
            status=state,
            previous_status=B.registered if state is B.cancellation_requested else None,
            cancellation={"cause": "buyer_request"} if state is B.cancellation_requested else None,
            token_amount=Decimal(0),  # so that no money need stand behind it
            total_amount=PRICE,
            currency="INR",
            cost_sheet=CostSheet.of(PRICE, []).snapshot,
            plan_snapshot={},
            payment_plan=PaymentPlan.full_payment,
            reserve_expires_at=soon if state is B.reserved else None,
            offered_until=soon if offered else None,
            default_notice_at=now - timedelta(days=31) if noticed else None,
            acknowledged_at=now,
            handover_checklist=READY,
            transfer_to_id=other.user_id,
        )
        session.add(booking)
        await session.flush()
        place |= {"booking_id": booking.id}
        people = ((owner, PartyRole.owner), (other, PartyRole.co_applicant))
        for one, role in people:
            session.add(BookingParty(**place, owner_id=owner.user_id, customer_id=one.user_id, role=role, share=WHOLE_SHARE // 2))
        if claims:
            session.add(_line(place, owner, now, late))
        if state is B.booking_confirmed:
            await session.flush()
            terms = (await agreements.look_again(session, booking.id)).content_hash
            session.add(_agreement(place, owner, builder, terms))
            await session.flush()
            for signer in {owner.user_id, other.user_id, None} - {unsigned}:
                whose = {"customer_id": signer, "member_id": None if signer else builder.user_id}
                session.add(Signature(**place, owner_id=owner.user_id, content_hash=terms, **whose))
        if offered:
            hold = {"customer_id": owner.user_id, "created_by": owner.user_id, "price": PRICE, "expires_at": soon}
            session.add(Hold(**place, unit_id=unit_id, **hold))
    return booking


def _line(place, owner, now, late):
    due = {"demanded_at": now, "due_date": (now - timedelta(days=60)).date(), "status": InstallmentStatus.demanded} if late else {}
    trigger = {"trigger": "manual", "due_in_days": 0}
    return Installment(**place, customer_id=owner.user_id, seq=1, name="All of it", amount=PRICE, trigger=trigger, **due)


def _agreement(place, owner, builder, terms):
    made = {"edition": 1, "is_draft": True, "content_hash": terms, "terms": {}, "generated_by": builder.user_id}
    return Agreement(**place, customer_id=owner.user_id, **made)


async def put_certificate(builder, project_id):
    """Beside the project: it may be lived in."""
    async with transaction(WORKER) as session:
        await session.get_one(Project, project_id)
        session.add(
            Document(
                builder_id=builder.builder_id,
                project_id=project_id,
                side=Side.builder,
                uploaded_by=builder.user_id,
                audience=Audience.booked,
                subject=DocumentSubject.project,
                subject_id=project_id,
                kind=DocumentKind.occupancy_certificate,
                file_name="certificate.pdf",
                media_type="application/pdf",
                size=1,
                sha256="0" * 64,
                storage_key=f"certificate-of-{project_id}",
            )
        )
