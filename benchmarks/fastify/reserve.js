// A reserve: lock, price, booking, lines, unit, telling. Amounts in hundredths. RULES come from the application.

const { plan: PLAN, permissions, told, unpaid_reserves } = JSON.parse(process.env.RULES);
const LOCK = `
  SELECT u.id, u.builder_id, u.project_id, u.price, u.status, u.tower, u.unit_number, p.project_name, p.currency, p.rules,
    p.promised_possession_date, (now() AT TIME ZONE p.timezone)::date AS today
  FROM units u JOIN projects p ON p.id = u.project_id WHERE u.id = $1 FOR UPDATE OF u`;
const LEAD = `
  INSERT INTO leads (builder_id, customer_id, source) VALUES ($1, $2, 'booking')
  ON CONFLICT (builder_id, customer_id) DO UPDATE SET updated_at = now()`;
const UNPAID = `
  SELECT count(*) AS unpaid FROM bookings
  WHERE project_id = $1 AND customer_id = $2 AND status = 'reserved' AND reserve_expires_at > now()`;
const BOOKING = `
  INSERT INTO bookings (builder_id, project_id, unit_id, customer_id, status, token_amount, total_amount, currency, cost_sheet, payment_plan,
    plan_snapshot, reserve_expires_at, promised_possession_date)
  VALUES ($1, $2, $3, $4, 'reserved', $5, $6, $7, $8, 'hybrid', $9, $10, $11) RETURNING id, booking_number`;
const PARTY = `
  INSERT INTO booking_parties (builder_id, project_id, booking_id, owner_id, customer_id, role, share)
  VALUES ($1, $2, $3, $4, $4, 'owner', 1000000)`;
const LINES = `
  INSERT INTO installments (builder_id, project_id, booking_id, customer_id, seq, name, amount, trigger, status, due_date, demanded_at)
  SELECT $1, $2, $3, $4, l.* FROM unnest($5::int[], $6::text[], $7::bigint[], $8::jsonb[], $9::text[], $10::date[], $11::timestamptz[]) AS l`;
const UNIT = `
  UPDATE units SET status = 'reserved', customer_id = $2, hold_expires_at = $3, version = version + 1, updated_at = now() WHERE id = $1`;
const TELL = "SELECT record($1), tell($2)";
const TELL_WITHOUT_WALL = `
  WITH team AS (SELECT id FROM users WHERE builder_id = $1 AND is_active AND team_role = ANY ($2)),
    counted AS (INSERT INTO notification_counters AS c (user_id, seq) SELECT id, 1 FROM team ORDER BY id
      ON CONFLICT (user_id) DO UPDATE SET seq = c.seq + 1 RETURNING user_id, seq)
  INSERT INTO notifications (user_id, builder_id, seq, type, category, priority, title, message, params, related_entity_type,
    related_entity_id, action_url, dedupe_key)
  SELECT user_id, $1, seq, e.type, e.category, e.priority, e.title, e.message, e.params, 'booking', e.id, e.action_url, e.dedupe_key
  FROM counted, jsonb_to_record($3) AS e (type text, category text, priority text, title text, message text, params jsonb, id bigint,
    action_url text, dedupe_key text)`;

function split(total) {
  let running = 0, cut = 0;
  return PLAN.map((line) => {
    running += Number(line.weight);
    const next = Math.round((total * running) / 100);
    const part = next - cut;
    cut = next;
    return part;
  });
}

function dueDate(line, today) {
  const day = new Date(`${today}T00:00:00Z`);
  if (line.trigger === "on_booking") day.setUTCDate(day.getUTCDate() + line.due_in_days);
  else if (line.trigger === "on_date") {
    const date = day.getUTCDate();
    day.setUTCDate(1);
    day.setUTCMonth(day.getUTCMonth() + line.offset_months);
    const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
    day.setUTCDate(Math.min(date, last) + line.offset_days);
  } else return null;
  return day.toISOString().slice(0, 10);
}

export async function reserve(run, customer, unitId, wall) {
  const [unit] = await run("lock", LOCK, [unitId]);
  if (!unit) return { status: 404 };
  if (unit.status !== "available") return { status: 409 };
  await run("lead", LEAD, [unit.builder_id, customer]);
  const [{ unpaid }] = await run("unpaid", UNPAID, [unit.project_id, customer]);
  if (unpaid >= (unit.rules.unpaid_reserves ?? unpaid_reserves)) return { status: 409 };
  const parts = split(unit.price), now = new Date();
  const until = new Date(now.getTime() + (unit.rules.reserve_hours ?? 72) * 3600e3);
  const token = Math.min(parts[0], Math.round((unit.price * Number(unit.rules.token_percent ?? 2)) / 100));
  const said = (unit.price / 100).toFixed(2);
  const sheet = { lines: [{ code: "base", name: "Base price", amount: said }], total: said };
  const [booking] = await run("booking", BOOKING, [
    unit.builder_id, unit.project_id, unit.id, customer, token, unit.price, unit.currency, sheet, { plan: "hybrid", lines: PLAN }, until,
    unit.promised_possession_date,
  ]);
  await run("party", PARTY, [unit.builder_id, unit.project_id, booking.id, customer]);
  const owed = PLAN.map((line) => line.trigger === "on_booking");
  await run("lines", LINES, [
    unit.builder_id, unit.project_id, booking.id, customer, PLAN.map((_, n) => n + 1), PLAN.map((line) => line.name), parts, PLAN,
    owed.map((is) => (is ? "demanded" : "scheduled")), PLAN.map((line) => dueDate(line, unit.today)), owed.map((is) => (is ? now : null)),
  ]);
  await run("unit", UNIT, [unit.id, customer, until]);
  const { act, event } = happened(booking, unit, token, until);
  if (wall) await run("tell", TELL, [JSON.stringify([act]), JSON.stringify([event])]);
  else await run("tell", TELL_WITHOUT_WALL, [unit.builder_id, told, event]);
  return { status: 201, id: booking.id };
}

const MONEY = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2 });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" });

function happened(booking, unit, token, until) {
  const params = {
    number: booking.booking_number,
    unit: unit.tower ? `${unit.tower}-${unit.unit_number}` : unit.unit_number,
    project: unit.project_name,
    token: `${unit.currency} ${MONEY.format(token / 100)}`,
    until: `${DAY.format(until)}, ${until.toISOString().slice(11, 16)} UTC`,
  };
  const about = { id: booking.id, subject: "booking" };
  const act = { ...about, action: "booking_reserved", builder_id: unit.builder_id, role: "customer", system: false, details: params };
  const event = {
    ...about, type: "booking_reserved", customer: true, permissions, category: "booking", priority: "medium", title: "Unit reserved",
    message: `${params.number}: unit ${params.unit} in ${params.project} is reserved. The token of ${params.token} is due by ${params.until}.`,
    params, action_url: `/bookings/${booking.id}`, dedupe_key: `booking_reserved:booking:${booking.id}`,
  };
  return { act, event };
}
