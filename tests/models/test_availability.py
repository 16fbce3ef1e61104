"""Which times follow from hours, holidays and notice, also where clocks are put forward and back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from realestate.models.appointments import DAYS, Agenda, AppointmentType, Availability, Host

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
VISIT = AppointmentType.site_visit


def starts(rules, day, zone=KOLKATA, minutes=60):
    return [start.astimezone(zone).strftime("%H:%M") for start in rules.starts_on(day, zone, minutes)]


def on(*openings, **more):
    return Availability(hours=dict.fromkeys(DAYS, openings), **more)


def test_visits_begin_every_so_often_and_end_before_closing():
    rules = on(("09:00", "11:00"), ("14:00", "15:30"))
    assert starts(rules, date(2026, 12, 1)) == ["09:00", "09:30", "10:00", "14:00", "14:30"]
    assert starts(rules, date(2026, 12, 1), minutes=120) == ["09:00"]
    assert starts(on(("22:00", "24:00")), date(2026, 12, 1)) == ["22:00", "22:30", "23:00"]


def test_closed_days_and_holidays_have_none():
    assert starts(Availability(hours={"tuesday": [["09:00", "10:00"]]}), date(2026, 12, 2)) == []
    assert starts(on(("09:00", "10:00"), holidays=("2026-12-25",)), date(2026, 12, 25)) == []


def test_an_hour_put_forward_has_no_times():
    """On 28 March 2027 it is 03:00 in Berlin one minute after 01:59."""
    rules = on(("01:00", "05:00"), slot_minutes=60)
    found = list(rules.starts_on(date(2027, 3, 28), BERLIN, 60))
    assert [start.hour for start in found] == [0, 1, 2]  # UTC: 01:00 before, 03:00 and 04:00 after
    assert starts(rules, date(2027, 3, 28), BERLIN) == ["01:00", "03:00", "04:00"]


def test_of_an_hour_that_comes_twice_the_first_is_meant():
    """On 25 October 2026 it is 02:30 in Berlin at 00:30 and at 01:30 UTC."""
    found = list(on(("01:00", "04:00"), slot_minutes=30).starts_on(date(2026, 10, 25), BERLIN, 30))
    half_past_two = [start for start in found if start.astimezone(BERLIN).strftime("%H:%M") == "02:30"]
    assert half_past_two == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    assert len(found) == len(set(found)) and found == sorted(found)


def test_a_visit_across_a_change_is_as_long_as_it_says():
    [first, *_] = on(("01:30", "04:30"), slot_minutes=60).starts_on(date(2027, 3, 28), BERLIN, 60)
    assert (first + timedelta(hours=1)).astimezone(BERLIN).strftime("%H:%M") == "03:30"


def test_the_narrowest_rule_wins_one_by_one_and_holidays_add_up():
    company = {"slot_minutes": 15, "notice_minutes": 30, "holidays": ["2026-12-25"]}
    project = {"slot_minutes": 45, "notice_minutes": None, "holidays": ["2027-01-26"], "no_such_rule": 1}
    rules = Availability.of([company, project])
    assert (rules.slot_minutes, rules.notice_minutes, rules.visit_minutes) == (45, 30, 60)
    assert rules.holidays == ["2026-12-25", "2027-01-26"]


# ── The agenda ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

NOW = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
"""09:00 in Kolkata."""


def at(hour, minute=0):
    return datetime(2026, 12, 1, hour, minute, tzinfo=KOLKATA).astimezone(UTC)


def agenda(*hosts, **rules):
    said = on(("09:00", "18:00"), **rules)
    return Agenda(KOLKATA, NOW, said, tuple(Host(n, f"Host {n}", hours or said, busy) for n, (hours, busy) in enumerate(hosts, 1)), {})


def test_a_host_is_asked_when_it_works_and_is_free():
    mornings = on(("09:00", "12:00"))
    one = agenda((mornings, ()), (None, ((at(10), at(11)),)))
    assert one.host_for(VISIT, at(10), 60, 1, None).id == 1
    assert one.host_for(VISIT, at(13), 60, 1, None).id == 2
    assert one.host_for(VISIT, at(11), 60, 1, 2).id == 2  # as preferred
    assert one.host_for(VISIT, at(10), 60, 1, 2).id == 1
    assert agenda((mornings, ())).host_for(VISIT, at(11, 30), 60, 1, None) is None


def test_a_buffer_keeps_the_next_visit_away():
    one = agenda((None, ((at(10), at(11, 15)),)), buffer_minutes=15)
    assert one.host_for(VISIT, at(11), 60, 1, None) is None
    assert one.host_for(VISIT, at(9), 60, 1, None) is None  # its own buffer reaches into the visit at ten
    assert one.host_for(VISIT, at(11, 30), 60, 1, None)


def test_nothing_is_offered_too_soon_for_customers_or_beyond_the_horizon():
    one = agenda((None, ()), notice_minutes=90, horizon_days=1)
    days = (date(2026, 11, 30), date(2026, 12, 9))
    customers = list(one.slots(VISIT, *days, 60, one.earliest(is_customer=True)))
    team = list(one.slots(VISIT, *days, 60, one.earliest(is_customer=False)))
    assert customers[0].starts_at == at(10, 30) and team[0].starts_at == at(9)
    assert {slot.starts_at.astimezone(KOLKATA).day for slot in team} == {1, 2}
    assert one.offers(VISIT, at(10), 60) and not one.offers(VISIT, at(10, 10), 60) and not one.offers(VISIT, at(17, 30), 60)


def test_a_group_visit_is_as_long_as_the_rules_say_and_has_so_many_seats():
    one = agenda((None, ()), group_capacity=4)
    assert one.offers(VISIT, at(10), 60) and not one.offers(VISIT, at(10), 90)
    assert one.host_for(VISIT, at(10), 60, 4, None) and one.host_for(VISIT, at(10), 60, 5, None) is None
    assert next(one.slots(VISIT, NOW.date(), NOW.date(), 60, NOW)).seats == 4
    assert next(one.slots(AppointmentType.consultation, NOW.date(), NOW.date(), 60, NOW)).seats == 1
