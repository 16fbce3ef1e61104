"""What a developer sees of the statements, and that looking changes nothing."""

import os
import re
from pathlib import Path

import pytest
from psycopg import AsyncConnection, AsyncCursor

from realestate import querylog
from realestate.database import VISITOR
from realestate.logs import request_id
from realestate.models.accounts import Role
from realestate.reading import asking
from realestate.views.builders import BUILDER
from tests.factories import PASSWORD, make_builder, make_customer, make_project, make_unit
from tests.stories import reserve, reserved_booking

pytestmark = pytest.mark.anyio

DOORS = [
    (asking, "ask"),
    (AsyncCursor, "execute"),
    (AsyncCursor, "executemany"),
    (AsyncConnection, "commit"),
    (AsyncConnection, "rollback"),
]
HEAD = re.compile(r"^-- [0-9.]+ ms · (.+) · request (\w[\w.-]*)$", re.MULTILINE)


@pytest.fixture
def overheard(capsys):
    """Parts of what has been shown since the last look, one for each statement."""

    def look():
        return re.split(r"(?:^|\n)\n-- ", capsys.readouterr().err)[1:]

    return look


async def test_off_leaves_the_doors_as_they_are():
    before = [getattr(owner, name) for owner, name in DOORS]
    with querylog.listening("off"):
        assert [getattr(owner, name) for owner, name in DOORS] == before
    with querylog.listening("plans"):
        assert all(getattr(owner, name) is not door for (owner, name), door in zip(DOORS, before, strict=True))
    assert [getattr(owner, name) for owner, name in DOORS] == before


async def test_a_read_is_shown_with_time_size_and_request_but_without_values(client, capsys):
    await make_project(await make_builder(), location_city="Nashik")
    with querylog.listening("on"):
        answer = await client.get("/api/projects?city=Nashik", headers={"X-Request-ID": "r-17"})
    said = capsys.readouterr().err
    assert HEAD.findall(said) == [(f"{len(answer.content):,} bytes", "r-17")]
    assert "WHERE projects.city_key = lower($" in said
    assert "Nashik" not in said and "EXPLAIN" not in said


async def test_a_write_is_shown_statement_by_statement_to_its_commit(client, overheard):
    unit_id, asha = await make_unit(await make_builder()), await make_customer()
    overheard()
    with querylog.listening("on"):
        assert (await reserve(client, asha, unit_id)).status_code == 201
    statements = overheard()
    assert "set_config('role', $1, true)" in statements[0]
    assert any("INSERT INTO bookings" in one and "1 rows" in one for one in statements)
    assert "tell($2::jsonb)" in statements[-2]
    assert statements[-1].endswith("COMMIT;\n")


async def test_a_password_is_not_shown(client, capsys):
    asha = await make_customer()
    with querylog.listening("on"):
        assert (await client.post("/api/auth/login", json={"email": asha.email, "password": PASSWORD})).status_code == 200
    said = capsys.readouterr().err
    assert "users" in said
    assert asha.email not in said and "argon2" not in said


async def test_the_plan_of_a_read_is_measured_behind_the_callers_wall(client, overheard):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    hers, his = [await reserved_booking(client, one, await make_unit(builder)) for one in (asha, ravi)]
    overheard()
    with querylog.listening("plans"):
        assert (await client.get(f"/api/bookings/{his['id']}", headers=asha.headers)).status_code == 404
        assert (await client.get(f"/api/bookings/{hers['id']}", headers=asha.headers)).status_code == 200
    plans = [part.partition(";\n")[2] for part in overheard()]
    assert all("Filter: ((customer_id = " in plan and "Execution Time" in plan for plan in plans)  # nobody has asked for that but the wall
    found = [re.search(r"on bookings.*\(actual .*rows=([0-9.]+) loops", plan) for plan in plans]
    assert [float(rows[1]) for rows in found if rows] == [0, 1]


@pytest.mark.parametrize(("mode", "condition"), [("force_custom_plan", "slug = 'riverside'::text"), ("force_generic_plan", "slug = ($")])
async def test_a_plan_is_the_one_that_the_connection_uses(overheard, mode, condition):
    query, options = BUILDER.query(Role.visitor), f"-c role=realestate_visitor -c plan_cache_mode={mode}"
    token = request_id.set("r-17")
    try:
        async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True, options=options) as driver:
            with querylog.listening("plans"):
                assert await asking.ask(driver, query.sql, query.arguments(VISITOR.context | {"id": "riverside"})) is None
    finally:
        request_id.reset(token)
    [said] = overheard()
    assert condition in said.partition(";\n")[2]


async def test_a_write_is_planned_and_not_run_again(client, overheard):
    unit_id, asha = await make_unit(await make_builder()), await make_customer()
    overheard()
    with querylog.listening("plans"):
        booking = await reserved_booking(client, asha, unit_id)
    insert = next(part for part in overheard() if "INSERT INTO bookings " in part)
    assert "Insert on bookings" in insert and "(actual " not in insert
    bookings = (await client.get(f"/api/bookings/customer/{asha.user_id}", headers=asha.headers)).json()
    assert [one["id"] for one in bookings] == [booking["id"]]
    told = (await client.get("/api/notifications?limit=100", headers=asha.headers)).json()["notifications"]
    assert [one["seq"] for one in told] == list(range(len(told), 0, -1))


async def test_a_refused_statement_is_named_and_still_refused(client, overheard):
    builder = await make_builder()
    said = {"project_id": await make_project(builder), "unit_number": "7", "unit_type": "2BHK", "area_sqft": 900, "price": 1}
    assert (await client.post("/api/units", json=said, headers=builder.headers)).status_code == 201
    overheard()
    with querylog.listening("plans"):
        assert (await client.post("/api/units", json=said, headers=builder.headers)).status_code == 409
    statements = overheard()
    assert any("INSERT INTO units" in one and " · UniqueViolation · " in one.splitlines()[0] for one in statements)
    assert statements[-1].endswith("ROLLBACK;\n")


async def test_what_belongs_to_no_request_is_not_shown(house, capsys):
    token = request_id.set("")
    try:
        with querylog.listening("plans"):
            await make_builder()
    finally:
        request_id.reset(token)
    assert capsys.readouterr().err == ""


def test_a_statement_is_laid_out_by_its_brackets():
    said = querylog.pretty("SELECT a.id AS id, a.b AS c, (SELECT count(*) AS n \nFROM x \nWHERE x.a = a.id) AS n \nFROM a")
    assert said == "SELECT a.id, a.b AS c, (SELECT count(*) AS n\n  FROM x\n  WHERE x.a = a.id) AS n\nFROM a"


def test_the_page_shows_the_statement_that_is_sent():
    page = (Path(__file__).resolve().parents[1] / "docs" / "life-of-a-request.md").read_text()
    said = querylog.pretty(BUILDER.query(Role.visitor).sql)
    assert f"```sql\n{said}\n```" in page, f"this belongs on the page:\n{said}"
