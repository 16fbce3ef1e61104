"""Units, holds and favourites."""

from sqlalchemy import Column

from realestate.models.units import Favourite, Hold, Unit
from realestate.tenancy.sentences.words import ALL, CLAIM_OVER, ME, MINE, MY_UNITS, OUR_CUSTOMERS, OURS, PUBLISHED, May, Sentences

_COLUMNS = (attribute for attribute in Unit.__mapper__.column_attrs if isinstance(attribute.columns[0], Column))
UNIT_ON_SHOW = tuple(column.key for column in _COLUMNS if column.group != "private")
UNIT_CLAIM = ("status", "customer_id", "held_by_user_id", "hold_expires_at", "hold_price", "hold_count", "version", "updated_at")

BEGINNING = "ended_at IS NULL AND extensions = 0 AND terms IS NULL"

IN_SIGHT = "unit_id = (SELECT u.id FROM units u WHERE u.id = unit_id)"
"""What does not exist is not told from what the customer may not see."""

WALL: Sentences = {
    Unit: [
        May("visitor", "read", f"{PUBLISHED} AND status <> 'unreleased'", only=UNIT_ON_SHOW),
        May("customer", "read", f"{PUBLISHED} AND status <> 'unreleased' OR {MINE} OR id = {MY_UNITS}", only=UNIT_ON_SHOW),
        May(
            "customer",
            "change",
            f"{PUBLISHED} AND (status = 'available' OR {CLAIM_OVER}) OR {MINE} AND status IN ('held', 'reserved')",
            becoming=f"status = 'available' AND customer_id IS NULL OR status IN ('held', 'reserved') AND {MINE} AND hold_expires_at IS NOT NULL",
            only=UNIT_CLAIM,
        ),
        May("builder", "read change remove", OURS),
        May("builder", "add", f"{OURS} AND status IN ('unreleased', 'available')"),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Hold: [
        May("customer", "read", MINE),
        May("customer", "add", f"{MINE} AND created_by = {ME} AND {BEGINNING}"),
        May("customer", "change", MINE, only=("ended_at", "ended_by", "updated_at")),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND customer_id = {OUR_CUSTOMERS} AND created_by = {ME} AND ended_at IS NULL AND extensions = 0"),
        May("builder", "change", OURS, only=("ended_at", "ended_by", "expires_at", "extensions", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Favourite: [
        May("customer", "read remove", MINE),
        May("customer", "add", f"{MINE} AND {IN_SIGHT}"),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
