"""Who builds what where: companies with their teams, customers, projects. Everything is a function of a row's number, `n`."""

from realestate.demo.places import KINDS
from realestate.models.units import UnitType

PROJECTS_EACH, UNITS_EACH, CUSTOMERS_EACH = 50, 50, 250
"""Of a builder, of a project, for each builder."""
TEAM = ("owner", "sales", "finance")
LOGINS = ("large.builder@test.com", "large.customer@test.com")
DOMAIN = "large.example.com"

# Name, state, latitude, longitude, money per square foot.
CITIES = (
    ("Pune", "Maharashtra", 18.52, 73.86, 9500),
    ("Mumbai", "Maharashtra", 19.08, 72.88, 24000),
    ("Nagpur", "Maharashtra", 21.15, 79.09, 5200),
    ("Nashik", "Maharashtra", 20.00, 73.79, 4800),
    ("Bengaluru", "Karnataka", 12.97, 77.59, 10500),
    ("Mysuru", "Karnataka", 12.30, 76.64, 5600),
    ("Hyderabad", "Telangana", 17.39, 78.49, 8800),
    ("Chennai", "Tamil Nadu", 13.08, 80.27, 9200),
    ("Coimbatore", "Tamil Nadu", 11.02, 76.96, 5900),
    ("Kochi", "Kerala", 9.93, 76.27, 6800),
    ("Ahmedabad", "Gujarat", 23.02, 72.57, 6100),
    ("Vadodara", "Gujarat", 22.31, 73.18, 4500),
    ("Jaipur", "Rajasthan", 26.91, 75.79, 5800),
    ("Delhi", "Delhi", 28.61, 77.21, 18500),
    ("Gurugram", "Haryana", 28.46, 77.03, 14500),
    ("Noida", "Uttar Pradesh", 28.54, 77.39, 8600),
    ("Lucknow", "Uttar Pradesh", 26.85, 80.95, 5400),
    ("Kolkata", "West Bengal", 22.57, 88.36, 7400),
    ("Indore", "Madhya Pradesh", 22.72, 75.86, 5100),
    ("Panaji", "Goa", 15.49, 73.83, 9900),
)
CITY_COLUMNS = "spot int, city text, state text, latitude float8, longitude float8, rate int"

STATES = ["construction"] * 6 + ["planning"] * 3 + ["completed", "on_hold"]
"""Of eight projects in ten, in which proportions; the last two are complete and delivered: see `stories`."""

# What stands on the five stacks of a floor, by the type of the project.
_HOMES = (UnitType.one_bhk, UnitType.two_bhk, UnitType.two_bhk, UnitType.three_bhk, UnitType.four_bhk)
_DESKS = (UnitType.shop, UnitType.office, UnitType.office, UnitType.office, UnitType.office)
STACKS = {"residential": _HOMES, "mixed": (UnitType.shop, *_HOMES[1:]), "commercial": _DESKS}
STACK_COLUMNS = (
    "project_type text, stack int, unit_type text, area int, bedrooms int, bathrooms int, balconies int, parking int, factor numeric"
)


def stacks() -> list[tuple[object, ...]]:
    return [(word, stack, kind.value, *KINDS[kind]) for word, kinds in STACKS.items() for stack, kind in enumerate(kinds)]


BUILDERS = """
INSERT INTO builders (slug, company_name, contact_name, license_number, phone, address, website, description, logo_url, rating,
    verified, status, created_at, updated_at)
SELECT 'large-' || n,
    pg_temp.pick(:surnames, n, 1) || ' ' || pg_temp.pick(ARRAY['Homes', 'Estates', 'Habitat', 'Realty'], n, 2) || ' ' || n + 1,
    pg_temp.pick(:names, n, 3) || ' ' || pg_temp.pick(:surnames, n, 1), 'LARGE-' || n, '+9180' || 10000000 + n,
    n + 1 || ' Station Road', 'https://large-' || n || '.example.com', 'Homes and workplaces in twenty cities.',
    'https://placehold.co/200x200?text=' || n + 1, 3 + pg_temp.roll(n, 4, 20) / 10.0, true, 'active', founded, founded
FROM generate_series(0, CAST(:builders AS bigint) - 1) AS n
CROSS JOIN (SELECT CAST(:today AS timestamptz) - interval '2200 days' AS founded) AS past ORDER BY n"""

BUILDER_ACCOUNTS = """
INSERT INTO builder_accounts (builder_id) SELECT id FROM builders WHERE id >= :first_builder"""

TEAMS = """
INSERT INTO users (builder_id, user_type, team_role, email, full_name, phone, password_hash, is_verified, timezone, created_at, updated_at)
SELECT :first_builder + n / 3, 'builder', (CAST(:team AS text[]))[1 + n % 3],
    CASE n WHEN 0 THEN :builder_login ELSE 'team' || n || '@' || :domain END,
    pg_temp.pick(:names, n, 5) || ' ' || pg_temp.pick(:surnames, n, 6), '+9181' || 10000000 + n, :password_hash, true, 'Asia/Kolkata',
    joined, joined
FROM generate_series(0, CAST(:builders AS bigint) * 3 - 1) AS n
CROSS JOIN (SELECT CAST(:today AS timestamptz) - interval '2190 days' AS joined) AS past ORDER BY n"""

OWNERS = """
UPDATE builders SET owner_user_id = :first_member + (id - :first_builder) * 3 WHERE id >= :first_builder"""

CUSTOMER_USERS = """
INSERT INTO users (user_type, email, full_name, phone, password_hash, is_verified, created_at, updated_at)
SELECT 'customer', CASE n WHEN 0 THEN :customer_login ELSE 'customer' || n || '@' || :domain END,
    pg_temp.pick(:names, n, 7) || ' ' || pg_temp.pick(:surnames, n, 8), '+9190' || 10000000 + n, :password_hash, true, joined, joined
FROM generate_series(0, CAST(:customers AS bigint) - 1) AS n,
    LATERAL (SELECT CAST(:today AS timestamptz) - make_interval(days => 1000 + pg_temp.roll(n, 9, 500)) AS joined) AS past
ORDER BY n"""

CUSTOMERS = """
INSERT INTO customers (id, first_name, last_name, phone, address, date_of_birth, kyc_status, created_at, updated_at)
SELECT id, split_part(full_name, ' ', 1), split_part(full_name, ' ', 2), phone, 1 + n % 400 || ' Lake Road, ' || city,
    date '1962-01-01' + pg_temp.roll(n, 10, 13000), pg_temp.pick(ARRAY['verified', 'verified', 'submitted', 'not_started'], n, 11),
    created_at, updated_at
FROM users, LATERAL (SELECT id - :first_customer AS n) AS numbered
JOIN large_cities c ON c.spot = pg_temp.roll(n, 12, 20)
WHERE id >= :first_customer ORDER BY id"""

PROJECTS = """
INSERT INTO projects (builder_id, project_name, slug, description, project_type, status, publish_state, location_address, location_city,
    location_state, location_zipcode, latitude, longitude, jurisdiction, rera_number, total_units, project_area, amenities, towers,
    start_date, expected_completion_date, promised_possession_date, actual_completion_date, overall_progress, images, floor_plans,
    is_featured, rules, created_at, updated_at)
SELECT :first_builder + n / 50, name, lower(replace(name, ' ', '-')),
    name || ' stands in a quiet street of ' || city
        || ', ten minutes from the station, with a garden, a club house and no car above ground.',
    pg_temp.pick(ARRAY['residential', 'residential', 'residential', 'mixed', 'commercial'], n, 13), status,
    CASE pg_temp.roll(n, 14, 50) WHEN 0 THEN 'draft' ELSE 'published' END, 1 + n % 300 || ' ' || pg_temp.pick(:surnames, n, 15) || ' Road',
    city, state, CAST(400001 + n % 1000 AS text), latitude + (pg_temp.roll(n, 16, 2001) - 1000) / 10000.0,
    longitude + (pg_temp.roll(n, 17, 2001) - 1000) / 10000.0, 'in_rera', 'P' || 100000 + n, 50, 21000,
    '["Swimming pool", "Club house", "Gymnasium", "Jogging track", "24×7 security"]',
    '[{"code": "A", "name": "Tower A", "floors": 5, "stacks": ["01", "02", "03", "04", "05"]},
      {"code": "B", "name": "Tower B", "floors": 5, "stacks": ["01", "02", "03", "04", "05"]}]',
    launched + 60, ready, ready + 90, CASE WHEN is_ready THEN ready END,
    CASE WHEN is_ready THEN 100 WHEN status = 'planning' THEN 0 ELSE 10 + pg_temp.roll(n, 18, 80) END,
    jsonb_build_array('https://picsum.photos/seed/' || n || '-1/1200/800', 'https://picsum.photos/seed/' || n || '-2/1200/800',
        'https://picsum.photos/seed/' || n || '-3/1200/800'),
    '["https://placehold.co/1000x800?text=floor+plan"]', pg_temp.roll(n, 19, 20) = 0,
    '{"pre_agreement_cap": "100"}', -- most of these buyers sign nothing
    launched + time '06:30', launched + time '06:30'
FROM generate_series(0, CAST(:builders AS bigint) * 50 - 1) AS n
JOIN large_cities c ON c.spot = pg_temp.roll(n, 20, 20)
CROSS JOIN LATERAL (SELECT
    pg_temp.pick(ARRAY['Lake', 'Garden', 'Palm', 'River', 'Hill', 'Orchard', 'Temple', 'Silver', 'Banyan', 'Lotus'], n, 21) || ' ' ||
        pg_temp.pick(ARRAY['Heights', 'Terraces', 'Residency', 'Court', 'Park', 'Square', 'Enclave'], n, 22) || ' ' || n + 1 AS name,
    CASE n % 10 WHEN 9 THEN 'delivered' WHEN 8 THEN 'completed' ELSE pg_temp.pick(:states, n, 23) END AS status,
    CAST(:today AS date) - 1000 - pg_temp.roll(n, 24, 1000) AS launched) AS made
CROSS JOIN LATERAL (SELECT status IN ('completed', 'delivered') AS is_ready) AS state
CROSS JOIN LATERAL (SELECT CAST(:today AS date)
    + CASE WHEN is_ready THEN -30 - pg_temp.roll(n, 25, 300) ELSE 300 + pg_temp.roll(n, 25, 900) END AS ready) AS due
ORDER BY n"""

# One after the other, as far as the project is.
PHASES = """
INSERT INTO project_progress (builder_id, project_id, is_published, phase_key, phase_name, weight, position, progress_percentage, status,
    created_at, updated_at)
SELECT builder_id, id, is_published, key, name, weight, place, reached,
    CASE reached WHEN 100 THEN 'completed' WHEN 0 THEN 'not_started' ELSE 'in_progress' END, created_at, created_at
FROM projects CROSS JOIN (VALUES ('foundation', 'Foundation', 20, 1, 0), ('structure', 'Structure', 40, 2, 20),
    ('finishing', 'Finishing', 30, 3, 60), ('external_works', 'External works', 10, 4, 90)) AS stage (key, name, weight, place, before)
CROSS JOIN LATERAL (SELECT round(least(greatest(overall_progress - before, 0), weight) * 100 / weight, 2) AS reached) AS work
WHERE id >= :first_project ORDER BY id, place"""
