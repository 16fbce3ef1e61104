"""Money that comes online, where something is to be said besides its receipt."""

from realestate.models.accounts import Permission
from realestate.models.notifications import Event, NotificationCategory, Priority
from realestate.models.tellings.telling import Telling

FINANCE = Permission.payments_record

OF_GATEWAYS: dict[Event, Telling] = {
    event: Telling(title, "{number}: " + message, who, NotificationCategory.payment, Priority.high, customers)
    for event, title, message, who, customers in (
        (Event.payment_failed, "Payment failed", "{amount} has not been paid. {reason}", (), True),
        (Event.payment_orphaned, "Payment came too late", "{amount} came after the booking had ended, and goes back.", (FINANCE,), True),
        (Event.payment_questioned, "Online payment to look at", "{issue}", (FINANCE,), False),
    )
}
