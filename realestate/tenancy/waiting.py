"""Whose turn it is: who waits for a unit cannot see the others who do, and still wants to know how many are before them."""

from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.sentences import ME, MY_BUILDER, SITES

POSITION = Function(
    "waitlist_position(bigint)",
    f"""
    -- Which place a booking that waits has on its unit's list, 1 being the next. The number and nothing else, and of nobody else's booking:
    -- NULL where the caller does not see it, or it does not wait.
    CREATE FUNCTION waitlist_position(one bigint) RETURNS integer STABLE {DEFINER} AS $$
    BEGIN
        RETURN (SELECT nullif(count(others.id), 0) FROM bookings mine
            JOIN bookings others ON others.unit_id = mine.unit_id AND others.status = 'waitlisted' AND others.id <= mine.id
            WHERE mine.id = one AND mine.status = 'waitlisted' AND (mine.customer_id = {ME}
                OR mine.builder_id = {MY_BUILDER} AND coalesce(mine.project_id = ANY ({SITES}), true)
                    AND coalesce(mine.customer_id = ANY (my_customers()), true)
                OR current_setting('role') IN ('realestate_worker', 'realestate_admin')));
    END $$
    """,
    callers=("customer", "builder", "admin", "worker"),
)
