"""What is said of dunning, credit notes and interest."""

from realestate.models.accounts import Permission
from realestate.models.notifications import Event, NotificationCategory, Priority
from realestate.models.tellings.telling import Telling

MANAGERS, FINANCE = Permission.bookings_approve, Permission.payments_record

OF_LEDGERS: dict[Event, Telling] = {
    event: Telling(title, "{number}: " + message, who, NotificationCategory.payment, priority)
    for event, title, message, who, priority in (
        (
            Event.payment_at_risk,
            "Booking at risk",
            "{amount} for '{line}' was due on {due} and is {days} days late. Please pay it now: the booking is at risk.",
            (MANAGERS, FINANCE),
            Priority.critical,
        ),
        (
            Event.demand_credited,
            "Demand taken back",
            "demand {demand} of {amount} for '{line}' is taken back by credit note {note}. {reason}",
            (FINANCE,),
            Priority.high,
        ),
        (
            Event.interest_credited,
            "Interest credited",
            "{amount} is credited to you for possession that came late ({credit}).",
            (FINANCE,),
            Priority.high,
        ),
    )
}
