"""What the clock does to schedules: by the calendar of the place where the project stands."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from realestate.database import WORKER, transaction
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.payments import Installment
from realestate.services import dues, dunning
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.stories import confirmed_booking, types_told

pytestmark = pytest.mark.anyio
NOTICES = ("payment_due_soon", "payment_overdue")


async def bought(client, zone="Asia/Kolkata", **rules):
    """A builder, a customer, and a confirmed booking with a line that is owed."""
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder, timezone=zone, rules=rules)
    booking = await confirmed_booking(client, builder, customer, (await make_units(builder, project_id))[0])
    return builder, customer, booking, datetime.now(ZoneInfo(zone)).date()


async def set_line(booking, seq=1, **values):
    long_ago = (
        {"demanded_at": datetime.now(UTC) - timedelta(days=200)} if seq == 1 else {"created_at": datetime.now(UTC) - timedelta(days=200)}
    )
    async with transaction(WORKER) as session:
        of_booking = (Installment.booking_id == booking["id"], Installment.seq == seq)
        await session.execute(update(Installment).where(*of_booking).values(long_ago | values))


async def notices(client, person):
    inbox = (await client.get("/api/notifications?limit=100", headers=person.headers)).json()["notifications"]
    return [one for one in inbox if one["type"] in NOTICES]


async def test_a_payment_is_said_to_come_and_to_be_late_once_each_time(client):
    builder, asha, booking, today = await bought(client, reminders_per_week=99, reminders_per_month=99)
    said = []
    for days, told in ((8, 0), (7, 1), (2, 0), (1, 1), (0, 0), (-1, 1), (-6, 0), (-7, 1), (-15, 1), (-30, 1), (-90, 0)):
        await set_line(booking, due_date=today + timedelta(days=days))
        await dunning.remind()
        await dunning.remind()
        said += [NOTICES[days < 0]] * told
        assert [one["type"] for one in await notices(client, asha)] == said[::-1], days
    assert [one["type"] for one in await notices(client, builder)] == said[::-1]
    [first] = (await notices(client, asha))[-1:]
    assert (
        first["message"] == f"{booking['booking_number']}: INR 600,000.00 for 'On booking' is due on {today + timedelta(days=7):%d %b %Y}."
    )


async def test_who_comes_late_says_only_the_nearest(client):
    _, asha, booking, today = await bought(client)
    await set_line(booking, due_date=today - timedelta(days=20))
    await dunning.remind()
    assert len(await notices(client, asha)) == 1


async def test_days_of_grace_are_not_late(client):
    _, asha, booking, today = await bought(client, grace_days=5)
    for days, told in ((5, 0), (6, 1)):
        await set_line(booking, due_date=today - timedelta(days=days))
        await dunning.remind()
        assert len(await notices(client, asha)) == told


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu"])
async def test_the_day_is_that_of_the_place(client, zone):
    """Where the one has its morning, the other still has the day before."""
    _, asha, booking, today = await bought(client, zone)
    for days, told in ((8, 0), (7, 1)):
        await set_line(booking, due_date=today + timedelta(days=days))
        await dunning.remind()
        assert len(await notices(client, asha)) == told


async def test_what_was_demanded_a_moment_ago_is_not_said_again(client):
    _, asha, booking, today = await bought(client)
    await set_line(booking, due_date=today + timedelta(days=5), demanded_at=datetime.now(UTC))
    await dunning.remind()
    assert await notices(client, asha) == []


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ({"status": "waived", "waived_at": datetime.now(UTC)}, None),
        ({"due_date": None}, None),
        ({}, BookingStatus.cancellation_requested),
        ({}, BookingStatus.cancelled),
    ],
)
async def test_who_owes_nothing_or_wants_to_leave_is_left_in_peace(client, line, status):
    _, asha, booking, today = await bought(client)
    await set_line(booking, **{"due_date": today - timedelta(days=3)} | line)
    if status:
        async with transaction(WORKER) as session:
            way_back = BookingStatus.booking_confirmed if status is BookingStatus.cancellation_requested else None
            said = {"status": status, "previous_status": way_back}
            await session.execute(update(Booking).where(Booking.id == booking["id"]).values(said))
    await dunning.remind()
    assert await notices(client, asha) == []


async def test_a_line_with_a_date_is_announced_and_then_demanded_on_its_day(client):
    _, asha, booking, today = await bought(client)
    await set_line(booking, seq=2, due_date=today + timedelta(days=1), trigger={"trigger": "on_date"})
    await dues.demand()
    await dunning.remind()
    assert [one["type"] for one in await notices(client, asha)] == ["payment_due_soon"]
    before = (await types_told(client, asha)).count("demand_issued")
    await set_line(booking, seq=2, due_date=today)
    await dues.demand()
    await dues.demand()
    assert (await types_told(client, asha)).count("demand_issued") == before + 1
    async with transaction(WORKER) as session:
        line = select(Installment.status, Installment.demand_no).where(Installment.booking_id == booking["id"], Installment.seq == 2)
        [(status, number)] = (await session.execute(line)).all()
    assert status == "demanded" and number.startswith("D-")


async def test_a_booking_of_which_nothing_more_can_be_asked_keeps_no_other_from_being_asked(client, monkeypatch):
    """The first is beyond the cap before the agreement, and due again each time."""
    monkeypatch.setattr(dues, "MOST_AT_ONCE", 1)
    booked = []
    for rules in ({"pre_agreement_cap": "10"}, {}, {}):
        _, _, booking, today = await bought(client, **rules)
        await set_line(booking, seq=2, due_date=today - timedelta(days=1))
        booked.append(booking["id"])
    await dues.demand()
    async with transaction(WORKER) as session:
        lines = select(Installment.status).where(Installment.booking_id.in_(booked), Installment.seq == 2)
        found = (await session.scalars(lines.order_by(Installment.booking_id))).all()
    assert found == ["scheduled", "demanded", "demanded"]
