"""Every state of a booking × every event × everybody who could try, against the table of domain.md §2."""

import itertools

import pytest

from realestate.errors import Conflict
from realestate.models.accounts import Role, TeamRole
from realestate.models.bookings import CANCELLABLE, Booking, BookingStatus
from realestate.models.bookings.steps import STEPS

C, SYS = {Role.customer}, {Role.worker}
S, SM, F, E, A = {TeamRole.sales}, {TeamRole.sales_manager}, {TeamRole.finance}, {TeamRole.engineer}, {TeamRole.owner, TeamRole.admin}
EVERYBODY = (*Role, *TeamRole)
CONFIRMED = ("booking_confirmed", "agreement_signed", "registered")

TABLE = {  # event: from, to, who. "back" is where it came from
    "visit_booked": (("inquiry",), "site_visit_scheduled", SYS),
    "reserve": (("inquiry", "site_visit_scheduled"), "reserved", C | S | SM | A),
    "accept_offer": (("waitlisted",), "reserved", C),
    "miss_offer": (("waitlisted",), "expired", SYS),
    "token_cleared": (("reserved",), "token_paid", SYS | F | A),
    "token_lost": (("token_paid",), "reserved", SYS),
    "expire": (("reserved",), "expired", SYS),
    "reclaim": (("expired",), "reserved", SYS),
    "approve": (("token_paid",), "booking_confirmed", SM | A),
    "reject": (("reserved", "token_paid"), "rejected", SM | A),
    "sign_agreement": (("booking_confirmed",), "agreement_signed", A | F | C),
    "register": (("agreement_signed",), "registered", F | A),
    "offer_possession": (("registered", "agreement_signed"), "possession_offered", A),
    "handover": (("possession_offered",), "handed_over", A | E),
    "request_cancel": (("token_paid", *CONFIRMED, "possession_offered"), "cancellation_requested", C | S | SM | A),
    "withdraw_cancel": (("cancellation_requested",), "back", C),
    "decline_cancel": (("cancellation_requested",), "back", A),
    "approve_cancel": (("cancellation_requested",), "cancelled", A),
    "cancel": (("reserved",), "cancelled", C | S | SM | A),
    "terminate": (CONFIRMED, "cancelled", A),
    "transfer": (CONFIRMED, "transferred", A),
    "swap": (("token_paid", "booking_confirmed"), "swapped", A),
}


def booking_in(state, before=BookingStatus.registered):
    return Booking(status=state, previous_status=before if state is BookingStatus.cancellation_requested else None)


def test_the_table_knows_every_event():
    assert STEPS.keys() == TABLE.keys()


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: f"{type(who).__name__}.{who}")
def test_each_takes_the_steps_that_are_theirs_and_is_refused_all_others_with_what_is_allowed(who):
    for state, event in itertools.product(BookingStatus, TABLE):
        booking, (sources, target, by) = booking_in(state), TABLE[event]
        allowed = [name for name, (origins, _, theirs) in TABLE.items() if state.value in origins and who in theirs]
        assert sorted(booking.open_to(who)) == sorted(allowed)
        if state.value in sources and who in by:
            booking.take(event, who)
            assert booking.status.value == ("registered" if target == "back" else target), (state, event)
            continue
        with pytest.raises(Conflict) as refusal:
            booking.take(event, who)
        assert refusal.value.code == "INVALID_TRANSITION" and sorted(refusal.value.extra["allowed"]) == sorted(allowed)
        assert booking.status is state, (state, event)


@pytest.mark.parametrize("state", CANCELLABLE)
def test_whoever_stays_after_all_is_where_they_were(state):
    booking = Booking(status=state)
    booking.take("request_cancel")
    assert booking.previous_status is state
    booking.resume("withdraw_cancel")
    assert booking.status is state and booking.previous_status is None
