"""What a caller must have done beyond its own rows: SQL functions owned by the clerk, each small, each checking for itself.

They reach rows that the caller cannot see, so `search_path` is pinned and nobody may call them but those named here.
"""

from dataclasses import dataclass

from realestate.models.accounts import PERMISSIONS
from realestate.tenancy.sentences import ME, MY_BUILDER


@dataclass(frozen=True, slots=True)
class Function:
    """`callers` are role words; `triggers` are CREATE TRIGGER statements that run it."""

    signature: str
    definition: str
    callers: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()


_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

_ROLES_BY_PERMISSION = " ".join(
    f"WHEN '{permission.value}' THEN ARRAY[{', '.join(sorted(repr(role.value) for role in roles))}]"
    for permission, roles in PERMISSIONS.items()
)

TELL = Function(
    "tell(jsonb)",
    f"""
    -- Recipients follow from the subject, never from the caller: its customers, its builder's members with a permission.
    CREATE FUNCTION tell(events jsonb) RETURNS void {_DEFINER} AS $$
    DECLARE
        me bigint := {ME};
        our_builder bigint := {MY_BUILDER};
        is_system boolean := current_setting('role') = 'realestate_worker';
        told_event int[]; told_user bigint[]; told_builder bigint[];
        person bigint; last bigint;
    BEGIN
        SELECT array_agg(n), array_agg(recipient.person), array_agg(subject.builder_id) INTO told_event, told_user, told_builder
        FROM jsonb_array_elements(events) WITH ORDINALITY AS said (event, n)
        CROSS JOIN LATERAL (
            SELECT b.builder_id, ARRAY(SELECT customer_id FROM booking_parties p WHERE p.booking_id = b.id) AS customers
            FROM bookings b WHERE event ->> 'subject' = 'booking' AND b.id = (event ->> 'id')::bigint
            UNION ALL
            SELECT m.builder_id, ARRAY(SELECT customer_id FROM booking_parties p WHERE p.booking_id = m.booking_id)
            FROM payments m WHERE event ->> 'subject' = 'payment' AND m.id = (event ->> 'id')::bigint
            UNION ALL
            SELECT i.builder_id, ARRAY(SELECT customer_id FROM booking_parties p WHERE p.booking_id = i.booking_id)
            FROM installments i WHERE event ->> 'subject' = 'installment' AND i.id = (event ->> 'id')::bigint
            UNION ALL
            SELECT h.builder_id, ARRAY[h.customer_id]
            FROM holds h WHERE event ->> 'subject' = 'hold' AND h.id = (event ->> 'id')::bigint
        ) AS subject
        CROSS JOIN LATERAL (
            SELECT unnest(subject.customers) WHERE (event ->> 'customer')::boolean
            UNION
            SELECT u.id FROM users u WHERE u.builder_id = subject.builder_id AND u.is_active
                AND EXISTS (SELECT FROM jsonb_array_elements_text(event -> 'permissions') AS one (permission)
                    WHERE u.team_role = ANY (CASE permission {_ROLES_BY_PERMISSION} END))
        ) AS recipient (person)
        WHERE recipient.person IS DISTINCT FROM me AND (is_system OR subject.builder_id = our_builder OR me = ANY (subject.customers));

        IF told_user IS NULL THEN RETURN; END IF;

        -- Lock the counters in one order for everybody, or two transactions that tell the same two people deadlock.
        INSERT INTO notification_counters (user_id, seq) SELECT DISTINCT t.person, 0 FROM unnest(told_user) AS t (person) ORDER BY 1
            ON CONFLICT DO NOTHING;
        PERFORM FROM notification_counters WHERE user_id = ANY (told_user) ORDER BY user_id FOR UPDATE;

        -- Drop what was already said before numbering: a number taken for a duplicate would leave a gap.
        FOR person, last IN WITH fresh AS (
            SELECT DISTINCT ON (t.person, event ->> 'dedupe_key') t.n, t.person, t.builder, event
            FROM unnest(told_event, told_user, told_builder) AS t (n, person, builder)
            JOIN jsonb_array_elements(events) WITH ORDINALITY AS said (event, n) ON said.n = t.n
            WHERE NOT EXISTS (
                SELECT FROM notifications o WHERE o.user_id = t.person AND o.dedupe_key = event ->> 'dedupe_key'
            )
            ORDER BY t.person, event ->> 'dedupe_key', t.n
        ), added AS (
            INSERT INTO notifications (user_id, builder_id, seq, type, category, priority, title, message, params,
                related_entity_type, related_entity_id, action_url, dedupe_key)
            SELECT fresh.person, builder, c.seq + row_number() OVER (PARTITION BY fresh.person ORDER BY n), event ->> 'type', event ->> 'category',
                event ->> 'priority', event ->> 'title', event ->> 'message', event -> 'params',
                event ->> 'subject', (event ->> 'id')::bigint, event ->> 'action_url', event ->> 'dedupe_key'
            FROM fresh JOIN notification_counters c ON c.user_id = fresh.person
            RETURNING user_id, seq
        ), counted AS (
            UPDATE notification_counters c SET seq = top.seq FROM (SELECT user_id, max(seq) AS seq FROM added GROUP BY user_id) AS top
            WHERE c.user_id = top.user_id RETURNING c.user_id, c.seq
        )
        SELECT user_id, seq FROM counted LOOP
            PERFORM pg_notify('inbox', person || ':' || last);  -- delivered at commit, if ever
        END LOOP;
    END $$
    """,
    callers=("customer", "builder", "admin", "worker"),
)

RECORD = Function(
    "record(jsonb)",
    f"""
    -- Who acted is the transaction's own word, except for what the system did on its way (`system`) and for the doorman's sign-ins.
    CREATE FUNCTION record(acts jsonb) RETURNS void {_DEFINER} AS $$
    BEGIN
        INSERT INTO audit_events (builder_id, actor_id, actor_role, action, entity_type, entity_id, details, request_id)
        SELECT coalesce({MY_BUILDER}, (act ->> 'builder_id')::bigint),
            CASE WHEN (act ->> 'system')::boolean THEN NULL ELSE coalesce({ME}, (act ->> 'actor_id')::bigint) END,
            act ->> 'role', act ->> 'action', act ->> 'subject', (act ->> 'id')::bigint, act -> 'details', act ->> 'request_id'
        FROM jsonb_array_elements(acts) WITH ORDINALITY AS said (act, n) ORDER BY n;
    END $$
    """,
    callers=("customer", "builder", "admin", "worker", "doorman"),
)

ALLOCATE = Function(
    "allocation_moves()",
    f"""
    -- The row locks of these updates serialise concurrent allocations; the CHECKs of both tables refuse what is too much.
    CREATE FUNCTION allocation_moves() RETURNS trigger {_DEFINER} AS $$
    DECLARE
        one allocations := coalesce(NEW, OLD);
        moved bigint := (one.principal + one.tax + one.interest) * CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
    BEGIN
        UPDATE payments SET allocated = allocated + moved, updated_at = now() WHERE id = one.payment_id;
        UPDATE installments SET allocated = allocated + moved, updated_at = now(),
            status = CASE allocated + moved WHEN amount THEN 'paid' WHEN 0 THEN 'demanded' ELSE 'partially_paid' END
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
    CREATE FUNCTION schedule_sums() RETURNS trigger {_DEFINER} AS $$
    DECLARE
        one bigint := CASE TG_TABLE_NAME WHEN 'bookings' THEN (to_jsonb(NEW) ->> 'id')::bigint
            ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'booking_id')::bigint END;
    BEGIN
        IF EXISTS (
            SELECT FROM bookings b WHERE b.id = one AND b.status IN ('reserved', 'token_paid', 'booking_confirmed', 'agreement_signed',
                'registered', 'possession_offered', 'handed_over', 'cancellation_requested')
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
    CREATE FUNCTION price_range_follows() RETURNS trigger {_DEFINER} AS $$
    DECLARE
        one bigint;
    BEGIN
        FOR one IN EXECUTE CASE TG_LEVEL WHEN 'ROW' THEN 'SELECT ($1).project_id' ELSE 'SELECT DISTINCT project_id FROM changed ORDER BY 1' END
            USING NEW
        LOOP
            PERFORM FROM projects WHERE id = one FOR NO KEY UPDATE;
            UPDATE projects SET price_range_min = r.low, price_range_max = r.high
            FROM (SELECT min(price) AS low, max(price) AS high FROM units WHERE project_id = one) AS r
            WHERE id = one AND r.low IS NOT NULL;
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

FUNCTIONS = (TELL, RECORD, ALLOCATE, SCHEDULE, PRICE_RANGE)
