"""What the clock does to appointments. `realestate remind` calls it; it may be called at any time and as often as one likes."""

from datetime import timedelta

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.models.notifications import Event
from realestate.services.appointments.steps import names
from realestate.services.notifications import notify

REMINDERS = ((24, 2), (2, 0))
"""Hours before the start, and until when: who comes late says only the nearer one."""
FORGOTTEN = timedelta(hours=24)
"""The team may call a no-show after half an hour. The clock leaves it a day, for it does not know who came."""


async def remind() -> tuple[int, int]:
    """How many reminders were sent and how many no-shows found. One that is moved is a new one, and is told of at its new time."""
    reminders = no_shows = 0
    async with transaction(WORKER) as session:
        for hours, until in REMINDERS:
            for appointment in await crud.appointments.due_reminders(session, hours, until):
                said = names(appointment, appointment.project)
                notify(session, Event.appointment_reminder, appointment, part=f"{hours}h", **said, hours=str(hours))
                reminders += 1
        for appointment in await crud.appointments.forgotten(session, FORGOTTEN):
            appointment.take("no_show")
            notify(session, Event.appointment_no_show, appointment, **names(appointment, appointment.project), reason="")
            no_shows += 1
    return reminders, no_shows
