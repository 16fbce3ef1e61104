"""THE WALL. Who may do what with which rows: decided here, enforced by PostgreSQL, mentioned nowhere else.

Read it as sentences: "a customer may change a Unit that is available, or theirs, only its claim, and only into their own claim."
What is not said is forbidden. A transaction speaks as one role, for one user, of one builder (`database.transaction`).
PostgreSQL ORs the USING of all sentences and, apart from that, their CHECKs, so that two `change` sentences for one role would let
a row enter by one and leave by the other: at most one per role and table.
"""

from realestate.tenancy.sentences import (
    accounts,
    agreements,
    appointments,
    audit,
    bookings,
    change_requests,
    deliveries,
    documents,
    enquiries,
    escrow,
    idempotency,
    messages,
    notifications,
    payments,
    progress,
    projects,
    settings,
    units,
)
from realestate.tenancy.sentences.limits import IS_OWN, SITES, limits
from realestate.tenancy.sentences.words import INSIDERS, ME, MY_BUILDER, May, Sentences

__all__ = ["INSIDERS", "IS_OWN", "ME", "MY_BUILDER", "SITES", "WALL", "May", "limits"]

ROOMS = (
    accounts,
    projects,
    units,
    bookings,
    payments,
    progress,
    notifications,
    deliveries,
    audit,
    settings,
    appointments,
    idempotency,
    documents,
    enquiries,
    escrow,
    messages,
    change_requests,
    agreements,
)
WALL: Sentences = {model: sentences for room in ROOMS for model, sentences in room.WALL.items()}
