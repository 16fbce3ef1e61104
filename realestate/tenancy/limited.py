"""Whom a limited member of a team knows: what its restrictive policies (`sentences.limits`) ask, answered by the clerk, who sees all rows."""

from collections.abc import Iterable, Iterator

from realestate.models.base import Base
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.sentences import IS_OWN, ME, MY_BUILDER, SITES
from realestate.tenancy.speakers import ME as SPEAKER


def _customers(tables: Iterable[str], condition: str) -> str:
    return " UNION ALL ".join(f"SELECT customer_id FROM {table} WHERE builder_id = {MY_BUILDER} AND {condition}" for table in tables)


def _tables_with(column: str) -> Iterator[str]:
    """And a customer. What hangs on a booking says nothing that its parties do not, nor a unit; and one NULL would let everybody in."""
    for table in Base.metadata.sorted_tables:
        customer, booking = table.columns.get("customer_id"), table.columns.get("booking_id")
        is_first = booking is None or booking.nullable or table.name == "booking_parties"
        if customer is not None and not customer.nullable and column in table.columns and is_first:
            yield table.name


_GIVEN = "current_setting('app.given_away', true)"
_ASSIGNED = f"""{_customers(_tables_with("assigned_to"), f"assigned_to = {ME}")}
    UNION ALL SELECT unnest(string_to_array(nullif({_GIVEN}, ''), ',')::bigint[])"""
_MET_AT_SITES = _customers(_tables_with("project_id"), "project_id = ANY (sites)")

MY_CUSTOMERS = Function(
    "my_customers()",
    f"""
    -- Whom a seller looks after: those whose lead, visit … is assigned to it. NULL: no such limit.
    CREATE FUNCTION my_customers() RETURNS bigint[] STABLE {DEFINER} AS $$
    BEGIN
        IF NOT coalesce({IS_OWN}, false) THEN RETURN NULL; END IF;
        RETURN ARRAY({_ASSIGNED});
    END $$
    """,
    callers=("builder",),
)

CUSTOMERS_OF_MY_SITES = Function(
    "customers_of_my_sites()",
    f"""
    -- Whom a member who is limited to some projects knows: who has something to do with one of them, or is assigned to it. NULL: no such limit.
    CREATE FUNCTION customers_of_my_sites() RETURNS bigint[] STABLE {DEFINER} AS $$
    DECLARE
        sites bigint[] := {SITES};
    BEGIN
        IF sites IS NULL THEN RETURN NULL; END IF;
        RETURN ARRAY({_MET_AT_SITES} UNION ALL {_ASSIGNED});
    END $$
    """,
    callers=("builder",),
)

GIVE_AWAY = Function(
    "give_away()",
    f"""
    -- Who gives a customer to a colleague sees it until the end of the transaction: to say what was done, and to whom.
    CREATE FUNCTION give_away() RETURNS trigger {DEFINER} AS $$
    BEGIN
        PERFORM set_config('app.given_away', concat_ws(',', nullif({_GIVEN}, ''), OLD.customer_id), true);
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"""CREATE TRIGGER give_away AFTER UPDATE OF assigned_to ON {table} FOR EACH ROW
        WHEN (OLD.assigned_to = {SPEAKER} AND NEW.assigned_to IS DISTINCT FROM OLD.assigned_to) EXECUTE FUNCTION give_away()"""
        for table in _tables_with("assigned_to")
    ),
)

LIMITING = (MY_CUSTOMERS, CUSTOMERS_OF_MY_SITES, GIVE_AWAY)
