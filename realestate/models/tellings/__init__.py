"""Who is told of what, and in which words (domain.md §7). The database composes notifications from it (`tenancy.telling`), so that whoever
speaks chooses neither the words nor how urgent they are."""

from realestate.models.accounts import Permission
from realestate.models.notifications import Event, NotificationCategory, Priority
from realestate.models.tellings.bookings import OF_BOOKINGS
from realestate.models.tellings.gateways import OF_GATEWAYS
from realestate.models.tellings.ledger import OF_LEDGERS
from realestate.models.tellings.telling import NAMES, Telling

__all__ = ["BY_CUSTOMERS", "LEGAL", "NAMES", "OF_ACCOUNTS", "TELLINGS", "Telling"]

ADMINS = Permission.team_manage
REPLY = Permission.messages_reply
CHANGES, QUOTES = Permission.changes_review, Permission.changes_quote
SALES, MANAGERS, FINANCE = Permission.units_hold, Permission.bookings_approve, Permission.payments_record
CHECKERS = Permission.refunds_approve
VISIT = NotificationCategory.appointment
HIGH, MONEY, SITE = Priority.high, NotificationCategory.payment, NotificationCategory.progress

TELLINGS: dict[Event, Telling] = {
    Event.hold_created: Telling("Unit held", "Unit {unit} in {project} is held until {until}.", (SALES,)),
    Event.hold_extended: Telling("Hold extended", "The hold on unit {unit} in {project} goes on until {until}.", (SALES,)),
    Event.unit_price_changed: Telling("Price changed", "Unit {unit} in {project} now costs {price}, before {before}.", ()),
    Event.unit_released: Telling("On sale", "Unit {unit} in {project} is on sale.", ()),
    Event.hold_released: Telling("Hold released", "The hold on unit {unit} in {project} has been released.", (SALES,)),
    Event.hold_expiring: Telling("Hold about to end", "The hold on unit {unit} in {project} ends on {until}.", (SALES,), priority=HIGH),
    Event.hold_expired: Telling("Hold expired", "The hold on unit {unit} in {project} has expired.", (SALES,)),
    Event.enquiry_received: Telling("New enquiry", "{name} asks about {project}.", (SALES,), customers=False),
    Event.booking_inquired: Telling("New enquiry", "There is an enquiry about unit {unit} in {project}.", (SALES,)),
    Event.booking_waitlisted: Telling(
        "On the waiting list", "There is a new name on the waiting list of unit {unit} in {project}.", (SALES,)
    ),
    Event.booking_reserved: Telling(
        "Unit reserved", "{number}: unit {unit} in {project} is reserved. The token of {token} is due by {until}.", (SALES,)
    ),
    Event.booking_token_paid: Telling("Token received", "{number}: the token for unit {unit} in {project} has been received.", (SALES,)),
    Event.booking_confirmed: Telling(
        "Booking confirmed", "{number}: unit {unit} in {project} is allotted.", (MANAGERS, FINANCE), priority=HIGH
    ),
    Event.booking_rejected: Telling(
        "Booking rejected", "{number}: the booking of unit {unit} was rejected. {reason}", (SALES, FINANCE), priority=HIGH
    ),
    Event.booking_expired: Telling(
        "Booking expired", "{number}: unit {unit} in {project} is free again; no token came in time.", (SALES, FINANCE), priority=HIGH
    ),
    Event.booking_cancelled: Telling(
        "Booking cancelled", "{number}: the booking of unit {unit} in {project} is cancelled.", (SALES, FINANCE), priority=HIGH
    ),
    **OF_BOOKINGS,
    **OF_LEDGERS,
    **OF_GATEWAYS,
    Event.demand_issued: Telling(
        "Payment due", "{number}: {amount} is due on {due} for '{line}' (demand {demand}).{why}", (FINANCE,), MONEY, HIGH
    ),
    Event.payment_due_soon: Telling("Payment coming up", "{number}: {amount} for '{line}' is due on {due}.", (FINANCE,), MONEY),
    Event.payment_overdue: Telling(
        "Payment overdue", "{number}: {amount} for '{line}' was due on {due}. Please pay it, or talk to us.", (FINANCE,), MONEY, HIGH
    ),
    **{
        event: Telling(title, "{type} at {project} on {when}" + message, (), VISIT, priority)
        for event, title, message, priority in (
            (Event.appointment_booked, "Appointment made", ".", Priority.medium),
            (Event.appointment_confirmed, "Appointment confirmed", " is confirmed.", HIGH),
            (Event.appointment_rescheduled, "Appointment moved", ": this is the new time. {reason}", HIGH),
            (Event.appointment_cancelled, "Appointment cancelled", " is cancelled. {reason}", HIGH),
            (Event.appointment_completed, "Thank you for coming", " has taken place.", Priority.low),
            (Event.appointment_no_show, "Appointment missed", ": nobody came.", Priority.medium),
            (Event.appointment_assigned, "Your host", ": {host} will be there.", Priority.medium),
            (Event.appointment_reminder, "Reminder", ", in {hours} hours.", HIGH),
        )
    },
    Event.team_invited: Telling("Invitation sent", "{email} has been invited to the team: {role}.", (ADMINS,), NotificationCategory.system),
    Event.role_changed: Telling(
        "Change in the team", "The place of {name} in the team has changed: {role}.", (ADMINS,), NotificationCategory.system, HIGH
    ),
    Event.login_new_device: Telling(
        "New device",
        "{name} has signed in on a new device: {device}. If it was not you, change your password at once.",
        (ADMINS,),
        NotificationCategory.system,
        HIGH,
    ),
    Event.password_changed: Telling(
        "Password changed",
        "The password of {name} has been changed. If it was not you, ask for a new one at once.",
        (),
        NotificationCategory.system,
        HIGH,
    ),
    Event.agreement_generated: Telling(
        "Agreement to read", "{number}: version {edition} of your agreement {agreement} is ready.", (), priority=HIGH
    ),
    Event.receipt_cleared: Telling("Payment received", "{number}: {amount} received, receipt {receipt}.", (FINANCE,), MONEY),
    Event.line_waived: Telling("Waived", "{number}: {amount} of '{line}' need not be paid.", (FINANCE,), MONEY),
    Event.receipt_bounced: Telling(
        "Payment bounced", "{number}: {amount} has not been paid by your bank. {reason}", (FINANCE,), MONEY, HIGH
    ),
    Event.receipt_refunded: Telling(
        "Money returned", "{number}: {amount} of receipt {receipt} has been paid back.", (FINANCE,), MONEY, HIGH
    ),
    **{
        event: Telling(title, "{number}: " + message, who, MONEY, customers=False)
        for event, title, message, who in (
            (Event.refund_requested, "Refund to approve", "{amount} of receipt {receipt} is to go back.", (CHECKERS,)),
            (Event.demand_drafted, "Demand to approve", "'{line}' has become due; its demand is a draft.", (FINANCE,)),
            (Event.waiver_requested, "Waiver to approve", "{amount} of '{line}' is to be let go of.", (CHECKERS,)),
            (Event.refund_approved, "Refund to pay", "the refund of {amount} is approved.", (FINANCE,)),
            (Event.refund_rejected, "Refund refused", "the refund of {amount} is refused. {reason}", (FINANCE,)),
        )
    },
    **{
        event: Telling(title, "{project}: " + message, who, MONEY, customers=False)
        for event, title, message, who in (
            (Event.escrow_requested, "Withdrawal to approve", "{amount} is to be withdrawn from the escrow account.", (CHECKERS,)),
            (Event.escrow_withdrawn, "Escrow withdrawn", "{amount} has been withdrawn from the escrow account.", (FINANCE,)),
            (Event.escrow_rejected, "Withdrawal refused", "{amount} stays in the escrow account. {reason}", (FINANCE,)),
        )
    },
    Event.message_new: Telling("New message", "{sender} has written about {project}.", (REPLY,), NotificationCategory.message),
    Event.conversation_assigned: Telling(
        "Conversation assigned",
        "You look after the conversation with {customer} now.",
        (REPLY,),
        NotificationCategory.message,
        customers=False,
    ),
    Event.progress_phase_updated: Telling("Work goes on", "{project}: {phase} is {percent} % complete.", (), SITE, Priority.low),
    Event.progress_certified: Telling("Work certified", "{project}: {phase} has been certified at {percent} %.", (FINANCE,), SITE),
    Event.progress_corrected: Telling(
        "Progress corrected",
        "{project}: {phase} goes back from {before} to {percent} %. What has been demanded stands. {reason}",
        (FINANCE,),
        SITE,
        HIGH,
        customers=False,
    ),
    Event.update_published: Telling("News from the site", "{project}: {title}", (), SITE),
    Event.possession_date_shifted: Telling(
        "Possession date changed", "{project}: possession is now expected on {date}, before on {before}.", (ADMINS,), SITE, HIGH
    ),
    Event.builder_verified: Telling(
        "Company verified", "{company} has been verified: you can publish your projects.", (ADMINS,), NotificationCategory.system
    ),
    **{
        event: Telling(title, "{number}: " + message, who, priority=priority)
        for event, title, message, who, priority in (
            (Event.change_request_submitted, "Change wanted", "{title}", (CHANGES,), Priority.medium),
            (Event.change_request_reviewed, "Change under review", "{title} is being looked at.", (), Priority.low),
            (Event.change_request_quoted, "Price of a change", "{title}: {price}, good until {until}.", (QUOTES,), HIGH),
            (Event.change_request_accepted, "Change agreed", "{title}: {price}, addendum {addendum}.", (QUOTES,), HIGH),
            (Event.change_request_declined, "Price declined", "{title}: the price has been declined.", (QUOTES,), Priority.medium),
            (Event.change_request_rejected, "Change rejected", "{title} is not possible. {reason}", (CHANGES,), Priority.medium),
            (Event.change_request_withdrawn, "Change withdrawn", "{title} is not wanted any more.", (CHANGES, QUOTES), Priority.medium),
            (Event.change_request_expired, "Price expired", "{title}: the price was good until {until}.", (QUOTES,), Priority.medium),
            (Event.change_request_started, "Change begun", "Work on {title} has begun.", (QUOTES,), Priority.low),
            (Event.change_request_completed, "Change completed", "{title} is done.", (QUOTES,), Priority.medium),
        )
    },
}

LEGAL = {
    *("booking_confirmed", "booking_rejected", "booking_expired", "booking_cancelled", "cancellation_settled", "booking_default_notice"),
    *("demand_issued", "demand_credited", "payment_overdue", "payment_at_risk", "receipt_bounced", "receipt_refunded"),
    "payment_orphaned",
    *("possession_date_shifted", "booking_possession_offered", "agreement_generated"),
    *("password_changed", "login_new_device"),
}
"""Notices: to customers, and to whoever's account it is. Nobody mutes them, neither in the app nor as mail. By name, because some of these
are told by rooms that come later."""
OF_ACCOUNTS = {Event.password_changed, Event.login_new_device}
BY_CUSTOMERS = {
    *(Event.hold_created, Event.hold_released, Event.booking_inquired, Event.booking_waitlisted, Event.booking_reserved),
    *(Event.booking_cancelled, Event.cancellation_requested, Event.cancellation_withdrawn, Event.booking_signed, Event.booking_joined),
    Event.signature_due,
    *(
        Event.booking_left,
        Event.booking_acknowledged,
        Event.plan_agreed,
        Event.plan_proposal_ended,
        Event.transfer_requested,
        Event.transfer_ended,
        Event.snag_reported,
        Event.snag_answered,
        Event.message_new,
    ),
    *(Event.change_request_submitted, Event.change_request_accepted, Event.change_request_declined, Event.change_request_withdrawn),
    *(Event.appointment_booked, Event.appointment_confirmed, Event.appointment_rescheduled, Event.appointment_cancelled),
}
"""What a customer's own act can bring about. The database hears no other event from a customer."""
