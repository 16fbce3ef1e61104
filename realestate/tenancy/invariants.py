"""What PostgreSQL holds by itself, whoever writes: triggers of the clerk's, so that row level security cannot shrink what they look at."""

from realestate.models.bookings import ACTIVE
from realestate.tenancy import changes, money, prices, visits
from realestate.tenancy.agreements import EDITIONS
from realestate.tenancy.changes import CHARGED
from realestate.tenancy.conversations import CONVERSATIONS, STAND
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

PRICE_RANGE = Function(
    "price_range_follows()",
    f"""
    -- The project row is locked first and read in a statement of its own: two writers of units would each miss the other's price.
    CREATE FUNCTION price_range_follows() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one bigint; sites bigint[]; mark text;
    BEGIN
        IF TG_LEVEL = 'ROW' THEN
            -- The first row of a statement finds all of them changed: once is enough, however many there are.
            SELECT concat_ws(':', pg_current_xact_id(), u.cmin, u.project_id) INTO mark FROM units u WHERE u.id = NEW.id;
            IF mark = current_setting('app.price_range', true) THEN RETURN NULL; END IF;
            PERFORM set_config('app.price_range', mark, true);
            sites := ARRAY[NEW.project_id];
        ELSE EXECUTE 'SELECT array_agg(DISTINCT project_id ORDER BY project_id) FROM changed' INTO sites; END IF;
        FOREACH one IN ARRAY coalesce(sites, '{{}}') LOOP
            PERFORM FROM projects WHERE id = one FOR NO KEY UPDATE;
            UPDATE projects SET price_range_min = r.low, price_range_max = r.high
            FROM (SELECT min(price) AS low, max(price) AS high FROM units WHERE project_id = one) AS r
            WHERE id = one AND r.low IS NOT NULL AND (price_range_min, price_range_max) IS DISTINCT FROM (r.low, r.high);
        END LOOP;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER price_range_follows_{name} AFTER {when} EXECUTE FUNCTION price_range_follows()"
        for name, when in (
            ("add", "INSERT ON units REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"),
            ("remove", "DELETE ON units REFERENCING OLD TABLE AS changed FOR EACH STATEMENT"),
            ("change", "UPDATE OF price ON units FOR EACH ROW WHEN (OLD.price <> NEW.price)"),
        )
    ),
)

OVERALL = Function(
    "overall_progress_follows()",
    f"""
    -- As with prices: the project is locked first, then read in a statement of its own. Of a phase that several scopes define, the widest
    -- counts; of one that several towers or units share, their average by weight.
    CREATE FUNCTION overall_progress_follows() RETURNS trigger {DEFINER} AS $$
    DECLARE
        one bigint; total numeric; done numeric;
    BEGIN
        FOR one IN EXECUTE CASE TG_LEVEL WHEN 'ROW' THEN 'SELECT ($1).project_id' ELSE 'SELECT DISTINCT project_id FROM changed ORDER BY 1' END
            USING NEW
        LOOP
            PERFORM FROM projects WHERE id = one FOR NO KEY UPDATE;
            SELECT round(sum(weight), 2), sum(weight * reached) / nullif(sum(weight), 0) INTO total, done FROM (
                SELECT avg(weight) AS weight, sum(weight * progress_percentage) / nullif(sum(weight), 0) AS reached FROM (
                    SELECT phase_key, weight, progress_percentage,
                        rank() OVER (PARTITION BY phase_key ORDER BY unit_id IS NOT NULL, tower IS NOT NULL) AS place
                    FROM project_progress WHERE project_id = one
                ) AS defined WHERE place = 1 GROUP BY phase_key
            ) AS phase;
            IF total > 100 THEN
                RAISE EXCEPTION 'the weights exceed 100' USING ERRCODE = 'check_violation', CONSTRAINT = 'weights_within_100';
            END IF;
            UPDATE projects SET overall_progress = coalesce(round(done, 2), 0) WHERE id = one;
        END LOOP;
        RETURN NULL;
    END $$
    """,
    triggers=tuple(
        f"CREATE TRIGGER overall_progress_follows_{name} AFTER {when} EXECUTE FUNCTION overall_progress_follows()"
        for name, when in (
            ("add", "INSERT ON project_progress REFERENCING NEW TABLE AS changed FOR EACH STATEMENT"),
            ("remove", "DELETE ON project_progress REFERENCING OLD TABLE AS changed FOR EACH STATEMENT"),
            (
                "change",
                """UPDATE OF weight, progress_percentage ON project_progress FOR EACH ROW
                WHEN ((OLD.weight, OLD.progress_percentage) IS DISTINCT FROM (NEW.weight, NEW.progress_percentage))""",
            ),
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
                "current_user LIKE 'realestate_builder%' AND NEW.overall_progress <> OLD.overall_progress",
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
            *prices.REFUSALS,
        )
    ),
)

INVARIANTS = (
    ALLOCATE,
    SCHEDULE,
    money.REFUND,
    PRICE_RANGE,
    OVERALL,
    PRICE,
    prices.LINES,
    CHARGED,
    EDITIONS,
    MOVED,
    REFUSE,
    *CONVERSATIONS,
    LAST_OWNER,
)
