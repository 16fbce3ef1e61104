"""What holds between a change request and its charges, whoever writes."""

from realestate.models.bookings import ACTIVE
from realestate.models.change_requests import AGREED, ChangeRequest
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.speakers import ME, NOT_SYSTEM

_GOING_ON = tuple(status.value for status in ACTIVE)  # with its booking, what is still owed for a change ends
_AGREED = tuple(status.value for status in AGREED)
_STEPS = tuple((source.value, target.value) for sources, target in ChangeRequest.EDGES.values() for source in sources)
_PRICE = ("quote_version", "quote_lines", "estimated_cost", "tax_amount", "estimated_timeline_days", "quote_valid_until")
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in _PRICE) for row in ("OLD", "NEW"))
_IS_PRICED = f"({_NEW}) IS DISTINCT FROM ({_OLD}) OR NEW.status = 'quoted' AND OLD.status <> 'quoted'"
_NEXT_PRICE = "NEW.status = 'quoted' AND NEW.quote_version = OLD.quote_version + 1"
_SIGNED_ANEW = "(NEW.quoted_by, NEW.quoted_at) IS DISTINCT FROM (OLD.quoted_by, OLD.quoted_at)"
_BY_ME_NOW = f"NEW.quoted_by = {ME} AND NEW.quoted_at = now()"
_AGREED_ANEW = "NEW.accepted_at IS DISTINCT FROM OLD.accepted_at"

CHARGED = Function(
    "changes_are_charged()",
    f"""
    -- A customer may say yes; only with its addendum and exactly its charges, which the system writes, does that last to the commit.
    CREATE FUNCTION changes_are_charged() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one bigint := CASE TG_TABLE_NAME WHEN 'change_requests' THEN (to_jsonb(NEW) ->> 'id')::bigint
            ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'change_request_id')::bigint END;
    BEGIN
        IF EXISTS (
            SELECT FROM change_requests c JOIN bookings b ON b.id = c.booking_id WHERE c.id = one AND b.status IN {_GOING_ON} AND (
                num_nonnulls(c.addendum, c.accepted_at) <> CASE WHEN c.status IN {_AGREED} THEN 2 ELSE 0 END
                OR CASE WHEN c.status IN {_AGREED} THEN c.estimated_cost ELSE 0 END
                    <> (SELECT coalesce(sum(i.amount), 0) FROM installments i
                        WHERE i.change_request_id = one AND i.status NOT IN ('cancelled', 'waived')))
        ) THEN
            RAISE EXCEPTION 'the charges are not those agreed on' USING ERRCODE = 'check_violation', CONSTRAINT = 'changes_are_charged';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        "CREATE CONSTRAINT TRIGGER changes_are_charged AFTER "
        f"{when} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {only} EXECUTE FUNCTION changes_are_charged()"
        for when, only in (
            ("INSERT OR UPDATE OF status, estimated_cost, addendum, accepted_at ON change_requests", ""),
            ("INSERT OR UPDATE OF amount, status, change_request_id ON installments", "WHEN (NEW.change_request_id IS NOT NULL)"),
        )
    ),
)

REFUSALS = (
    ("change_requests", "change_steps", f"NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN {_STEPS}"),
    ("change_requests", "prices_are_new", f"({_IS_PRICED}) AND NOT ({_NEXT_PRICE})"),
    ("change_requests", "prices_are_ones_own", f"{NOT_SYSTEM} AND ({_IS_PRICED} OR {_SIGNED_ANEW}) AND ({_BY_ME_NOW}) IS NOT TRUE"),
    ("change_requests", "agreed_to_now", f"{NOT_SYSTEM} AND {_AGREED_ANEW} AND NEW.accepted_at <> now()"),
    (
        "installments",
        "paid_lines_stand",
        "NEW.status IN ('cancelled', 'waived') AND NEW.status <> OLD.status AND NEW.allocated = NEW.amount AND NEW.amount > 0",
    ),
)
"""For `invariants.REFUSE`: a price is never altered, only followed by another; who names one, and who agrees, does so in their own name
and now; and what has been paid was owed."""
