"""The requests, with what they ask for found in the data: many cities, projects and customers, walked in one order by everybody."""

import time
from dataclasses import dataclass, field
from typing import Any

import psycopg

from realestate.security import tokens

MOST_CALLS = 2000
PAGE = 20
UNITS = 50
HOUR = 3600

# Full pages where there are any, of the combinations that have most.
CITIES = """
    SELECT city, status, page FROM (
        SELECT location_city AS city, status, count(*) AS n FROM projects WHERE is_published GROUP BY 1, 2
    ) AS found, generate_series(1, greatest(1, n / %(page)s)) AS page ORDER BY least(n, %(page)s) DESC, md5(city || status || page) LIMIT %(most)s"""
# Those whose number of units comes nearest to the wanted one.
PROJECTS = """
    SELECT id FROM (
        SELECT p.id, abs(count(*) - %(units)s) AS distance FROM projects p JOIN units u ON u.project_id = p.id AND u.status <> 'unreleased'
        WHERE p.is_published GROUP BY p.id
    ) AS found WHERE distance <= (
        SELECT greatest(5, min(abs(n - %(units)s))) FROM (SELECT count(*) AS n FROM units GROUP BY project_id) AS counted
    ) ORDER BY md5(id::text) LIMIT %(most)s"""
# Customers with as many bookings as the middle one of all who have any.
CUSTOMERS = """
    WITH counted AS (SELECT customer_id, count(*) AS n FROM bookings GROUP BY 1)
    SELECT customer_id FROM counted WHERE n = (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n) FROM counted)
    ORDER BY md5(customer_id::text) LIMIT %(most)s"""
# One builder after the other, so that few wait for the same inbox.
FREE_UNITS = """
    SELECT id FROM (
        SELECT u.id, row_number() OVER (PARTITION BY u.builder_id ORDER BY md5(u.id::text)) AS turn, u.builder_id
        FROM units u WHERE u.is_published AND u.status = 'available'
    ) AS found ORDER BY turn, builder_id LIMIT %(most)s"""
# A number that has no factor in common with that of builders, because one customer may not reserve much of one project.
BUYERS = "SELECT id FROM customers c JOIN users u USING (id) WHERE u.is_active ORDER BY md5(id::text) LIMIT 1999"
INBOX = "SELECT c.user_id, c.seq, u.user_type, u.builder_id, u.team_role FROM notification_counters c JOIN users u ON u.id = user_id ORDER BY seq DESC, user_id LIMIT 1"


@dataclass(frozen=True)
class Call:
    """A GET: its path, and a token where one is needed."""

    path: str
    token: str = ""


@dataclass(frozen=True)
class Workload:
    """A name that tables use, what it is, and its calls."""

    name: str
    title: str
    calls: list[Call]

    def again(self) -> "Workload":
        """The same answer over and over."""
        return Workload(f"{self.name} again", f"{self.title}, the same one again", self.calls[:1])


@dataclass(frozen=True)
class Workloads:
    hello: Workload
    projects: Workload
    units: Workload
    bookings: Workload
    first_page: Workload
    deep_page: Workload
    free_units: list[int]
    buyers: list[str] = field(repr=False)

    @property
    def reads(self) -> list[Workload]:
        return [self.projects, self.units, self.bookings]


def discover(connection: psycopg.Connection[Any]) -> Workloads:
    def ask(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query, {"page": PAGE, "units": UNITS, "most": MOST_CALLS}).fetchall()

    cities = [Call(f"/api/projects?city={city.replace(' ', '%20')}&status={status}&page={page}") for city, status, page in ask(CITIES)]
    projects = [Call(f"/api/projects/{id}/units") for (id,) in ask(PROJECTS)]
    bookings = [Call(f"/api/bookings/customer/{id}", token(id)) for (id,) in ask(CUSTOMERS)]
    user, seq, kind, builder, team_role = ask(INBOX)[0]
    reader = token(user, kind, builder, team_role)
    return Workloads(
        Workload("hello", "the server's own cost", [Call("/health")]),
        Workload("R1", "20 projects of a city and a status, with total", cities),
        Workload("R2", "the units of a project, about 50", projects),
        Workload("R3", "a customer's bookings with unit, project, builder, signed in", bookings),
        Workload("first", "first page of the longest inbox", [Call("/api/notifications", reader)]),
        Workload("deep", "a page near its end", [Call(f"/api/notifications?before={max(PAGE + 1, seq // 20)}", reader)]),
        [id for (id,) in connection.execute(FREE_UNITS, {"most": 40_000})],
        [token(id) for (id,) in ask(BUYERS)],
    )


def token(user: int, role: str = "customer", builder: int | None = None, team_role: str | None = None) -> str:
    """Good for the length of any run. The session is nobody's, so it has not ended."""
    return tokens.issue(tokens.Claims(2**62, user, role, builder, team_role, int(time.time()) + 6 * HOUR))
