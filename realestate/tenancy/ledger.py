"""What has been written down of money stands, whoever speaks: the system too, and the clerk, whose triggers move the sums."""

from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.speakers import NOT_SYSTEM

_PAID = "SELECT coalesce(sum(a.principal + a.tax + a.interest), 0) FROM allocations a WHERE"
_BACK = "SELECT coalesce(sum(r.amount) FILTER (WHERE r.status {}), 0) FROM payments r WHERE r.refund_of_id = p.id"
_ASKED, _GONE = _BACK.format("<> 'rejected'"), _BACK.format("= 'completed'")

SUMS = Function(
    "ledger_sums()",
    f"""
    -- At the commit: what a payment or a line says of its allocations and refunds is what they sum to. Owned by the clerk so that row level
    -- security cannot shrink the sums; the row is locked by whoever has changed it, so that nobody adds to them meanwhile.
    CREATE FUNCTION ledger_sums() RETURNS trigger {DEFINER} AS $$
    BEGIN
        IF TG_TABLE_NAME = 'payments' AND EXISTS (SELECT FROM payments p WHERE p.id = NEW.id
                AND (p.allocated, p.going_back, p.refunded) <> (({_PAID} a.payment_id = p.id), ({_ASKED}), ({_GONE})))
            OR TG_TABLE_NAME = 'installments' AND EXISTS (SELECT FROM installments i WHERE i.id = NEW.id
                AND i.allocated <> ({_PAID} a.installment_id = i.id)) THEN
            RAISE EXCEPTION 'not what its parts sum to' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_sums';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"""CREATE CONSTRAINT TRIGGER ledger_sums_{name} AFTER {when} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN ({condition}) EXECUTE FUNCTION ledger_sums()"""
        for table, sums in (("payments", ("allocated", "going_back", "refunded")), ("installments", ("allocated",)))
        for name, when, condition in (
            ("add", "INSERT", " OR ".join(f"NEW.{column} <> 0" for column in sums)),
            ("change", f"UPDATE OF {', '.join(sums)}", " OR ".join(f"NEW.{column} <> OLD.{column}" for column in sums)),
        )
    ),
)

_PROPOSED = (
    *("builder_id", "project_id", "booking_id", "customer_id", "number", "reason", "currency", "amount", "tax_amount", "kept", "lines"),
    *("replaces", "content_hash", "created_by", "created_at"),
)
_KEY = ("builder_id", "project_id", "booking_id", "customer_id", "kind")


def _changes(*columns: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


REFUSALS = (
    ("payments", "payments_stand", _changes(*_KEY, "currency", "refund_of_id", "created_by")),
    # what a gateway was asked for may turn out to be another amount, before it counts
    ("payments", "amounts_stand", "NEW.amount <> OLD.amount AND NOT (OLD.kind = 'receipt' AND OLD.status = 'pending')"),
    ("installments", "lines_stay_where_they_are", _changes(*_KEY, "seq")),
    (  # what has a number was said to somebody (domain.md §3.3); of a paid part, what two have let go of becomes a line of its own
        "installments",
        "issued_amounts_stand",
        f"""OLD.demand_no IS NOT NULL AND {_changes("amount", "tax_amount")}
        AND ({NOT_SYSTEM} OR NEW.status <> 'paid' OR NEW.amount <> OLD.allocated)""",
    ),
    # what is proposed is agreed to as it was read, or not; and what came of it stands
    (
        "plan_amendments",
        "amendments_stand",
        f"OLD.status <> 'proposed' OR {_changes(*_PROPOSED)}",
    ),
    ("allocations", "allocations_stand", "true"),
    ("escrow_entries", "escrow_stands", "true"),
    # numbers have no gaps (domain.md §3.4)
    ("number_counters", "numbers_follow", f"{NOT_SYSTEM} AND NEW.last_number <> OLD.last_number + 1"),
)
"""For `invariants.REFUSE`, and but for the last for everybody: money is corrected by another payment, never by a change of what was written down."""
