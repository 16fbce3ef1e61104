"""Documents, 3D models, and how much room they take."""

from realestate.models.documents import Document, StorageUse
from realestate.models.models3d import Model3D
from realestate.tenancy.sentences.words import (
    ALL,
    BOUGHT_INTO,
    I_AM_INSIDER,
    ME,
    MINE,
    MY_BOOKINGS,
    MY_BUILDERS,
    MY_PROJECTS,
    OUR_CUSTOMERS,
    OURS,
    PUBLISHED,
    May,
    Sentences,
)

UNPLACED = "num_nonnulls(subject, project_id, booking_id, model_id) = 0 AND edition = 1"
PERSONAL = "subject = 'booking' AND kind IN ('identity', 'income')"
"""Papers of a person, beside the booking of which the checklist asks for them: nothing for all who see the booking."""
SHOWN_TO_CUSTOMER = f"audience = 'party' AND ({MINE} OR booking_id = {MY_BOOKINGS} AND ({PERSONAL}) IS NOT TRUE)"
SHOWN_TO_TEAM = f"{OURS} AND (({PERSONAL}) IS NOT TRUE OR uploaded_by = {ME} OR {I_AM_INSIDER})"
SHOWN_TO_CUSTOMERS = f"audience IN ('public', 'customers') AND ({PUBLISHED} OR project_id = {MY_PROJECTS})"
SHOWN_TO_BUYERS = f"audience = 'booked' AND project_id = {BOUGHT_INTO}"
PLACE = ("builder_id", "project_id", "customer_id", "booking_id", "subject", "subject_id", "updated_at")
BY_MY_HAND = f"side = 'customer' AND uploaded_by = {ME}"
BY_OUR_HAND = f"side = 'builder' AND {OURS}"
STILL_OURS = f"{BY_OUR_HAND} AND (subject IS NULL OR subject IN ('project', 'model3d', 'update'))"
"""What has been shown to a customer, in a booking or a conversation, stands."""

WALL: Sentences = {
    Document: [
        May("visitor", "read", f"audience = 'public' AND {PUBLISHED}"),
        May("customer", "read", f"{BY_MY_HAND} OR {SHOWN_TO_CUSTOMER} OR {SHOWN_TO_CUSTOMERS} OR {SHOWN_TO_BUYERS}"),
        May("customer", "add", f"{BY_MY_HAND} AND {MINE} AND audience = 'party' AND builder_id IS NULL AND {UNPLACED}"),
        May(
            "customer",
            "change",
            f"{BY_MY_HAND} AND subject IS NULL",
            becoming=f"""{BY_MY_HAND} AND builder_id = {MY_BUILDERS} AND ({MINE} OR booking_id = {MY_BOOKINGS})
                AND subject IN ('booking', 'message', 'change_request')""",
            only=PLACE,
        ),
        May("customer", "remove", f"{BY_MY_HAND} AND subject IS NULL"),
        May("builder", "read", SHOWN_TO_TEAM),
        May("builder", "add", f"{BY_OUR_HAND} AND uploaded_by = {ME} AND audience = 'team' AND customer_id IS NULL AND {UNPLACED}"),
        May(
            "builder",
            "change",
            STILL_OURS,
            becoming=f"{BY_OUR_HAND} AND (customer_id IS NULL OR customer_id = {OUR_CUSTOMERS})",
            only=(*PLACE, "audience", "is_published", "model_id", "edition", "kind"),
        ),
        May("builder", "remove", STILL_OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    StorageUse: [
        May("customer", "read", MINE),
        May("builder", "read", OURS),
        May("admin", "read", ALL),
        May("clerk", "read add change", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Model3D: [
        May("visitor", "read", f"publish_state = 'published' AND {PUBLISHED}"),
        May("customer", "read", f"publish_state = 'published' AND ({PUBLISHED} OR project_id = {MY_PROJECTS})"),
        May("builder", "read add change remove", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
