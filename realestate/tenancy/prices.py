"""What holds of the prices of units and of the time of holds, whoever writes."""

from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.speakers import NOT_SYSTEM

LINES = Function(
    "price_is_its_lines()",
    f"""
    -- A price that consists of lines is what those of them sum to that are in the plan.
    CREATE FUNCTION price_is_its_lines() RETURNS trigger {DEFINER} AS $$
    BEGIN
        IF NEW.price IS DISTINCT FROM (SELECT sum((line ->> 'amount')::numeric * 100) FROM jsonb_array_elements(NEW.price_lines) AS line
            WHERE (line ->> 'in_plan')::boolean) THEN
            RAISE EXCEPTION 'the lines do not sum to the price' USING ERRCODE = 'check_violation', CONSTRAINT = 'price_is_its_lines';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER price_is_its_lines_{name} AFTER {when} ON units FOR EACH ROW WHEN (NEW.price_lines <> '[]') "
        "EXECUTE FUNCTION price_is_its_lines()"
        for name, when in (("add", "INSERT"), ("change", "UPDATE OF price, price_lines"))
    ),
)

_LAST = "NEW.price_history -> -1"
_ENTERED = f"""jsonb_array_length(NEW.price_history) = jsonb_array_length(OLD.price_history) + 1 AND NEW.price_history @> OLD.price_history
    AND ({_LAST} ->> 'old')::numeric * 100 = OLD.price AND ({_LAST} ->> 'new')::numeric * 100 = NEW.price
    AND {_LAST} ->> 'by' = current_setting('app.user_id', true)"""
_FORGOTTEN = f"""(NEW.price, NEW.price_history) IS DISTINCT FROM (OLD.price, OLD.price_history)
    AND (NEW.price = OLD.price OR ({_ENTERED}) IS NOT TRUE)"""

REFUSALS = (
    ("units", "prices_leave_history", f"{NOT_SYSTEM} AND {_FORGOTTEN}"),
    (
        "holds",
        "extensions_count",
        f"""{NOT_SYSTEM} AND (NEW.expires_at, NEW.extensions) <> (OLD.expires_at, OLD.extensions)
        AND NEW.extensions <> OLD.extensions + 1""",
    ),
)
"""For `invariants.REFUSE`: a new price is entered with who said it, and a hold is longer by an extension only."""
