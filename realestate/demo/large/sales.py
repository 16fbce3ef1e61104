"""What was sold to whom, in SQL: units with the claims on them, holds, bookings and leads."""

# Ten bookings in each project of fifty units. The even ones go round all customers, the odd ones round a quarter, who so buy more often.
SALES = """
CREATE TEMP TABLE large_sales ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY booked_at, b) - 1 AS n, :first_builder + project_n / 50 AS builder_id,
    :first_member + project_n / 50 * 3 AS owner_id, :first_project + project_n AS project_id,
    project_n * 50 + place % 10 * 5 + place % 5 AS unit_n, CAST(NULL AS bigint) AS price, :first_customer + customer_n AS customer_id, s.*,
    age, booked_at, CASE WHEN is_unpaid THEN booked_at + interval '72 hours' END AS expires_at,
    CASE WHEN unit_status IN ('booked', 'sold', 'handed_over') THEN booked_at + interval '3 days' END AS confirmed_at
FROM generate_series(0, CAST(:builders AS bigint) * 500 - 1) AS b
JOIN large_stories s ON s.position = b % 100
CROSS JOIN LATERAL (SELECT b / 100 * 10 + place / 10 AS project_n,
    CASE b % 2 WHEN 0 THEN b / 2 % :customers ELSE (b / 2 + b / 2 / (:customers / 4) * 34) % (:customers / 4) END AS customer_n,
    youngest + pg_temp.roll(b, 30, oldest - youngest + 1) AS age) AS made
CROSS JOIN LATERAL (SELECT CAST(:today AS timestamptz) - make_interval(days => age, mins => -240 - pg_temp.roll(b, 31, 480)) AS booked_at
) AS past"""

# One unit in a hundred is held for a week by the builder's sales; some holds have run out and nobody has looked since. None ends today.
HELD = """
CREATE TEMP TABLE large_holds ON COMMIT DROP AS
SELECT unit_n, :first_builder + unit_n / 2500 AS builder_id, :first_customer + pg_temp.roll(unit_n, 32, :customers) AS customer_id,
    :first_member + unit_n / 2500 * 3 + 1 AS held_by, held_at, held_at + interval '168 hours' AS expires_at
FROM generate_series(1, CAST(:builders AS bigint) * 2500 - 1, 100) AS unit_n
CROSS JOIN LATERAL (SELECT pg_temp.pick(ARRAY['1', '2', '3', '4', '5', '6', '8', '9'], unit_n, 33) AS days) AS past
CROSS JOIN LATERAL (SELECT CAST(:today AS timestamptz) - make_interval(days => CAST(days AS int), hours => -6) AS held_at) AS made"""

CLAIMS = """
CREATE TEMP TABLE large_claims ON COMMIT DROP AS
SELECT unit_n, unit_status, customer_id, expires_at, CAST(NULL AS bigint) AS held_by, coalesce(confirmed_at, booked_at) AS claimed_at
FROM large_sales WHERE unit_status IS NOT NULL
UNION ALL SELECT unit_n, 'held', customer_id, expires_at, held_by, held_at FROM large_holds"""

UNITS = """
INSERT INTO units (builder_id, project_id, is_published, tower, unit_number, unit_type, floor_number, stack, area_sqft, built_up_area,
    super_area, price, status, status_reason, facing, bedrooms, bathrooms, balconies, parking_spaces, floor_plan_url, features, customer_id,
    held_by_user_id, hold_expires_at, hold_price, hold_count, created_at, updated_at)
SELECT p.builder_id, p.id, p.is_published, tower, CAST(floor * 100 + k.stack + 1 AS text), unit_type, floor, '0' || k.stack + 1, area,
    area * 1.15, area * 1.32, price, coalesce(unit_status, free), CASE WHEN unit_status IS NULL AND free = 'blocked' THEN 'Model flat' END,
    pg_temp.pick(ARRAY['north', 'north_east', 'east', 'south_east', 'south', 'south_west', 'west', 'north_west'], n, 40),
    bedrooms, bathrooms, balconies, parking, 'https://placehold.co/1000x800?text=floor+plan',
    CAST(CASE k.stack WHEN 0 THEN '["Corner unit"]' ELSE '[]' END AS jsonb), customer_id, held_by, expires_at,
    CASE unit_status WHEN 'held' THEN price END, CASE unit_status WHEN 'held' THEN 1 ELSE 0 END, released, coalesce(claimed_at, released)
FROM generate_series(0, CAST(:builders AS bigint) * 2500 - 1) AS n
CROSS JOIN LATERAL (SELECT CASE n % 50 / 25 WHEN 0 THEN 'A' ELSE 'B' END AS tower, n % 25 / 5 + 1 AS floor,
    CASE WHEN n / 50 % 10 < 8 AND n % 25 >= 20 THEN 'unreleased' WHEN pg_temp.roll(n, 41, 30) = 0 THEN 'blocked'
        ELSE 'available' END AS free) AS place
JOIN projects p ON p.id = :first_project + n / 50
JOIN large_cities c ON c.city = p.location_city
JOIN large_stacks k ON k.project_type = p.project_type AND k.stack = n % 5
LEFT JOIN large_claims l ON l.unit_n = n
CROSS JOIN LATERAL (SELECT p.created_at + interval '3 days' AS released,
    round(area * rate * factor * (80 + pg_temp.roll(n / 50, 42, 41)) / 100 * (1 + floor / 200.0), -4) * 100 AS price) AS worth
ORDER BY n"""

# What the trigger `price_range_follows` would have done project by project.
PRICE_RANGES = """
UPDATE projects SET price_range_min = low, price_range_max = high
FROM (SELECT project_id, min(price) AS low, max(price) AS high FROM units WHERE project_id >= :first_project GROUP BY project_id) AS prices
WHERE id = project_id"""

HOLDS = """
INSERT INTO holds (builder_id, project_id, unit_id, customer_id, created_by, price, expires_at, created_at, updated_at)
SELECT u.builder_id, project_id, u.id, h.customer_id, held_by, hold_price, expires_at, held_at, held_at
FROM large_holds h JOIN units u ON u.id = :first_unit + unit_n ORDER BY held_at, unit_n"""

PRICED = """
UPDATE large_sales SET price = u.price FROM units u WHERE u.id = :first_unit + unit_n"""

BOOKINGS = """
INSERT INTO bookings (builder_id, project_id, unit_id, customer_id, status, status_reason, token_amount, total_amount, currency, cost_sheet,
    payment_plan, plan_snapshot, needs_loan, booking_date, reserve_expires_at, confirmed_at, agreement_no, agreement_date,
    actual_registration_date, promised_possession_date, created_at, updated_at)
SELECT s.builder_id, project_id, :first_unit + unit_n, customer_id, s.status,
    CASE s.status WHEN 'rejected' THEN 'The documents could not be verified.' WHEN 'cancelled' THEN 'We are moving abroad.' END,
    CASE WHEN is_interest THEN 0 ELSE token_amount END, price, 'INR', CASE WHEN is_interest THEN '{}' ELSE cost_sheet END,
    plan, CASE WHEN is_interest THEN '{}' ELSE snapshot END, pg_temp.roll(s.n, 50, 4) = 0, booked_at, expires_at, confirmed_at,
    CASE WHEN is_registered THEN 'AG-' || s.n END, CASE WHEN is_registered THEN CAST(booked_at AS date) + 90 END,
    CASE WHEN is_registered THEN CAST(booked_at AS date) + 110 END, p.promised_possession_date, booked_at, coalesce(confirmed_at, booked_at)
FROM large_sales s JOIN large_prices USING (plan, price) JOIN projects p ON p.id = project_id
CROSS JOIN LATERAL (SELECT s.status IN ('inquiry', 'waitlisted') AS is_interest, s.status IN ('registered', 'handed_over') AS is_registered
) AS stage
ORDER BY s.n"""

PARTIES = """
INSERT INTO booking_parties (builder_id, project_id, booking_id, owner_id, customer_id, role, share, created_at, updated_at)
SELECT builder_id, project_id, :first_booking + n, customer_id, customer_id, 'owner', 1000000, booked_at, booked_at FROM large_sales ORDER BY n"""

LEADS = """
INSERT INTO leads (builder_id, customer_id, source, stage, assigned_to, created_at, updated_at)
SELECT builder_id, customer_id, (array_agg(source ORDER BY at))[1], CASE WHEN bool_or(has_bought) THEN 'booked' ELSE 'contacted' END,
    :first_member + (builder_id - :first_builder) * 3 + 1, min(at) AS met, min(at)
FROM (
    SELECT builder_id, customer_id, CASE WHEN status IN ('inquiry', 'waitlisted') THEN 'enquiry' ELSE 'booking' END AS source,
        booked_at AS at, confirmed_at IS NOT NULL AS has_bought
    FROM large_sales
    UNION ALL SELECT builder_id, customer_id, 'team', held_at, false FROM large_holds
) AS known
GROUP BY builder_id, customer_id ORDER BY met, builder_id, customer_id"""
