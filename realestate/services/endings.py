"""What ends with a booking, however it ends: what is owed, who was to come, what was wished for. Speak as the system."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.bookings import Booking
from realestate.models.projects import Project
from realestate.services import appointments, change_requests


async def close(session: AsyncSession, booking: Booking, project: Project) -> None:
    """Nothing is owed any more, nobody comes about it, and nothing that is not begun is built. Lock unit and booking first."""
    await crud.payments.cancel_schedule(session, booking.id)
    await call_off(session, booking, project, f"Its booking is {booking.status}.")


async def call_off(session: AsyncSession, booking: Booking, project: Project, why: str) -> None:
    """But for what is owed, which may go along with a booking."""
    await crud.waivers.drop(session, booking.id, why)
    await appointments.call_off(session, booking, project, why)
    await change_requests.close(session, booking, why)
