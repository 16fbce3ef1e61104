// What comes in and goes out: Fastify compiles the answers' writers from these.

const string = { type: "string" }, integer = { type: "integer" }, number = { type: "number" }, boolean = { type: "boolean" };
const maybe = (schema) => ({ ...schema, nullable: true });
const list = (items) => ({ type: "array", items });
const text = list(string), maybeText = maybe(string), maybeNumber = maybe(number);
const object = (properties) => ({ type: "object", properties });
const all = (schema, ...names) => Object.fromEntries(names.map((name) => [name, schema]));

const builder = object({ id: integer, company_name: string, full_name: string });
const project = object({
  ...all(integer, "id", "builder_id", "total_units", "available_units", "version"),
  ...all(string, "project_name", "slug", "project_type", "status", "location", "location_city", "currency", "timezone", "jurisdiction"),
  ...all(maybeText, "description", "location_address", "location_state", "location_zipcode", "rera_number", "brochure_url"),
  ...all(maybeText, "start_date", "expected_completion_date", "promised_possession_date", "forecast_possession_date", "actual_completion_date"),
  ...all(maybeNumber, "latitude", "longitude", "price_range_min", "price_range_max", "project_area"),
  ...all(text, "amenities", "images", "floor_plans"),
  towers: list(object({ ...all(string, "code", "name"), floors: integer, stacks: text })),
  overall_progress: number, is_featured: boolean, created_at: string, updated_at: string,
  builder: object({ ...builder.properties, logo_url: maybeText, rating: maybeNumber, verified: boolean, slug: string }),
});
const unit = object({
  ...all(integer, "id", "builder_id", "project_id", "floor_number", "bedrooms", "bathrooms", "balconies", "parking_spaces", "version"),
  ...all(string, "unit_number", "unit_type", "area_unit", "status", "created_at", "updated_at"),
  ...all(maybeText, "tower", "stack", "facing", "floor_plan_url", "hold_expires_at"),
  ...all(maybeNumber, "built_up_area", "super_area"), area_sqft: number, price: number, features: text,
});
const unitOfBooking = object({
  ...all(integer, "id", "floor_number"), ...all(string, "unit_number", "unit_type"), tower: maybeText,
  project: object({ id: integer, project_name: string, location: string, images: text, expected_completion_date: maybeText, builder }),
});
const booking = object({
  ...all(integer, "id", "customer_id", "unit_id", "project_id", "builder_id", "version"),
  ...all(string, "booking_number", "status", "payment_status", "currency", "booking_date"),
  ...all(maybeText, "status_reason", "payment_plan", "reserve_expires_at", "confirmed_at", "promised_possession_date", "special_requests", "agreement_url"),
  ...all(number, "token_amount", "total_amount", "paid_amount", "pending_amount"),
  needs_loan: boolean, unit: unitOfBooking, customer: object({ id: integer, full_name: string, phone: maybeText, email: maybeText }),
});

const id = object({ id: { type: "integer", minimum: 1 } });
const counted = (fallback, maximum) => ({ type: "integer", minimum: 1, maximum, default: fallback });
const search = { ...object({ city: string, status: string, page: counted(1), limit: counted(20, 100) }), required: ["city", "status"] };
const order = { ...object({ unit_id: integer, payment_plan: { const: "hybrid" } }), required: ["unit_id", "payment_plan"], additionalProperties: false };
const page = object({ projects: list(project), ...all(integer, "total", "page", "limit") });

export const health = { schema: { response: { 200: object({ status: string }) } } };
export const projects = { schema: { querystring: search, response: { 200: page } } };
export const units = { schema: { params: id, response: { 200: list(unit) } } };
export const bookings = { schema: { params: id, response: { 200: list(booking) } } };
export const reserve = { schema: { body: order, response: { 201: booking } } };
