"""Charges beyond the schedule, demanded as they are made."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.bookings import Booking
from realestate.models.money import PlanTrigger
from realestate.models.payments import Installment, InstallmentKind
from realestate.models.projects import Project
from realestate.services.payments.demanding import demand

DUE_IN = timedelta(days=15)


async def charge(
    session: AsyncSession,
    booking: Booking,
    project: Project,
    name: str,
    amount: Decimal,
    now: datetime,
    kind: InstallmentKind = InstallmentKind.charge,
    **more: Any,
) -> Installment:
    """One more line, owed in two weeks. Lock the booking first; reallocate afterwards."""
    line = Installment(
        **{name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")},
        booking_id=booking.id,
        kind=kind,
        seq=await crud.demands.next_seq(session, booking.id),
        name=name,
        amount=amount,
        trigger={"trigger": PlanTrigger.manual.value},
        due_date=project.date_at(now) + DUE_IN,
        **more,
    )
    session.add(line)
    await session.flush()
    await demand(session, booking, line, project.date_at(now), now)
    await session.flush()
    return line
