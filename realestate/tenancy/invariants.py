"""What PostgreSQL holds by itself, whoever writes: triggers of the clerk's, so that row level security cannot shrink what they look at."""

from realestate.models.bookings import ACTIVE
from realestate.tenancy import changes, escrow, ledger, money, moves, prices, visits
from realestate.tenancy.agreements import EDITIONS
from realestate.tenancy.changes import CHARGED
from realestate.tenancy.conversations import CONVERSATIONS, STAND
from realestate.tenancy.derived import DERIVED
from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.owners import LAST_OWNER
from realestate.tenancy.speakers import CUSTOMER, ME, NOT_SYSTEM
from realestate.tenancy.visits import MOVED

_ACTIVE = tuple(status.value for status in ACTIVE)

ALLOCATE = Function(
    "allocation_moves()",
    f"""
    -- The row locks of these updates serialise concurrent allocations; the CHECKs of both tables refuse what is too much.
    CREATE FUNCTION allocation_moves() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one allocations := coalesce(NEW, OLD);
        moved bigint := (one.principal + one.tax + one.interest) * CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
    BEGIN
        UPDATE payments SET allocated = allocated + moved, updated_at = now() WHERE id = one.payment_id;
        UPDATE installments SET allocated = allocated + moved, updated_at = now(),
            status = CASE WHEN status IN ('cancelled', 'waived') THEN status WHEN allocated + moved = amount THEN 'paid'
                WHEN allocated + moved = 0 THEN 'demanded' ELSE 'partially_paid' END
        WHERE id = one.installment_id;
        RETURN NULL;
    END $$
    """,
    triggers=("CREATE TRIGGER allocation_moves AFTER INSERT OR DELETE ON allocations FOR EACH ROW EXECUTE FUNCTION allocation_moves()",),
)

SCHEDULE = Function(
    "schedule_sums()",
    f"""
    -- Owned by the clerk so that row level security cannot shrink the sum. A booking that claims its unit owes exactly its price.
    CREATE FUNCTION schedule_sums() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one bigint;
    BEGIN
        IF TG_TABLE_NAME = 'bookings' THEN one := NEW.id; ELSIF TG_OP = 'DELETE' THEN one := OLD.booking_id; ELSE one := NEW.booking_id; END IF;
        IF EXISTS (
            SELECT FROM bookings b WHERE b.id = one AND b.status IN {_ACTIVE}
            AND b.total_amount <> (SELECT coalesce(sum(i.amount), 0) FROM installments i
                WHERE i.booking_id = one AND i.kind = 'installment' AND i.status <> 'cancelled')
        ) THEN
            RAISE EXCEPTION 'the schedule does not sum to the total' USING ERRCODE = 'check_violation', CONSTRAINT = 'schedule_sums';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE CONSTRAINT TRIGGER schedule_sums AFTER {when} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION schedule_sums()"
        for when in (
            "INSERT OR DELETE OR UPDATE OF amount, status, kind ON installments",
            "INSERT OR UPDATE OF total_amount, status ON bookings",
        )
    ),
)

# ── Terms: the system alone may do otherwise ────────────────────────────────────────────────────────────────────────────────

_WAS_OPEN = "OLD.status IN ('inquiry', 'site_visit_scheduled', 'waitlisted')"
_TERMS = ("unit_id", "customer_id", "total_amount", "token_amount", "discount", "currency", "payment_plan", "plan_snapshot", "cost_sheet")
_HISTORY_SHRANK = """(NEW.history <> OLD.history AND NOT (NEW.history @> OLD.history AND
    jsonb_array_length(NEW.history) > jsonb_array_length(OLD.history)) OR NEW.progress_percentage < OLD.progress_percentage AND NEW.history = OLD.history)"""
_OLD, _NEW = (", ".join(f"{row}.{term}" for term in _TERMS) for row in ("OLD", "NEW"))

PRICE = Function(
    "priced_by_its_unit()",
    f"""
    -- AFTER, like all that follows: the wall refuses first, or somebody could ask whether a unit that they cannot see has this price.
    -- Whoever claims a unit does so at its price of that moment, or at the one that the customer's hold has frozen.
    CREATE FUNCTION priced_by_its_unit() RETURNS trigger {DEFINER} AS $$
    DECLARE
        amount bigint;
    BEGIN
        IF TG_TABLE_NAME = 'holds' THEN amount := NEW.price; ELSE amount := NEW.total_amount; END IF;
        PERFORM FROM units u WHERE u.id = NEW.unit_id AND (u.price = amount OR u.customer_id = NEW.customer_id AND u.hold_price = amount)
            AND CASE TG_TABLE_NAME WHEN 'holds' THEN to_jsonb(NEW) -> 'price_lines' = u.price_lines ELSE true END;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'not the price of the unit' USING ERRCODE = 'check_violation', CONSTRAINT = 'priced_by_its_unit';
        END IF;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER priced_by_its_unit_{name} AFTER {when} AND {NOT_SYSTEM}) EXECUTE FUNCTION priced_by_its_unit()"
        for name, when in (
            ("hold", "INSERT ON holds FOR EACH ROW WHEN (true"),
            ("booking", f"INSERT ON bookings FOR EACH ROW WHEN (NEW.status IN {_ACTIVE}"),
            ("enquiry", f"UPDATE OF status ON bookings FOR EACH ROW WHEN ({_WAS_OPEN} AND NEW.status IN {_ACTIVE}"),
        )
    ),
)

REFUSE = Function(
    "refuse_change()",
    f"""
    -- What may not change says the WHEN of each trigger, whose name is that of the refusal.
    CREATE FUNCTION refuse_change() RETURNS trigger {DEFINER} AS $$
    BEGIN
        RAISE EXCEPTION '%', TG_NAME USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse_change()"
        for table, name, condition in (
            ("bookings", "terms_stand", f"{NOT_SYSTEM} AND NOT {_WAS_OPEN} AND ({_NEW}) IS DISTINCT FROM ({_OLD})"),
            (
                "bookings",
                "clock_runs",
                f"{CUSTOMER} AND NOT {_WAS_OPEN} AND NEW.reserve_expires_at IS DISTINCT FROM OLD.reserve_expires_at",
            ),
            (
                "units",
                "clock_runs",  # a claim that goes on keeps its end; only a hold becomes a reserve, with a new one
                f"""{CUSTOMER} AND NEW.customer_id = OLD.customer_id AND (NEW.status = OLD.status OR OLD.status = 'reserved')
                AND NEW.hold_expires_at IS DISTINCT FROM OLD.hold_expires_at""",
            ),
            (
                "projects",
                "overall_progress_follows",
                """current_user LIKE 'realestate_builder%' AND (NEW.overall_progress, NEW.certified_progress)
                <> (OLD.overall_progress, OLD.certified_progress)""",
            ),
            (
                "project_progress",
                "certified_by_oneself",  # what is taken back keeps the name of whoever certified the rest
                f"""{NOT_SYSTEM} AND (NEW.certified_by <> OLD.certified_by OR OLD.certified_by IS NULL AND NEW.certified_by IS NOT NULL
                OR NEW.certified_percentage > OLD.certified_percentage OR NEW.certified_at > OLD.certified_at)
                AND NEW.certified_by IS DISTINCT FROM {ME}""",
            ),
            ("project_progress", "history_grows", f"{NOT_SYSTEM} AND {_HISTORY_SHRANK}"),
            (
                "construction_updates",
                "published_stands",
                f"""{NOT_SYSTEM} AND OLD.published_at IS NOT NULL
                AND (NEW.published_at, NEW.seq) IS DISTINCT FROM (OLD.published_at, OLD.seq)""",
            ),
            (
                "construction_updates",
                "retracted_stands",  # its project may still be published or withdrawn
                f"{NOT_SYSTEM} AND OLD.retracted_at IS NOT NULL AND NEW.project_is_published = OLD.project_is_published",
            ),
            ("units", "frozen_price", f"{NOT_SYSTEM} AND NEW.hold_price <> NEW.price AND NEW.hold_price IS DISTINCT FROM OLD.hold_price"),
            *(("messages", name, f"{NOT_SYSTEM} AND {condition}") for name, condition in STAND),
            *changes.REFUSALS,
            *visits.REFUSALS,
            *money.REFUSALS,
            *escrow.REFUSALS,
            *ledger.REFUSALS,
            *prices.REFUSALS,
            *moves.REFUSALS,
        )
    ),
)

INVARIANTS = (
    ALLOCATE,
    SCHEDULE,
    money.REFUND,
    money.NOTE,
    money.LAPSE,
    *escrow.ESCROW,
    ledger.SUMS,
    *DERIVED,
    PRICE,
    prices.LINES,
    CHARGED,
    EDITIONS,
    MOVED,
    REFUSE,
    *CONVERSATIONS,
    LAST_OWNER,
    *moves.KEPT,
)
