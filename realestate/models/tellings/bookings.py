"""The later steps of bookings."""

from realestate.models.accounts import Permission
from realestate.models.notifications import Event, Priority
from realestate.models.tellings.telling import Telling

SALES, MANAGERS, FINANCE = Permission.units_hold, Permission.bookings_approve, Permission.payments_record
HANDOVER, SETTLE, SIGNERS = Permission.handovers_write, Permission.bookings_settle, Permission.agreements_sign
HIGH = Priority.high

OF_BOOKINGS: dict[Event, Telling] = {
    event: Telling(title, "{number}: " + message, who, priority=priority, customers=to_customers)
    for event, title, message, who, priority, to_customers in (
        (Event.booking_offered, "Your turn", "unit {unit} in {project} is free, and kept for you until {until}.", (SALES,), HIGH, True),
        (
            Event.booking_offer_missed,
            "Offer over",
            "unit {unit} in {project} goes to the next who waits.",
            (SALES,),
            Priority.medium,
            True,
        ),
        (
            Event.booking_signed,
            "Agreement signed",
            "everybody has signed the agreement {agreement} of unit {unit}.",
            (MANAGERS, FINANCE),
            HIGH,
            True,
        ),
        (
            Event.signature_due,
            "Agreement to sign",
            "the customers have signed the agreement {agreement} of unit {unit}; the company's signature is missing.",
            (SIGNERS,),
            HIGH,
            False,
        ),
        (
            Event.booking_registered,
            "Sale registered",
            "unit {unit} is registered under {registration}.",
            (MANAGERS, FINANCE),
            HIGH,
            True,
        ),
        (
            Event.booking_possession_offered,
            "Your home is ready",
            "unit {unit} in {project} can be taken over.",
            (MANAGERS, FINANCE, HANDOVER),
            HIGH,
            True,
        ),
        (Event.booking_acknowledged, "Home accepted", "unit {unit} has been looked at and accepted.", (HANDOVER,), Priority.medium, True),
        (Event.booking_handed_over, "Welcome home", "unit {unit} in {project} has been handed over.", (MANAGERS, FINANCE), HIGH, True),
        (Event.booking_joined, "Co-applicant joined", "a co-applicant is party to the booking now.", (SALES,), Priority.medium, True),
        (
            Event.booking_left,
            "Co-applicant left",
            "a co-applicant is no party to the booking any more.",
            (SALES,),
            Priority.medium,
            True,
        ),
        (
            Event.booking_transferred,
            "Booking transferred",
            "unit {unit} has gone over to booking {next}.",
            (MANAGERS, FINANCE),
            HIGH,
            True,
        ),
        (
            Event.booking_swapped,
            "Unit exchanged",
            "booking {next} goes on in its place, for unit {other}.",
            (MANAGERS, FINANCE),
            HIGH,
            True,
        ),
        (
            Event.booking_default_notice,
            "Notice of default",
            "{amount} is overdue. If it is not paid within {days} days, the booking ends.",
            (MANAGERS, FINANCE),
            Priority.critical,
            True,
        ),
        (
            Event.cancellation_requested,
            "Cancellation asked for",
            "the booking of unit {unit} is to be cancelled. {reason}",
            (MANAGERS, FINANCE),
            HIGH,
            True,
        ),
        (
            Event.cancellation_withdrawn,
            "Booking goes on",
            "the wish to cancel unit {unit} has been {said}.",
            (MANAGERS, FINANCE),
            Priority.medium,
            True,
        ),
        (
            Event.cancellation_settled,
            "Booking cancelled",
            "unit {unit}: {amount} goes back to you by {due}.",
            (MANAGERS, FINANCE),
            HIGH,
            True,
        ),
        (
            Event.transfer_requested,
            "Transfer asked for",
            "somebody else is to take over unit {unit}.",
            (SETTLE,),
            Priority.medium,
            True,
        ),
        (
            Event.transfer_ended,
            "No transfer",
            "nobody takes over unit {unit} any more.",
            (SETTLE,),
            Priority.medium,
            True,
        ),
        (
            Event.takeover_ended,
            "No transfer",
            "you are not to take over unit {unit} in {project} any more.",
            (),
            HIGH,
            True,
        ),
        (Event.plan_proposed, "Another schedule", "{amount} would be paid in another way. {reason}", (FINANCE,), HIGH, True),
        (Event.plan_agreed, "Schedule changed", "{amount} will be paid as agreed anew.", (MANAGERS, FINANCE), HIGH, True),
        (Event.plan_proposal_ended, "Schedule stays", "the proposal for {amount} has been {said}.", (FINANCE,), Priority.medium, True),
        (Event.discount_requested, "Discount asked for", "{amount} off unit {unit}. {reason}", (MANAGERS,), Priority.medium, False),
        (Event.discount_decided, "Discount decided", "{amount} off unit {unit}: {decision}.", (SALES,), Priority.medium, False),
        (Event.kyc_doc_rejected, "Document refused", "your {item} could not be verified. {reason}", (), HIGH, True),
        (Event.snag_reported, "Snag reported", "{title}", (HANDOVER,), Priority.medium, True),
        (Event.snag_answered, "Snag answered", "{title}: {state}.", (HANDOVER,), Priority.medium, True),
    )
}
