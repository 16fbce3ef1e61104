// The same four requests with Fastify and pg: rows from PostgreSQL, answers written by compiled schemas.
// WALL=on: connections have the caller's role and statements the caller's id, so that row level security holds.

import jwt from "@fastify/jwt";
import Fastify from "fastify";
import pg from "pg";
import { reserve } from "./reserve.js";
import * as schemas from "./schemas.js";
import * as sql from "./sql.js";

const wall = process.env.WALL === "on";
for (const [type, parse] of [[20, Number], [1700, Number], [1082, String]]) pg.types.setTypeParser(type, parse);
const pool = (role, max) => new pg.Pool({ max, pipeline: true, options: wall ? `-c role=realestate_${role}` : undefined });
const visitors = pool("visitor", wall ? 8 : 16);
const customers = wall ? pool("customer", 8) : visitors;

const rowsOf = async (client, name, text, values) => (await client.query({ name, text, values })).rows;
const CALLER = { name: "caller", text: "SELECT set_config('app.user_id', $1, true)" };

// In the caller's name: a transaction of four statements, sent in one go.
async function read(user, name, text, values) {
  if (!wall) return rowsOf(customers, name, text, values);
  const client = await customers.connect();
  try {
    const said = ["BEGIN", { ...CALLER, values: [user.sub] }, { name, text, values }, "COMMIT"].map((query) => client.query(query));
    return (await Promise.all(said))[2].rows;
  } finally {
    client.release();
  }
}

const app = Fastify();
app.register(jwt, { secret: process.env.SECRET_KEY, verify: { allowedAud: "realestate", allowedIss: "realestate" } });
const signedIn = { onRequest: async (request) => request.jwtVerify() };

app.get("/health", schemas.health, async () => ({ status: "ok" }));

app.get("/api/projects", schemas.projects, async ({ query: { city, status, page, limit } }) => {
  const rows = await rowsOf(visitors, "projects", sql.PROJECTS, [city, status, limit, (page - 1) * limit]);
  return { projects: rows.map(asProject), total: rows[0]?.total ?? 0, page, limit };
});

app.get("/api/projects/:id/units", schemas.units, async ({ params }, reply) => {
  const units = await rowsOf(visitors, "units", sql.UNITS, [params.id]);
  if (!units.length && !(await rowsOf(visitors, "project", sql.PROJECT, [params.id])).length) return reply.code(404).send();
  return units;
});

app.get("/api/bookings/customer/:id", { ...schemas.bookings, ...signedIn }, async ({ params, user }, reply) => {
  if (params.id !== Number(user.sub)) return reply.code(403).send();
  return (await read(user, "bookings", sql.BOOKINGS, [params.id])).map(asBooking);
});

app.post("/api/bookings", { ...schemas.reserve, ...signedIn }, async ({ body, user }, reply) => {
  const client = await customers.connect();
  const run = (name, text, values) => rowsOf(client, name, text, values);
  try {
    await client.query("BEGIN");
    if (wall) await client.query({ ...CALLER, values: [user.sub] });
    const { status, id } = await reserve(run, Number(user.sub), body.unit_id, wall);
    const [booking] = id ? await run("one", sql.BOOKING, [id]) : [];
    await client.query(id ? "COMMIT" : "ROLLBACK");
    return reply.code(status).send(booking && asBooking(booking));
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
});

function asProject(row) {
  row.builder = {
    id: row.builder_id, company_name: row.company_name, full_name: row.builder_full_name, logo_url: row.logo_url, rating: row.rating,
    verified: row.verified, slug: row.builder_slug,
  };
  return row;
}

function asBooking(row) {
  const builder = { id: row.builder_id, company_name: row.company_name, full_name: row.builder_full_name };
  const { project_name, location, images, expected_completion_date } = row;
  const project = { id: row.project_id, project_name, location, images, expected_completion_date, builder };
  const { unit_number, unit_type, floor_number, tower } = row;
  row.unit = { id: row.unit_id, unit_number, unit_type, floor_number, tower, project };
  row.customer = { id: row.customer_id, full_name: row.customer_full_name, phone: row.phone, email: row.email };
  return row;
}

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
