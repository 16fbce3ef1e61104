"""What the clerk answers about a booking beyond the columns that a role may read: a number where rows are somebody else's, or what only some
of those who see the row are to know."""

from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.sentences import INSIDERS, ME, MY_BUILDER, SITES

_SYSTEM = "current_setting('role') IN ('realestate_worker', 'realestate_admin')"
_OURS = f"""mine.builder_id = {MY_BUILDER} AND coalesce(mine.project_id = ANY ({SITES}), true)
    AND coalesce(mine.customer_id = ANY (my_customers()), true)"""
"""As the wall shows bookings to a member of the team, limited or not."""

POSITION = Function(
    "waitlist_position(bigint)",
    f"""
    -- Which place a booking that waits has on its unit's list, 1 being the next: who waits cannot see the others who do. The number and nothing
    -- else, and of nobody else's booking: NULL where the caller does not see it, or it does not wait.
    CREATE FUNCTION waitlist_position(one bigint) RETURNS integer STABLE {DEFINER} AS $$
    BEGIN
        RETURN (SELECT nullif(count(others.id), 0) FROM bookings mine
            JOIN bookings others ON others.unit_id = mine.unit_id AND others.status = 'waitlisted' AND others.id <= mine.id
            WHERE mine.id = one AND mine.status = 'waitlisted' AND (mine.customer_id = {ME} OR {_OURS} OR {_SYSTEM}));
    END $$
    """,
    callers=("customer", "builder", "admin", "worker"),
)

PARTICULARS = Function(
    "particulars(bigint)",
    f"""
    -- Who stands behind a booking: for its owner of record, not for co-applicants, and for those of the team who sell or sign. What the team
    -- thinks of granting is its own. NULL for everybody else.
    CREATE FUNCTION particulars(one bigint) RETURNS jsonb STABLE {DEFINER} AS $$
    BEGIN
        RETURN (SELECT jsonb_build_object('kyc_checklist', mine.kyc_checklist, 'nominees', mine.nominees,
                'discount_request', CASE WHEN mine.customer_id IS DISTINCT FROM {ME} THEN mine.discount_request END)
            FROM bookings mine WHERE mine.id = one AND (mine.customer_id = {ME} OR current_setting('role') = 'realestate_worker'
                OR {_OURS} AND EXISTS (SELECT FROM users u WHERE u.id = {ME} AND u.builder_id = mine.builder_id AND u.team_role IN {INSIDERS})));
    END $$
    """,
    callers=("customer", "builder", "worker"),
)

ANSWERS = (POSITION, PARTICULARS)
