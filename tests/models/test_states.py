"""Every pair of state and event of units, payments and change requests, against the tables of domain.md as far as they are built."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from realestate.errors import Conflict
from realestate.models.bookings import ACTIVE, GROUPS, Booking, BookingFilter, BookingGroup, BookingStatus
from realestate.models.change_requests import ChangeRequest, ChangeRequestStatus
from realestate.models.enquiries import Enquiry, EnquiryStatus
from realestate.models.payments import Payment, PaymentStatus
from realestate.models.units import Unit, UnitStatus

UNIT_EDGES = {
    ("unreleased", "release"): "available",
    ("available", "withdraw"): "unreleased",
    ("available", "block"): "blocked",
    ("blocked", "unblock"): "available",
    ("available", "hold"): "held",
    ("held", "extend"): "held",
    ("held", "end_hold"): "available",
    ("available", "reserve"): "reserved",
    ("held", "reserve"): "reserved",
    ("reserved", "book"): "booked",
    ("booked", "sell"): "sold",
    ("booked", "hand_over"): "handed_over",
    ("sold", "hand_over"): "handed_over",
    ("reserved", "end_booking"): "available",
    ("booked", "end_booking"): "available",
    ("sold", "end_booking"): "available",
}
PAYMENT_EDGES = {
    ("pending", "submit"): "clearance_pending",
    ("pending", "clear"): "completed",
    ("clearance_pending", "clear"): "completed",
    ("pending", "fail"): "failed",
    ("cancelled", "fail"): "failed",
    ("pending", "cancel"): "cancelled",
    ("failed", "reopen"): "pending",
    ("cancelled", "reopen"): "pending",
    ("clearance_pending", "bounce"): "bounced",
    ("clearance_pending", "fail"): "failed",
    ("completed", "bounce"): "bounced",
}
ENQUIRY_EDGES = {
    ("new", "answer"): "answered",
    ("closed", "answer"): "answered",
    ("new", "close"): "closed",
    ("answered", "close"): "closed",
    ("answered", "reopen"): "new",
    ("closed", "reopen"): "new",
}
CHANGE_EDGES = {
    ("submitted", "review"): "under_review",
    ("under_review", "quote"): "quoted",
    ("quoted", "quote"): "quoted",
    ("quote_expired", "quote"): "quoted",
    ("quoted", "accept"): "approved",
    ("quoted", "decline"): "declined",
    ("quoted", "expire"): "quote_expired",
    ("under_review", "reject"): "rejected",
    ("submitted", "withdraw"): "withdrawn",
    ("under_review", "withdraw"): "withdrawn",
    ("quoted", "withdraw"): "withdrawn",
    ("submitted", "close"): "withdrawn",
    ("under_review", "close"): "withdrawn",
    ("quoted", "close"): "withdrawn",
    ("approved", "close"): "withdrawn",
    ("approved", "start"): "in_progress",
    ("in_progress", "complete"): "completed",
}
MACHINES = (
    (Unit, UnitStatus, UNIT_EDGES),
    (Payment, PaymentStatus, PAYMENT_EDGES),
    (ChangeRequest, ChangeRequestStatus, CHANGE_EDGES),
    (Enquiry, EnquiryStatus, ENQUIRY_EDGES),
)
PAIRS = [(model, state, event, edges) for model, states, edges in MACHINES for state, event in itertools.product(states, model.EDGES)]


@pytest.mark.parametrize(("model", "state", "event", "edges"), PAIRS, ids=lambda value: getattr(value, "__name__", str(value)[:20]))
def test_an_event_moves_along_its_edge_or_is_refused_with_what_is_allowed(model, state, event, edges):
    row = model(status=state)
    target = edges.get((state.value, event))

    if target:
        row.take(event)
        assert row.status.value == target
    else:
        with pytest.raises(Conflict) as refusal:
            row.take(event)
        assert refusal.value.code == "INVALID_TRANSITION"
        assert refusal.value.extra["allowed"] == [name for source, name in edges if source == state.value]
        assert row.status is state


def test_groups_know_every_state_once():
    assert sorted(itertools.chain(*GROUPS.values())) == sorted(BookingStatus)


def test_a_listing_may_be_asked_for_every_state_and_group():
    assert {word.value for word in BookingFilter} == {word.value for word in (*BookingStatus, *BookingGroup)}


def test_the_unique_index_speaks_of_the_active_states():
    index = next(index for index in Booking.__table__.indexes if index.name == "uq_bookings_active_unit")
    assert all(f"'{state.value}'" in str(index.dialect_options["postgresql"]["where"]) for state in ACTIVE)
    assert str(index.dialect_options["postgresql"]["where"]).count("'") == 2 * len(ACTIVE)


def test_a_reserve_for_which_money_has_come_neither_expires_nor_is_cancelled():
    booking = Booking(status=BookingStatus.reserved, reserve_expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    booking.firm()

    for verb in (booking.expire, lambda: booking.cancel(None, has_money=False)):
        with pytest.raises(Conflict) as refusal:
            verb()
        assert refusal.value.code == "PAYMENT_PENDING"


def test_a_unit_held_for_one_is_not_reserved_by_another():
    unit = Unit(status=UnitStatus.available, price=Decimal(5), hold_count=0)
    unit.hold(customer_id=1, by=1, until=datetime(2027, 1, 1, tzinfo=UTC))

    with pytest.raises(Conflict) as refusal:
        unit.reserve(customer_id=2, until=datetime(2027, 1, 2, tzinfo=UTC))
    assert refusal.value.code == "UNIT_NOT_AVAILABLE"
    unit.reserve(customer_id=1, until=datetime(2027, 1, 2, tzinfo=UTC))
    assert unit.status is UnitStatus.reserved


def test_a_unit_of_an_unpublished_project_is_not_released():
    unit = Unit(status=UnitStatus.unreleased, is_published=False)

    with pytest.raises(Conflict) as refusal:
        unit.release()
    assert refusal.value.code == "PROJECT_NOT_PUBLISHED"
