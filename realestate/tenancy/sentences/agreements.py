"""Letters of allotment, which the system writes, and agreements: written once, by the builder, for the parties of the booking."""

from realestate.models.agreements import Agreement, Allotment
from realestate.tenancy.sentences.words import ALL, ME, MINE, MY_BOOKINGS, OURS, May, Sentences

WALL: Sentences = {
    Allotment: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Agreement: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND generated_by = {ME}"),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
