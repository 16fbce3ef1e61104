"""What was owed and what has come, in SQL: schedules as `money.split` made them, receipts, and which pays what."""

# The lines whose time came before today are the first ones of each plan; they are paid, the last of them not by those who are late.
# What the booking itself triggers is owed without a notice: such a line has no year to be numbered in, hence no number.
LINES = """
CREATE TEMP TABLE large_lines ON COMMIT DROP AS
SELECT *, is_due AND token = 'cleared' AND NOT (is_late AND seq = count(*) FILTER (WHERE is_due) OVER (PARTITION BY booking_id)) AS is_paid,
    'D-' || year || '-' || lpad(CAST(row_number() OVER (PARTITION BY builder_id, year ORDER BY falls_on, n) AS text), 5, '0') AS demand_no
FROM (
    SELECT row_number() OVER (ORDER BY s.n, seq) - 1 AS n, :first_booking + s.n AS booking_id, builder_id, project_id, customer_id, owner_id, seq,
        name, amount, trigger, is_owed_at_once, due_date, falls_on, is_due, is_cancelled, booked_at, token, token_amount, is_late,
        CASE WHEN is_due AND NOT is_owed_at_once THEN pg_temp.financial_year(falls_on) END AS year
    FROM large_sales s
    JOIN large_prices USING (plan, price)
    CROSS JOIN LATERAL unnest(amounts) WITH ORDINALITY AS part (amount, seq)
    JOIN large_plans l USING (plan, seq)
    CROSS JOIN LATERAL (SELECT status IN ('rejected', 'cancelled', 'expired') AS is_cancelled,
        CAST(CAST(booked_at AS date) + waits AS date) AS due_date, CAST(booked_at AS date) + falls_in AS falls_on) AS stage
    CROSS JOIN LATERAL (SELECT NOT is_cancelled AND coalesce(age > falls_in, false) AS is_due) AS moment
    WHERE status NOT IN ('inquiry', 'waitlisted')
) AS owed"""

INSTALLMENTS = """
INSERT INTO installments (builder_id, project_id, booking_id, customer_id, seq, name, amount, allocated, trigger, status, due_date, demanded_at,
    demand_no, demand_state, created_at, updated_at)
SELECT builder_id, project_id, booking_id, customer_id, seq, name, amount, paid, trigger,
    CASE WHEN is_cancelled THEN 'cancelled' WHEN paid = amount THEN 'paid' WHEN paid > 0 THEN 'partially_paid'
        WHEN is_owed_at_once OR is_due THEN 'demanded' ELSE 'scheduled' END, due_date,
    CASE WHEN is_owed_at_once THEN booked_at WHEN is_due THEN falls_on + interval '30 minutes' END, demand_no, CASE WHEN demand_no IS NOT NULL THEN 'issued' END, booked_at, booked_at
FROM large_lines
CROSS JOIN LATERAL (
    SELECT CASE WHEN is_paid THEN amount WHEN seq = 1 AND token = 'cleared' THEN token_amount ELSE 0 END AS paid) AS received
ORDER BY n"""

# The token is part of the first line, whose rest comes when it falls due.
RECEIPTS = """
CREATE TEMP TABLE large_payments ON COMMIT DROP AS
SELECT *, 'R-' || year || '-' || lpad(CAST(row_number() OVER (PARTITION BY builder_id, year ORDER BY n) AS text), 5, '0') AS receipt_no
FROM (
    SELECT row_number() OVER (ORDER BY paid_at, line_n, payment_type) - 1 AS n, *,
        CASE WHEN NOT waits THEN pg_temp.financial_year(CAST(paid_at AS date)) END AS year
    FROM (
        SELECT n AS line_n, booking_id, builder_id, project_id, customer_id, owner_id, 'token' AS payment_type, token_amount AS amount,
            CASE token WHEN 'cheque' THEN token ELSE pg_temp.pick(ARRAY['upi', 'upi', 'card', 'online', 'cash'], n, 60) END AS method,
            booked_at + interval '1 day' AS paid_at, token = 'cheque' AS waits
        FROM large_lines WHERE seq = 1 AND token IS NOT NULL
        UNION ALL
        SELECT n, booking_id, builder_id, project_id, customer_id, owner_id, 'installment', amount - CASE seq WHEN 1 THEN token_amount ELSE 0 END,
            pg_temp.pick(ARRAY['bank_transfer', 'bank_transfer', 'bank_transfer', 'loan'], n, 61), falls_on + interval '10 hours', false
        FROM large_lines WHERE is_paid
    ) AS paid
) AS received"""

PAYMENTS = """
INSERT INTO payments (builder_id, project_id, booking_id, customer_id, payment_type, amount, allocated, currency, payment_method, status,
    payment_date, transaction_id, receipt_no, cleared_at, created_by, created_at, updated_at)
SELECT builder_id, project_id, booking_id, customer_id, payment_type, amount, CASE WHEN waits THEN 0 ELSE amount END, 'INR', method,
    CASE WHEN waits THEN 'clearance_pending' ELSE 'completed' END,
    CAST(paid_at AS date), CASE WHEN method <> 'cash' THEN upper(left(method, 4)) || '-' || lpad(CAST(n AS text), 8, '0') END,
    receipt_no, CASE WHEN NOT waits THEN paid_at END, owner_id + 2, paid_at, paid_at
FROM large_payments ORDER BY n"""

ALLOCATIONS = """
INSERT INTO allocations (builder_id, project_id, booking_id, customer_id, payment_id, installment_id, principal)
SELECT builder_id, project_id, booking_id, customer_id, :first_payment + n, :first_line + line_n, amount
FROM large_payments WHERE NOT waits ORDER BY n"""

NUMBERS = """
INSERT INTO number_counters (builder_id, series, year, last_number)
SELECT builder_id, 'receipt', year, count(*) FROM large_payments WHERE NOT waits GROUP BY builder_id, year
UNION ALL SELECT builder_id, 'demand', year, count(*) FROM large_lines WHERE year IS NOT NULL GROUP BY builder_id, year"""
