"""Questions from the public pages: for the company that they are about. Whoever sends one reads nothing of it afterwards."""

from realestate.models.enquiries import Enquiry
from realestate.tenancy.sentences.words import ALL, OURS, May, Sentences

WALL: Sentences = {
    Enquiry: [
        May("builder", "read", OURS),
        May("builder", "change", OURS, only=("status", "assigned_to", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
