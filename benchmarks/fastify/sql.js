// The statements: rows, not JSON.

const price = (column) => `${column} * 0.01 AS ${column.split(".").pop()}`;
const moment = (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ${column.split(".").pop()}`;
const location = "concat_ws(', ', p.location_address, p.location_city, p.location_state) AS location";
const fullName = "coalesce(b.contact_name, b.company_name) AS builder_full_name";
const onShow = "SELECT count(*) FROM units u WHERE u.project_id = p.id AND u.is_published";

const WANTED = "p.is_published AND p.city_key = lower($1) AND p.status = $2";
export const PROJECTS = `
  SELECT (SELECT count(*) FROM projects p WHERE ${WANTED}) AS total,
    p.id, p.builder_id, p.project_name, p.slug, p.description, p.project_type, p.status, ${location}, p.location_address, p.location_city,
    p.location_state, p.location_zipcode, p.latitude, p.longitude, p.currency, p.timezone, p.jurisdiction, p.rera_number, p.total_units,
    (${onShow} AND u.status = 'available') + (${onShow} AND u.status IN ('held', 'reserved') AND u.hold_expires_at <= now()) AS available_units,
    ${price("p.price_range_min")}, ${price("p.price_range_max")}, p.project_area, p.amenities, p.towers, p.start_date,
    p.expected_completion_date, p.promised_possession_date, p.forecast_possession_date, p.actual_completion_date, p.overall_progress,
    p.images, p.floor_plans, p.brochure_url, p.is_featured, p.version, ${moment("p.created_at")}, ${moment("p.updated_at")},
    b.company_name, ${fullName}, b.logo_url, b.rating, b.verified, b.slug AS builder_slug
  FROM (SELECT * FROM projects p WHERE ${WANTED} ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4) AS p
  JOIN builders b ON b.id = p.builder_id
  ORDER BY p.created_at DESC, p.id DESC`;

export const PROJECT = "SELECT 1 FROM projects WHERE id = $1 AND is_published";
export const UNITS = `
  SELECT id, builder_id, project_id, tower, unit_number, unit_type, floor_number, stack, area_sqft, built_up_area, super_area, area_unit,
    ${price("price")}, facing, bedrooms, bathrooms, balconies, parking_spaces, floor_plan_url, features, NULL AS hold_expires_at,
    CASE WHEN status = 'available' OR status IN ('held', 'reserved') AND hold_expires_at <= now() THEN 'available' ELSE 'not_available' END
      AS status, version, ${moment("created_at")}, ${moment("updated_at")}
  FROM units u WHERE project_id = $1 AND is_published AND u.status <> 'unreleased'
  ORDER BY tower NULLS FIRST, floor_number, unit_number, id`;

const LIVE = "FROM installments i WHERE i.booking_id = k.id AND i.status NOT IN ('cancelled', 'waived')";
const BOOKED = `
  SELECT k.id, k.booking_number, k.customer_id, k.unit_id, k.project_id, k.builder_id, k.status_reason, k.payment_plan,
    CASE WHEN k.status = 'reserved' AND k.reserve_expires_at <= now() THEN 'expired' ELSE k.status END AS status,
    CASE
      WHEN EXISTS (SELECT ${LIVE} AND i.status IN ('demanded', 'partially_paid') AND i.due_date <
        (now() AT TIME ZONE p.timezone)::date - coalesce((p.rules ->> 'grace_days')::int, 0)) THEN 'overdue'
      WHEN NOT EXISTS (SELECT ${LIVE} AND i.allocated > 0) THEN 'unpaid'
      WHEN EXISTS (SELECT ${LIVE} AND i.allocated < i.amount) THEN 'partial'
      ELSE 'paid'
    END AS payment_status,
    ${price("k.token_amount")}, ${price("k.total_amount")},
    (SELECT coalesce(sum(CASE m.kind WHEN 'refund' THEN -m.amount ELSE m.amount END), 0) FROM payments m
      WHERE m.booking_id = k.id AND m.status IN ('completed', 'partially_refunded', 'refunded')) * 0.01 AS paid_amount,
    (SELECT coalesce(sum(i.amount - i.allocated), 0) ${LIVE}) * 0.01 AS pending_amount,
    k.currency, ${moment("k.booking_date")}, ${moment("k.reserve_expires_at")}, ${moment("k.confirmed_at")}, k.promised_possession_date,
    k.needs_loan, k.special_requests, k.agreement_url, k.version,
    u.unit_number, u.unit_type, u.floor_number, u.tower, p.project_name, ${location}, p.images, p.expected_completion_date,
    b.company_name, ${fullName}, btrim(c.first_name || ' ' || c.last_name) AS customer_full_name, c.phone, a.email
  FROM bookings k
  JOIN units u ON u.id = k.unit_id JOIN projects p ON p.id = k.project_id JOIN builders b ON b.id = k.builder_id
  JOIN customers c ON c.id = k.customer_id JOIN users a ON a.id = c.id`;

export const BOOKINGS = `${BOOKED} WHERE k.customer_id = $1 ORDER BY k.created_at DESC, k.id DESC`;
export const BOOKING = `${BOOKED} WHERE k.id = $1`;
