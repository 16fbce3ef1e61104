"""Who is told of what, as the table of domain.md §7 names them, and in which languages."""

from string import Formatter

import pytest

from realestate.models.accounts import PERMISSIONS, TeamRole
from realestate.models.notifications import Event
from realestate.models.tellings import LEGAL, TELLINGS
from realestate.papers import mails

LETTERS = {"S": TeamRole.sales, "SM": TeamRole.sales_manager, "F": TeamRole.finance, "E": TeamRole.engineer}
A = {TeamRole.owner, TeamRole.admin}
"""Who may do everything hears of everything that the team is told."""
TABLE = {  # event: the customers (yes, L: as a notice that nobody mutes, -), whom of the team
    **dict.fromkeys(("hold_created", "hold_extended", "hold_released", "hold_expiring", "hold_expired"), ("yes", "S SM")),
    **dict.fromkeys(("booking_inquired", "booking_waitlisted", "booking_reserved", "booking_token_paid"), ("yes", "S SM")),
    **dict.fromkeys(("booking_offered", "booking_offer_missed", "booking_joined", "booking_left"), ("yes", "S SM")),
    "enquiry_received": ("-", "S SM"),
    "booking_confirmed": ("L", "SM F"),
    **dict.fromkeys(("booking_rejected", "booking_expired", "booking_cancelled"), ("L", "S SM F")),
    **dict.fromkeys(("cancellation_requested", "cancellation_withdrawn"), ("yes", "SM F")),
    "cancellation_settled": ("L", "SM F"),
    "booking_default_notice": ("L", "SM F"),
    **dict.fromkeys(("booking_signed", "booking_registered", "booking_transferred", "booking_swapped"), ("yes", "SM F")),
    "agreement_generated": ("L", ""),
    "signature_due": ("-", "F"),
    "booking_possession_offered": ("L", "SM F E"),
    "booking_handed_over": ("yes", "SM F"),
    **dict.fromkeys(("transfer_requested", "transfer_ended"), ("yes", "A")),
    "takeover_ended": ("yes", ""),
    "booking_acknowledged": ("yes", "E"),
    "kyc_doc_rejected": ("yes", ""),
    "discount_requested": ("-", "SM"),
    "discount_decided": ("-", "S SM"),
    **dict.fromkeys(("snag_reported", "snag_answered"), ("yes", "E")),
    "demand_issued": ("L", "F"),
    "payment_due_soon": ("yes", "F"),
    "payment_overdue": ("L", "F"),
    "payment_at_risk": ("L", "SM F"),
    "receipt_cleared": ("yes", "F"),
    **dict.fromkeys(("receipt_bounced", "receipt_refunded"), ("L", "F")),
    **dict.fromkeys(("progress_phase_updated", "update_published", "unit_price_changed", "unit_released"), ("yes", "")),
    "possession_date_shifted": ("L", "A"),
    **dict.fromkeys(("change_request_quoted", "change_request_accepted", "change_request_completed"), ("yes", "E F")),
    **dict.fromkeys(("team_invited", "role_changed"), ("yes", "A")),
    "login_new_device": ("L", "A"),
    "builder_verified": ("yes", "A"),
}


@pytest.mark.parametrize("event", [Event(word) for word in TABLE])
def test_whom_the_table_names_and_nobody_else_is_told(event):
    customers, letters = TABLE[event.value]
    telling = TELLINGS[event]
    team = {role for permission in telling.permissions for role in PERMISSIONS[permission]}
    assert team == ({LETTERS[one] for one in letters.split() if one != "A"} | A if letters else set())
    assert telling.customers is (customers != "-") and (event.value in LEGAL) is (customers == "L")


def test_every_event_is_told_and_every_notice_is_an_event():
    assert TELLINGS.keys() == set(Event)
    assert LEGAL <= {event.value for event in Event}


@pytest.mark.parametrize("event", Event)
def test_mails_say_it_in_hindi_with_everything_that_the_english_says(event):
    title, text = mails.language("hi").events[event.value]
    assert title and TELLINGS[event].names == {name for _, name, _, _ in Formatter().parse(text) if name}
