"""What everybody has been told of it, in SQL, as `tell` would have: not whoever did it, and numbered per user without gaps."""

# Each with the words that its text is made of, in the order of `stories.PARAMETERS`.
EVENTS = """
CREATE TEMP TABLE large_events ON COMMIT DROP AS
SELECT event, at, s.builder_id, s.customer_id, owner_id, 'booking' AS subject, b.id AS subject_id, words
FROM large_sales s
JOIN bookings b ON b.id = :first_booking + s.n
JOIN units u ON u.id = b.unit_id
JOIN projects p ON p.id = b.project_id
CROSS JOIN LATERAL (SELECT ARRAY[tower || '-' || unit_number, project_name] AS home, ARRAY[booking_number, tower || '-' || unit_number,
    project_name] AS sale) AS names
CROSS JOIN LATERAL (VALUES
    (CASE s.status WHEN 'inquiry' THEN 'booking_inquired' WHEN 'waitlisted' THEN 'booking_waitlisted' END, booked_at, home),
    (CASE WHEN s.status NOT IN ('inquiry', 'waitlisted') THEN 'booking_reserved' END, booked_at, sale || ARRAY[
        'INR ' || to_char(token_amount / 100.0, 'FM999,999,999,990.00'),
        to_char(booked_at + interval '72 hours', 'DD Mon YYYY, HH24:MI "UTC"')]),
    (CASE token WHEN 'cleared' THEN 'booking_token_paid' END, booked_at + interval '1 day', sale),
    (CASE WHEN b.confirmed_at IS NOT NULL THEN 'booking_confirmed' END, b.confirmed_at, sale),
    (CASE s.status WHEN 'rejected' THEN 'booking_rejected' END, booked_at + interval '2 days', sale || b.status_reason),
    (CASE s.status WHEN 'cancelled' THEN 'booking_cancelled' END, booked_at + interval '2 days', sale),
    (CASE s.status WHEN 'expired' THEN 'booking_expired' END, booked_at + interval '80 hours', sale)
) AS happened (event, at, words)
WHERE event IS NOT NULL
UNION ALL
SELECT 'receipt_cleared', paid_at, builder_id, customer_id, owner_id, 'payment', :first_payment + n,
    ARRAY['BK-' || lpad(CAST(booking_id AS text), 6, '0'), 'INR ' || to_char(amount / 100.0, 'FM999,999,999,990.00'), receipt_no]
FROM large_payments WHERE NOT waits
UNION ALL
SELECT 'demand_issued', falls_on + interval '30 minutes', builder_id, customer_id, owner_id, 'installment', :first_line + n,
    ARRAY['BK-' || lpad(CAST(booking_id AS text), 6, '0'), 'INR ' || to_char(amount / 100.0, 'FM999,999,999,990.00'), name, demand_no,
        to_char(due_date, 'DD Mon YYYY'), '']
FROM large_lines WHERE demand_no IS NOT NULL"""

NOTIFICATIONS = """
INSERT INTO notifications (user_id, builder_id, seq, type, category, priority, title, message, params, related_entity_type,
    related_entity_id, action_url, dedupe_key, is_routed, is_read, read_at, created_at, updated_at)
SELECT user_id, builder_id, seq, event, category, priority, title, format(message, VARIADIC words), jsonb_object(parameters, words),
    subject, subject_id, '/' || subject || 's/' || subject_id, event || ':' || subject || ':' || subject_id, true, is_read,
    CASE WHEN is_read THEN at + interval '5 hours' END, at, at
FROM (
    SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY at, event, subject_id) AS seq
    FROM large_events JOIN large_tellings USING (event)
    CROSS JOIN LATERAL (SELECT CASE recipient WHEN 'customer' THEN customer_id WHEN 'owner' THEN owner_id WHEN 'sales' THEN owner_id + 1
        ELSE owner_id + 2 END AS user_id) AS person
    WHERE at >= CAST(:today AS timestamptz) - interval '560 days'
) AS told
CROSS JOIN LATERAL (SELECT at < CAST(:today AS timestamptz) - interval '8 days'
    OR at < CAST(:today AS timestamptz) - interval '1 day' AND seq % 3 = 0 AS is_read) AS state
ORDER BY user_id, seq"""

COUNTERS = """
INSERT INTO notification_counters (user_id, seq)
SELECT user_id, max(seq) FROM notifications WHERE user_id >= :first_member GROUP BY user_id"""
