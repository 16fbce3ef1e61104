"""The words of the sentences: who, what, and the conditions that several rooms speak of."""

from dataclasses import dataclass

from realestate.models.accounts import PERMISSIONS, Permission
from realestate.models.base import Base
from realestate.models.bookings import ACTIVE


@dataclass(frozen=True, slots=True)
class May:
    """One permission. `becoming` is what a row must look like afterwards; `only` names columns, else all of them."""

    who: str
    what: str  # words of: read add change remove
    rows: str
    becoming: str | None = None
    only: tuple[str, ...] = ()


# An unset variable is NULL at first and '' later: both mean nobody. The sub-select makes it one look-up per query, not one per row.
ME = "(SELECT nullif(current_setting('app.user_id', true), '')::bigint)"
MY_BUILDER = "(SELECT nullif(current_setting('app.builder_id', true), '')::bigint)"

ALL = "true"
OURS = f"builder_id = {MY_BUILDER}"
MINE = f"customer_id = {ME}"
MY_INBOX = f"user_id = {ME}"
PUBLISHED = "is_published"
CLAIM_OVER = "status IN ('held', 'reserved') AND hold_expires_at <= now()"
# A many-to-many is always = ANY(ARRAY(…)): fifty times faster under a policy than IN or EXISTS.
MY_BOOKINGS = f"ANY (ARRAY(SELECT booking_id FROM booking_parties WHERE {MINE}))"
# What a policy reads is behind the wall too: to a customer, `bookings`, `holds` and `appointments` are its own.
MY_PROJECTS = (
    "ANY (ARRAY(SELECT project_id FROM bookings UNION ALL SELECT project_id FROM holds UNION ALL SELECT project_id FROM appointments))"
)
MY_UNITS = "ANY (ARRAY(SELECT unit_id FROM bookings))"
# What a claim that goes on gives access to: an ended booking or hold does not.
CLAIMED = f"""(SELECT project_id, unit_id FROM bookings
    WHERE status IN {tuple(status.value for status in ACTIVE)} AND (reserve_expires_at IS NULL OR reserve_expires_at > now())
    UNION ALL SELECT project_id, unit_id FROM holds WHERE ended_at IS NULL AND expires_at > now()) AS claimed"""
MY_CLAIMED_PROJECTS = f"ANY (ARRAY(SELECT project_id FROM {CLAIMED}))"
MY_CLAIMED_UNITS = f"ANY (ARRAY(SELECT unit_id FROM {CLAIMED}))"
# A hold is no purchase, and neither is a reserve whose time has passed.
BOUGHT_INTO = f"""ANY (ARRAY(SELECT project_id FROM bookings
    WHERE status IN {tuple(status.value for status in ACTIVE)} AND (reserve_expires_at IS NULL OR reserve_expires_at > now())))"""
MY_BUILDERS = f"ANY (ARRAY(SELECT builder_id FROM leads WHERE {MINE}))"
# Those of a team who sell or sign: they alone read who stands behind a booking.
INSIDERS = tuple(sorted(role.value for role in PERMISSIONS[Permission.units_hold] | PERMISSIONS[Permission.agreements_sign]))
I_AM_INSIDER = f"(SELECT count(*) > 0 FROM users WHERE id = {ME} AND {OURS} AND team_role IN {INSIDERS})"
# A builder does not come to know somebody by its own doing: what it adds is for customers who have come to it, or whom we have told it of.
OUR_CUSTOMERS = f"ANY (ARRAY(SELECT customer_id FROM leads WHERE {OURS}))"

Sentences = dict[type[Base], list[May]]
