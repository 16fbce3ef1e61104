"""What is said and done in everybody's name at a commit: `tell` writes into inboxes, `record` into the audit."""

from realestate.tenancy.functions import DEFINER, Function
from realestate.tenancy.sentences import ME, MY_BUILDER, SITES
from realestate.tenancy.subjects import BROADCASTS, BUYERS, WHOSE
from realestate.tenancy.telling import TELLING

_IN_SIGHT = f"""coalesce(subject.project_id = ANY ({SITES}), true) 
    AND (subject.customers = '{{}}' OR me = ANY (subject.customers) OR coalesce(subject.customers && (SELECT my_customers()), true))"""
"""Whether a limited member speaks of what the wall shows it."""


TELL = Function(
    "tell(jsonb)",
    f"""
    -- Recipients follow from the subject, never from the caller: its customers, its builder's members with a permission. So does what
    -- counts as said before; `part` tells apart what may be said of one subject twice. What is said follows from what has happened (see
    -- `telling`), and customers can only say what a customer can have done. Links stay on the portal's site.
    CREATE FUNCTION tell(events jsonb) RETURNS void {DEFINER} AS $$
    DECLARE
        me bigint := {ME};
        our_builder bigint := {MY_BUILDER};
        is_system boolean := current_setting('role') = 'realestate_worker';
        is_admin boolean := current_setting('role') = 'realestate_admin';
        told_event int[]; told_user bigint[]; told_builder bigint[]; told_notice boolean[];
        person bigint; last bigint;
    BEGIN
        IF EXISTS (SELECT FROM jsonb_array_elements(events) AS event WHERE event ->> 'action_url' !~ '^/[A-Za-z0-9][A-Za-z0-9/_?=&#.-]*$') THEN
            RAISE EXCEPTION 'not a path on the site' USING ERRCODE = 'check_violation', CONSTRAINT = 'action_url_is_a_path';
        END IF;
        events := (SELECT jsonb_agg(event || telling(event ->> 'type', event -> 'params') ORDER BY n)
            FROM jsonb_array_elements(events) WITH ORDINALITY AS said (event, n));
        IF current_setting('role') = 'realestate_customer' AND events @> '[{{"by_customers": false}}]' THEN
            RAISE EXCEPTION 'this is no act of a customer''s' USING ERRCODE = 'insufficient_privilege';
        END IF;

        -- A notice is one to whom it concerns; its builder's members may mute what they hear of it.
        SELECT array_agg(n), array_agg(recipient.person), array_agg(subject.builder_id),
            array_agg((event ->> 'is_legal')::boolean AND recipient.person = ANY (subject.customers))
        INTO told_event, told_user, told_builder, told_notice
        FROM jsonb_array_elements(events) WITH ORDINALITY AS said (event, n)
        CROSS JOIN LATERAL (SELECT w.builder_id, w.project_id, coalesce(buyers(event ->> 'subject', (event ->> 'id')::bigint), w.customers) AS customers, w.team
            FROM whose(event ->> 'subject', (event ->> 'id')::bigint) AS w) AS subject
        CROSS JOIN LATERAL (
            SELECT unnest(subject.customers) WHERE (event ->> 'to_customers')::boolean
            UNION
            SELECT u.id FROM users u WHERE u.builder_id = subject.builder_id AND u.is_active
                AND (subject.team IS NULL OR u.id = ANY (subject.team))
                AND event -> 'roles' ? u.team_role
                -- a limited member hears of what it may see
                AND coalesce(subject.project_id = ANY (u.project_scope), true)
                AND (u.id = ANY (subject.team) OR u.team_role <> 'sales' OR subject.customers = '{{}}' OR EXISTS (SELECT FROM leads l
                    WHERE l.builder_id = u.builder_id AND l.customer_id = ANY (subject.customers) AND l.assigned_to = u.id))
        ) AS recipient (person)
        WHERE recipient.person IS DISTINCT FROM me AND (is_system OR subject.builder_id = our_builder AND {_IN_SIGHT}
            OR is_admin AND event ->> 'subject' = 'builder'
            OR me = ANY (subject.customers) AND event ->> 'subject' NOT IN {BROADCASTS});

        IF told_user IS NULL THEN RETURN; END IF;

        -- Lock the counters in one order for everybody, or two transactions that tell the same two people deadlock.
        INSERT INTO notification_counters (user_id, seq) SELECT DISTINCT t.person, 0 FROM unnest(told_user) AS t (person) ORDER BY 1
            ON CONFLICT DO NOTHING;
        PERFORM FROM notification_counters WHERE user_id = ANY (told_user) ORDER BY user_id FOR UPDATE;

        -- Drop what was already said before numbering: a number taken for a duplicate would leave a gap.
        FOR person, last IN WITH fresh AS (
            SELECT DISTINCT ON (t.person, key) t.n, t.person, t.builder, t.is_notice, event, key
            FROM unnest(told_event, told_user, told_builder, told_notice) AS t (n, person, builder, is_notice)
            JOIN jsonb_array_elements(events) WITH ORDINALITY AS said (event, n) ON said.n = t.n
            CROSS JOIN LATERAL concat_ws(':', event ->> 'type', event ->> 'subject', (event ->> 'id')::bigint, event ->> 'part') AS key
            WHERE NOT EXISTS (SELECT FROM notifications o WHERE o.user_id = t.person AND o.dedupe_key = key)
            ORDER BY t.person, key, t.n
        ), added AS (
            INSERT INTO notifications (user_id, builder_id, seq, type, category, priority, title, message, params,
                related_entity_type, related_entity_id, action_url, dedupe_key, is_read, read_at)
            SELECT fresh.person, builder, c.seq + row_number() OVER (PARTITION BY fresh.person ORDER BY n), event ->> 'type', event ->> 'category',
                event ->> 'priority', event ->> 'title', event ->> 'message', event -> 'params',
                event ->> 'subject', (event ->> 'id')::bigint, event ->> 'action_url', key, is_muted, CASE WHEN is_muted THEN now() END
            FROM fresh JOIN notification_counters c ON c.user_id = fresh.person JOIN users u ON u.id = fresh.person
            -- what somebody has muted is there, but does not wait for them; notices do
            CROSS JOIN LATERAL (SELECT NOT is_notice
                AND coalesce(u.notification_prefs #>> ARRAY['channels', event ->> 'category', 'in_app'] = 'false', false)) AS muted (is_muted)
            RETURNING user_id, seq
        ), counted AS (
            UPDATE notification_counters c SET seq = top.seq FROM (SELECT user_id, max(seq) AS seq FROM added GROUP BY user_id) AS top
            WHERE c.user_id = top.user_id RETURNING c.user_id, c.seq
        )
        SELECT user_id, seq FROM counted LOOP
            PERFORM announce('inbox', person || ':' || last);  -- delivered at commit, if ever
        END LOOP;
    END $$
    """,
    callers=("customer", "builder", "admin", "worker"),
)

RECORD = Function(
    "record(jsonb)",
    f"""
    -- Who acted, and for whom, is what the transaction has said of itself; whose act it is follows from the subject. What is gone by now
    -- was its builder's to remove. The doorman, who lets people in before anybody speaks as them, may name the user that it is about.
    CREATE FUNCTION record(acts jsonb) RETURNS void {DEFINER} AS $$
    DECLARE
        me bigint := {ME};
        our_builder bigint := {MY_BUILDER};
        who text := split_part(current_setting('role'), '_', 2);  -- 'builder' whether limited or not
        written bigint;
    BEGIN
        PERFORM pg_current_xact_id();  -- before an id is drawn: `services.sealing` counts on it
        INSERT INTO audit_events (builder_id, actor_id, actor_role, action, entity_type, entity_id, details, request_id)
        SELECT CASE who WHEN 'builder' THEN our_builder ELSE subject.builder_id END,
            CASE who WHEN 'worker' THEN NULL WHEN 'doorman' THEN nullif(act -> 'actor_id', 'null')::bigint ELSE me END,
            who, act ->> 'action', act ->> 'subject', (act ->> 'id')::bigint, act -> 'details', act ->> 'request_id'
        FROM jsonb_array_elements(acts) WITH ORDINALITY AS said (act, n)
        LEFT JOIN LATERAL whose(act ->> 'subject', (act ->> 'id')::bigint) AS subject ON true
        WHERE CASE who
            WHEN 'worker' THEN true
            WHEN 'admin' THEN act ->> 'subject' IN ('builder', 'setting', 'job')
            WHEN 'doorman' THEN act ->> 'subject' = 'user' AND coalesce(act -> 'actor_id', 'null') IN ('null', act -> 'id')
            WHEN 'builder' THEN subject.builder_id IS NULL OR subject.builder_id = our_builder AND {_IN_SIGHT}
            ELSE me = ANY (subject.customers) END
        ORDER BY n;
        GET DIAGNOSTICS written = ROW_COUNT;
        IF written < jsonb_array_length(acts) THEN
            RAISE EXCEPTION 'an act on what is none of the caller''s business' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END $$
    """,
    callers=("customer", "builder", "admin", "worker", "doorman"),
)


CALLED = (WHOSE, BUYERS, TELLING, TELL, RECORD)
