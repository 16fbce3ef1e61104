"""What holds of money that moves, whoever writes."""

from realestate.models.payments import BODY_DAYS, CLEARED, Payment, PaymentKind, Waiver
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.speakers import ME, NOT_CLERK, NOT_SYSTEM

_CLEARED = tuple(status.value for status in CLEARED)

REFUND = Function(
    "refund_moves()",
    f"""
    -- The row lock of this update serialises concurrent refunds of a receipt; its CHECKs refuse what is too much.
    CREATE FUNCTION refund_moves() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one payments := coalesce(NEW, OLD);
        claimed bigint := 0; gone bigint := 0;
    BEGIN
        IF TG_OP <> 'DELETE' THEN
            claimed := CASE WHEN NEW.status <> 'rejected' THEN NEW.amount ELSE 0 END;
            gone := CASE WHEN NEW.status = 'completed' THEN NEW.amount ELSE 0 END;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            claimed := claimed - CASE WHEN OLD.status <> 'rejected' THEN OLD.amount ELSE 0 END;
            gone := gone - CASE WHEN OLD.status = 'completed' THEN OLD.amount ELSE 0 END;
        END IF;
        UPDATE payments SET going_back = going_back + claimed, refunded = refunded + gone, updated_at = now(),
            status = CASE WHEN gone = 0 THEN status WHEN refunded + gone = amount THEN 'refunded'
                WHEN refunded + gone = 0 THEN 'completed' ELSE 'partially_refunded' END
        WHERE id = one.refund_of_id AND kind IN ('receipt', 'interest_credit') AND status IN {_CLEARED};
        IF NOT FOUND AND (claimed, gone) <> (0, 0) THEN
            RAISE EXCEPTION 'not a receipt whose money has come' USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_a_cleared_receipt';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=(
        "CREATE TRIGGER refund_moves AFTER INSERT OR UPDATE OF status ON payments FOR EACH ROW WHEN (NEW.kind = 'refund') EXECUTE FUNCTION refund_moves()",
        "CREATE TRIGGER refund_goes AFTER DELETE ON payments FOR EACH ROW WHEN (OLD.kind = 'refund') EXECUTE FUNCTION refund_moves()",
    ),
)

NOTE = Function(
    "credit_note_undoes()",
    f"""
    -- With the note its demand is gone, and not without one. A line of the plan waits again; what was added to the plan is owed no more.
    -- No interest stays of a demand that there was not.
    CREATE FUNCTION credit_note_undoes() RETURNS trigger {DEFINER} AS $$
    BEGIN
        UPDATE installments SET status = CASE kind WHEN 'installment' THEN 'scheduled' ELSE 'cancelled' END, updated_at = now(),
            demanded_at = CASE WHEN kind <> 'installment' THEN demanded_at END, demand_no = CASE WHEN kind <> 'installment' THEN demand_no END,
            demand_state = CASE WHEN kind <> 'installment' THEN demand_state END, proof = CASE WHEN kind <> 'installment' THEN proof END,
            due_date = CASE kind WHEN 'installment' THEN NEW.again_on ELSE due_date END
        WHERE id = NEW.installment_id AND status = 'demanded' AND allocated = 0 AND change_request_id IS NULL
            AND (demand_no, demanded_at, amount, tax_amount) = (NEW.demand_no, NEW.demanded_at, NEW.amount, NEW.tax_amount)
            AND NOT EXISTS (SELECT FROM installments AS i WHERE i.interest_of_id = NEW.installment_id AND i.status NOT IN ('cancelled', 'waived'));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'not a demand of which nothing is paid' USING ERRCODE = 'check_violation', CONSTRAINT = 'credited_while_unpaid';
        END IF;
        DELETE FROM reminders WHERE installment_id = NEW.installment_id;  -- what is demanded anew is recalled anew
        RETURN NULL;
    END $$
    """,
    triggers=("CREATE TRIGGER credit_note_undoes AFTER INSERT ON credit_notes FOR EACH ROW EXECUTE FUNCTION credit_note_undoes()",),
)

LAPSE = Function(
    "plans_lapse()",
    f"""
    -- A proposal of other lines ends with the first of those that it would replace, unless it is what ends them.
    CREATE FUNCTION plans_lapse() RETURNS trigger {DEFINER} AS $$
    BEGIN
        UPDATE plan_amendments SET status = 'lapsed', decided_at = now(), updated_at = now()
        WHERE booking_id = NEW.booking_id AND status = 'proposed' AND NEW.id = ANY (replaces);
        RETURN NULL;
    END $$
    """,
    triggers=(
        """CREATE TRIGGER plans_lapse AFTER UPDATE OF status ON installments FOR EACH ROW
        WHEN (OLD.status = 'scheduled' AND NEW.status <> 'scheduled' AND NEW.kind = 'installment') EXECUTE FUNCTION plans_lapse()""",
    ),
)

_STEPS = tuple(
    (kind.value, source.value, target.value)
    for event, (sources, target) in Payment.EDGES.items()
    for kind in PaymentKind
    if event in Payment.steps_of(kind)
    for source in sources
)
_BY_REFUNDS = tuple((kind, source, target) for kind in ("receipt", "interest_credit") for source in _CLEARED for target in _CLEARED)
"""Steps of a receipt that its CHECK ties to what has gone back."""

_WAIVING = tuple((source.value, target.value) for sources, target in Waiver.EDGES.values() for source in sources)
_ISSUED = ("demanded_at", "demand_no", "due_date", "proof", "demand_state")
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in _ISSUED) for row in ("OLD", "NEW"))

REFUSALS = (
    ("waivers", "waiver_steps", f"NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN {_WAIVING}"),
    (
        "waivers",
        "decided_in_person",
        f"""{NOT_SYSTEM} AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at)
        AND (OLD.decided_by IS NOT NULL OR NEW.decided_by IS DISTINCT FROM {ME})""",
    ),
    ("installments", "waived_by_two", f"{NOT_SYSTEM} AND NEW.status = 'waived' AND OLD.status <> 'waived'"),
    (  # what is paid the trigger says; what ends, the system
        "installments",
        "line_steps",
        f"""{NOT_SYSTEM} AND {NOT_CLERK} AND NEW.status NOT IN (OLD.status, 'waived')
        AND (OLD.status, NEW.status) <> ('scheduled', 'demanded')""",
    ),
    (
        "installments",
        "demanded_once",
        f"{NOT_SYSTEM} AND {NOT_CLERK} AND OLD.demanded_at IS NOT NULL AND ({_NEW}) IS DISTINCT FROM ({_OLD})",
    ),
    ("payments", "payment_steps", f"NEW.status <> OLD.status AND (NEW.kind, OLD.status, NEW.status) NOT IN {_STEPS + _BY_REFUNDS}"),
    (
        "gateway_events",
        "messages_stand",
        f"NEW.body IS DISTINCT FROM OLD.body AND (NEW.body IS NOT NULL OR OLD.received_at > now() - interval '{BODY_DAYS} days')",
    ),
    (
        "payments",
        "gateway_says_what_came",
        f"""{NOT_SYSTEM} AND NEW.checkout_url IS NOT NULL AND NEW.status <> OLD.status
        AND OLD.status IN ('pending', 'clearance_pending', 'failed', 'cancelled')""",
    ),
    (
        "payment_issues",
        "settled_in_person",
        f"""{NOT_SYSTEM} AND (OLD.status <> 'open' OR NEW.status <> 'dismissed' OR NEW.resolved_by IS DISTINCT FROM {ME}
        OR NEW.resolved_at <> now())""",
    ),
    (
        "payments",
        "approved_in_person",
        (
            f"{NOT_SYSTEM} AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at)"
            f" AND (OLD.approved_by IS NOT NULL OR (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM ({ME}, now()))"
        ),
    ),
    (
        "payments",
        "moved_on_its_day",  # only a refund learns when and how it was paid
        (
            f"{NOT_SYSTEM} AND (NEW.payment_date, NEW.transaction_id) IS DISTINCT FROM (OLD.payment_date, OLD.transaction_id)"
            " AND NOT (NEW.kind = 'refund' AND OLD.status <> 'completed' AND NEW.status = 'completed')"
        ),
    ),
    (
        "payments",
        "goes_when_agreed_to",  # the day is that of its project: nowhere is it earlier than twelve hours behind
        (
            f"{NOT_SYSTEM} AND NEW.kind = 'refund' AND OLD.status <> 'completed' AND NEW.status = 'completed'"
            " AND NEW.payment_date < ((NEW.approved_at - interval '12 hours') AT TIME ZONE 'UTC')::date"
        ),
    ),
)
"""For `invariants.REFUSE`."""
