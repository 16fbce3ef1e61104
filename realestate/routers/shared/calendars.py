"""When visitors are received, and appointments as calendar programs read them."""

import asyncio
from typing import Annotated

from fastapi import Response
from pydantic import TypeAdapter

from realestate.dependencies import AnyReader, CurrentParty, PartyReader, PartySession, Reader, asked
from realestate.errors import NotFound
from realestate.models.accounts import Role
from realestate.papers import calendars
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.availability import SlotList, SlotSearch
from realestate.schemas.base import Id, Said
from realestate.schemas.calendars import CalendarEntry, FeedOut, FeedSearch
from realestate.services import accounts, appointments
from realestate.views.appointments import AGENDA, CALENDAR, CALENDAR_ENTRY

router = Router(prefix="/api", tags=["appointments"])

ENTRIES = TypeAdapter(list[CalendarEntry])


class Ics(Response):
    media_type = calendars.MEDIA_TYPE


@router.get("/projects/{project_id}/slots", response_model=SlotList)
async def list_slots(project_id: Id, search: Annotated[SlotSearch, asked(SlotSearch)], read: AnyReader) -> SlotList:
    """The times at which a visit can be booked now, from the project's hours and the calendars of its team.

    Hours put forward or back in the project's time zone are taken into account. Times too soon for a customer are left out.
    """
    since, until = search.window()
    said = await read.data(AGENDA.query, project_id=project_id, since=since, until=until)
    if said["agenda"] is None:
        raise NotFound(detail="There is no such project.")
    return appointments.slots(project_id, said["agenda"], search, read.identity.role)


@router.get("/appointments/{appointment_id}.ics", response_class=Ics)
async def get_appointment_calendar(appointment_id: Id, read: PartyReader) -> Ics:
    """One appointment as an iCalendar file. The same event however often it is moved; `SEQUENCE` counts up."""
    entries = ENTRIES.validate_python(await read.data(CALENDAR_ENTRY.query(read.identity.role), appointment_id=appointment_id))
    if not entries:
        raise NotFound
    return await _file(read, entries, f"appointment-{appointment_id}.ics")


@router.get("/calendar.ics", response_class=Ics, responses=problems(404))
async def get_calendar(search: Annotated[FeedSearch, asked(FeedSearch)]) -> Ics:
    """Your appointments for a calendar program to subscribe to, from 30 days ago on, 500 at most. The token comes from `POST /api/calendar-feed`."""
    read = Reader(await accounts.whose_calendar(search.token), None)
    entries = ENTRIES.validate_python(await read.data(CALENDAR.query(read.identity.role), me=read.identity.me))
    return await _file(read, entries, "calendar.ics", "Appointments")


@router.post("/calendar-feed", response_model=FeedOut, status_code=201)
async def open_calendar_feed(party: CurrentParty, session: PartySession) -> FeedOut:
    """The address of your calendar, shown this once. An address that was given out before stops working."""
    token = await accounts.open_calendar(session, party)
    return FeedOut(url=f"/api/calendar.ics?token={token}", token=token)


@router.delete("/calendar-feed", response_model=Said)
async def close_calendar_feed(party: CurrentParty, session: PartySession) -> Said:
    """The address that was given out stops working. Repeatable."""
    await accounts.close_calendar(session, party)
    return Said(message="Your calendar can no longer be read from outside.")


async def _file(read: Reader, entries: list[CalendarEntry], name: str, title: str | None = None) -> Ics:
    """Written in a thread: a long calendar takes a while."""
    body = await asyncio.to_thread(calendars.calendar, entries, for_team=read.identity.role is Role.builder, name=title)
    return Ics(body, headers={"Content-Disposition": f'inline; filename="{name}"'})
